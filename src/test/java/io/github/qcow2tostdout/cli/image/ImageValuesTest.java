package io.github.qcow2tostdout.cli.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImageValuesTest {
  private final ImageValues settings = new ImageValues();

  @Test
  void whatIsNotSetIsEmptyAndOff() {
    assertEquals(Optional.empty(), settings.get(ImageValues.Key.CLUSTER_SIZE));
    assertEquals("", settings.spelling(ImageValues.Key.CLUSTER_SIZE));
    assertFalse(settings.isOn(ImageValues.Key.DATA_FILE));
  }

  @Test
  void whatIsSetIsKeptWithItsSpelling() {
    settings.set(ImageValues.Key.CLUSTER_SIZE, "65536", "-c 64K");
    assertEquals(Optional.of("65536"), settings.get(ImageValues.Key.CLUSTER_SIZE));
    assertEquals("-c 64K", settings.spelling(ImageValues.Key.CLUSTER_SIZE));
    assertEquals(Optional.empty(), settings.get(ImageValues.Key.REFCOUNT_BITS));
  }

  @Test
  void onlyOnIsOn() {
    settings.set(ImageValues.Key.DATA_FILE, "on", "-d");
    settings.set(ImageValues.Key.DATA_FILE_RAW, "off", "-o data_file_raw=off");
    assertTrue(settings.isOn(ImageValues.Key.DATA_FILE));
    assertFalse(settings.isOn(ImageValues.Key.DATA_FILE_RAW));
  }

  @Test
  void twiceTheSameIsFineAndTheFirstSpellingStays() {
    settings.set(ImageValues.Key.VERSION, "2", "-v 2");
    settings.set(ImageValues.Key.VERSION, "2", "-o compat=v2");
    assertEquals(Optional.of("2"), settings.get(ImageValues.Key.VERSION));
    assertEquals("-v 2", settings.spelling(ImageValues.Key.VERSION));
  }

  @Test
  void twiceDifferentIsRefusedWithBothSpellings() {
    settings.set(ImageValues.Key.VERSION, "2", "-v 2");
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> settings.set(ImageValues.Key.VERSION, "3", "-o compat=v3"));
    assertEquals("-v 2 and -o compat=v3 contradict each other; say it once", e.getMessage());
  }
}
