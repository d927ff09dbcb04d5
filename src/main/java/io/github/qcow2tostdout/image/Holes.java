package io.github.qcow2tostdout.image;

import java.io.Closeable;

/** Where a file has holes, which read as zeroes, as far as anyone can say. */
public interface Holes extends Closeable {
  /** All may be data. */
  Holes UNKNOWN =
      new Holes() {
        @Override
        public long nextData(long offset) {
          return offset;
        }

        @Override
        public long nextHole(long offset) {
          return Long.MAX_VALUE;
        }

        @Override
        public void close() {}
      };

  /** The first byte at or behind an offset that may be data; Long.MAX_VALUE if there is none. */
  long nextData(long offset);

  /** The first byte behind an offset, at which is data, that may be in a hole. */
  long nextHole(long offset);

  @Override
  void close();
}
