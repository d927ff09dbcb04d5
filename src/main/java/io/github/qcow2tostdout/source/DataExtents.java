package io.github.qcow2tostdout.source;

import java.io.IOException;

/** A walk over ranges [from, to) of bytes, ascending and disjoint. */
public interface DataExtents {
  /** Goes to the next range; false if there is none. */
  boolean next() throws IOException;

  /** The first byte of the range. */
  long from();

  /** The byte behind the range. */
  long to();
}
