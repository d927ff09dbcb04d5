package io.github.qcow2tostdout.format;

import java.util.ArrayList;
import java.util.List;

/**
 * The flags of a bitmap.
 *
 * <p>Source: qcow2 specification, "Bitmap directory".
 */
public enum BitmapFlag {
  IN_USE(0, "in-use"),
  AUTO(1, "auto");

  private final int bit;
  private final String toolName;

  BitmapFlag(int bit, String toolName) {
    this.bit = bit;
    this.toolName = toolName;
  }

  /** A bitmap's {@link BitmapField#FLAGS} with nothing else. */
  public long mask() {
    return 1L << bit;
  }

  /** Whether it is set in a bitmap's {@link BitmapField#FLAGS}. */
  public boolean isSetIn(long flags) {
    return (flags >>> bit & 1) == 1;
  }

  /** The names of all flags that are set, as tools print them; {@code bit-N} for one without. */
  public static List<String> names(long flags) {
    List<String> names = new ArrayList<>();
    for (int bit = 0; bit < Integer.SIZE; bit++) {
      if ((flags >>> bit & 1) == 1) {
        names.add(name(bit));
      }
    }
    return names;
  }

  private static String name(int bit) {
    for (BitmapFlag flag : values()) {
      if (flag.bit == bit) {
        return flag.toolName;
      }
    }
    return "bit-" + bit;
  }
}
