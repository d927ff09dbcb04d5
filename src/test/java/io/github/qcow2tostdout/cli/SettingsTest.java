package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private final Settings settings = new Settings();

  @Test
  void whatIsNotSetIsEmptyAndOff() {
    assertEquals(Optional.empty(), settings.get(Settings.Key.CLUSTER_SIZE));
    assertEquals("", settings.spelling(Settings.Key.CLUSTER_SIZE));
    assertFalse(settings.isOn(Settings.Key.DATA_FILE));
  }

  @Test
  void whatIsSetIsKeptWithItsSpelling() {
    settings.set(Settings.Key.CLUSTER_SIZE, "65536", "-c 64K");
    assertEquals(Optional.of("65536"), settings.get(Settings.Key.CLUSTER_SIZE));
    assertEquals("-c 64K", settings.spelling(Settings.Key.CLUSTER_SIZE));
    assertEquals(Optional.empty(), settings.get(Settings.Key.REFCOUNT_BITS));
  }

  @Test
  void onlyOnIsOn() {
    settings.set(Settings.Key.DATA_FILE, "on", "-d");
    settings.set(Settings.Key.DATA_FILE_RAW, "off", "-o data_file_raw=off");
    assertTrue(settings.isOn(Settings.Key.DATA_FILE));
    assertFalse(settings.isOn(Settings.Key.DATA_FILE_RAW));
  }

  @Test
  void twiceTheSameIsFineAndTheFirstSpellingStays() {
    settings.set(Settings.Key.VERSION, "2", "-v 2");
    settings.set(Settings.Key.VERSION, "2", "-o compat=v2");
    assertEquals(Optional.of("2"), settings.get(Settings.Key.VERSION));
    assertEquals("-v 2", settings.spelling(Settings.Key.VERSION));
  }

  @Test
  void twiceDifferentIsRefusedWithBothSpellings() {
    settings.set(Settings.Key.VERSION, "2", "-v 2");
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> settings.set(Settings.Key.VERSION, "3", "-o compat=v3"));
    assertEquals("-v 2 and -o compat=v3 contradict each other; say it once", e.getMessage());
  }
}
