package io.github.qcow2tostdout.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** The names of bitmaps, of which there may be 64 MiB: of each only a number is held. */
final class BitmapNames {
  /** Differs each time, so that nobody can make names that have the same number. */
  private final long factor = new SplittableRandom().nextLong() | 1;

  private final Map<Long, BitmapEntry> first = new HashMap<>();

  /** Adds a bitmap's name; whether it is new. */
  boolean add(BitmapEntry bitmap) throws IOException {
    ByteBuffer name = bitmap.nameBytes();
    BitmapEntry other = first.putIfAbsent(number(name), bitmap);
    return other == null || !other.nameBytes().equals(name);
  }

  private long number(ByteBuffer name) {
    long number = name.capacity();
    for (int i = 0; i < name.capacity(); i++) {
      number = (number ^ name.get(i)) * factor;
      number ^= number >>> 29;
    }
    return number;
  }
}
