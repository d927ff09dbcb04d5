package io.github.qcow2tostdout.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** The names of bitmaps, of which there may be 64 MiB: only a number of each is held. */
final class BitmapNames {
  private final BoundedFile file;

  /** Differs each time, so that nobody can make names that have the same number. */
  private final long factor = new SplittableRandom().nextLong() | 1;

  private final Map<Long, BitmapEntry> first = new HashMap<>();

  BitmapNames(BoundedFile file) {
    this.file = file;
  }

  /** Adds a bitmap's name; whether it is new. */
  boolean add(BitmapEntry bitmap) throws IOException {
    ByteBuffer name = bitmap.nameBytes(file);
    BitmapEntry other = first.putIfAbsent(number(name), bitmap);
    return other == null || !other.nameBytes(file).equals(name);
  }

  private long number(ByteBuffer name) {
    long number = name.remaining();
    for (int i = 0; i < name.limit(); i++) {
      number = (number ^ name.get(i)) * factor;
      number ^= number >>> 29;
    }
    return number;
  }
}
