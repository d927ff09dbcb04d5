package io.github.qcow2tostdout.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HeaderFieldTest {
  /** The specification's table: first byte, last byte, name. */
  private static final String SPECIFICATION =
      """
      0-3 magic
      4-7 version
      8-15 backing_file_offset
      16-19 backing_file_size
      20-23 cluster_bits
      24-31 size
      32-35 crypt_method
      36-39 l1_size
      40-47 l1_table_offset
      48-55 refcount_table_offset
      56-59 refcount_table_clusters
      60-63 nb_snapshots
      64-71 snapshots_offset
      72-79 incompatible_features
      80-87 compatible_features
      88-95 autoclear_features
      96-99 refcount_order
      100-103 header_length
      104-104 compression_type
      """;

  @Test
  void fieldsLieWhereTheSpecificationSays() {
    String declared =
        Stream.of(HeaderField.values())
            .map(field ->
                field.offset()
                    + "-"
                    + (field.offset() + field.size() - 1)
                    + " "
                    + field.specName()
                    + "\n")
            .collect(Collectors.joining());
    assertEquals(SPECIFICATION, declared);
  }

  @ParameterizedTest
  @EnumSource
  void largestValueIsHeldAndOneAboveIsNot(HeaderField field) {
    assertTrue(field.holds(0));
    switch (field.size()) {
      case 1 -> {
        assertTrue(field.holds(0xff));
        assertFalse(field.holds(0x100));
        assertFalse(field.holds(-1));
        assertFalse(field.holds(Long.MIN_VALUE));
      }
      case 4 -> {
        assertTrue(field.holds(0xffff_ffffL));
        assertFalse(field.holds(0x1_0000_0000L));
        assertFalse(field.holds(-1));
        assertFalse(field.holds(Long.MIN_VALUE));
      }
      default -> {
        assertTrue(field.holds(Long.MAX_VALUE));
        assertTrue(field.holds(-1));
        assertTrue(field.holds(Long.MIN_VALUE));
      }
    }
  }
}
