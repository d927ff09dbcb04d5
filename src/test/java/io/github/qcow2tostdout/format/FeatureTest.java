package io.github.qcow2tostdout.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FeatureTest {
  @ParameterizedTest
  @CsvSource({
    "DIRTY, INCOMPATIBLE_FEATURES, 1",
    "CORRUPT, INCOMPATIBLE_FEATURES, 2",
    "DATA_FILE, INCOMPATIBLE_FEATURES, 4",
    "COMPRESSION_TYPE, INCOMPATIBLE_FEATURES, 8",
    "EXTENDED_L2, INCOMPATIBLE_FEATURES, 16",
    "LAZY_REFCOUNTS, COMPATIBLE_FEATURES, 1",
    "BITMAPS, AUTOCLEAR_FEATURES, 1",
    "DATA_FILE_RAW, AUTOCLEAR_FEATURES, 2"
  })
  void featureIsItsBitOfItsField(Feature feature, HeaderField field, long value) {
    Header header = feature.setIn(Header.ofVersion(3));
    assertEquals(Header.ofVersion(3).with(field, value), header);
  }

  @ParameterizedTest
  @EnumSource
  void featureIsSetAloneAndNoOtherWithIt(Feature feature) {
    Header header = feature.setIn(Header.ofVersion(3));
    Map<Feature, Boolean> set = new EnumMap<>(Feature.class);
    for (Feature other : Feature.values()) {
      set.put(other, other.isSetIn(header));
    }
    assertTrue(set.remove(feature));
    assertFalse(set.containsValue(true), () -> feature + ": " + set);
  }

  @Test
  void bitsOfOneFieldAreKept() {
    Header header = Feature.DATA_FILE.setIn(Feature.DIRTY.setIn(Header.ofVersion(3)));
    assertEquals(5, header.get(HeaderField.INCOMPATIBLE_FEATURES));
  }

  @ParameterizedTest
  @EnumSource
  void nameFitsTheTable(Feature feature) {
    assertTrue(feature.specName().matches("[ -~]{1,46}"), feature.specName());
  }
}
