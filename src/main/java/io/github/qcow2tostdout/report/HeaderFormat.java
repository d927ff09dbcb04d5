package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.image.HeaderArea;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How QEMU's {@code qcow2.py} names and prints the header's fields. */
final class HeaderFormat {
  private HeaderFormat() {}

  /** The field's name there: the specification's, but for one. */
  static String toolName(HeaderField field) {
    return field == HeaderField.SNAPSHOTS_OFFSET ? "snapshot_offset" : field.specName();
  }

  /**
   * The fields of which the value is known: all, since those that the header's version or length
   * leaves out have one by the specification; but of a file that ends in the header those that are
   * there.
   */
  static List<HeaderField> known(HeaderArea area, long fileSize) {
    List<HeaderField> fields = new ArrayList<>();
    for (HeaderField field : HeaderField.values()) {
      if (fileSize >= area.headerLength() || field.end() <= fileSize) {
        fields.add(field);
      }
    }
    return fields;
  }

  /** Prints a value. */
  static void print(TextOut out, HeaderField field, long value) throws IOException {
    switch (field) {
      case MAGIC,
          BACKING_FILE_OFFSET,
          BACKING_FILE_SIZE,
          L1_TABLE_OFFSET,
          REFCOUNT_TABLE_OFFSET,
          SNAPSHOTS_OFFSET ->
          out.hex(value);
      case INCOMPATIBLE_FEATURES, COMPATIBLE_FEATURES, AUTOCLEAR_FEATURES -> bits(out, value);
      case VERSION,
          CLUSTER_BITS,
          SIZE,
          CRYPT_METHOD,
          L1_SIZE,
          REFCOUNT_TABLE_CLUSTERS,
          NB_SNAPSHOTS,
          REFCOUNT_ORDER,
          HEADER_LENGTH,
          COMPRESSION_TYPE ->
          out.decimal(value);
    }
  }

  private static void bits(TextOut out, long bits) throws IOException {
    out.put('[');
    String separator = "";
    for (int bit = 0; bit < Long.SIZE; bit++) {
      if ((bits >>> bit & 1) == 1) {
        out.text(separator).decimal(bit);
        separator = ", ";
      }
    }
    out.put(']');
  }
}
