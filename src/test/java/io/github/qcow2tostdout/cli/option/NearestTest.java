package io.github.qcow2tostdout.cli.option;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NearestTest {
  private static final List<String> WORDS =
      List.of("--cluster-size", "--compress", "measure", "map", "qcow2", "on", "off", "zlib");

  @ParameterizedTest
  @CsvSource({
    "--cluster-sise, --cluster-size", // another letter
    "--clustersize, --cluster-size", // one missing
    "--cluster--size, --cluster-size", // one too many
    "--cluster_size, --cluster-size",
    "-cluster-size, --cluster-size",
    "--comp, --compress", // a beginning
    "mesaure, measure", // two swapped
    "MEASURE, measure",
    "mpa, map",
    "qocw2, qcow2",
    "ON, on",
    "zilb, zlib"
  })
  void aMistypedWordIsKnown(String typed, String meant) {
    assertEquals(Optional.of(meant), Nearest.of(typed, WORDS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "--", "x", "no", "disk", "--verbose", "co", "raw", "snapshot"})
  void anotherWordIsNot(String typed) {
    assertEquals(Optional.empty(), Nearest.of(typed, WORDS));
  }

  @Test
  void aVeryLongWordTakesNoTime() {
    assertEquals(Optional.empty(), Nearest.of("m".repeat(1 << 20), WORDS));
  }
}
