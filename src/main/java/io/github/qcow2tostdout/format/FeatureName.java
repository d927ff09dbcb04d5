package io.github.qcow2tostdout.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * An entry of the feature name table: one byte of kind, one byte of bit number, 46 bytes of name,
 * which zeroes fill.
 *
 * <p>Source: qcow2 specification, "Feature name table".
 *
 * @param kind 0 incompatible, 1 compatible, 2 autoclear; any other number is no kind
 * @param bit the bit's number
 * @param name the feature's name
 */
public record FeatureName(int kind, int bit, String name) {
  /** Bytes of an entry. */
  public static final int SIZE = 48;

  private static final int NAME_SIZE = SIZE - 2;

  /** The kind's name; its number if it has none. */
  public String kindName() {
    return switch (kind) {
      case 0 -> "incompatible";
      case 1 -> "compatible";
      case 2 -> "autoclear";
      default -> "kind-" + kind;
    };
  }

  /** Reads the table; a last entry that is cut off counts as filled with zeroes, as in QEMU. */
  public static List<FeatureName> readTable(ByteBuffer table) {
    List<FeatureName> names = new ArrayList<>();
    for (int at = 0; table.capacity() - at >= 2; at += SIZE) {
      int room = Math.min(NAME_SIZE, table.capacity() - at - 2);
      int length = 0;
      while (length < room && table.get(at + 2 + length) != 0) {
        length++;
      }
      names.add(
          new FeatureName(
              Byte.toUnsignedInt(table.get(at)),
              Byte.toUnsignedInt(table.get(at + 1)),
              UTF_8.decode(table.slice(at + 2, length)).toString()));
    }
    return names;
  }
}
