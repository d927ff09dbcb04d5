package io.github.qcow2tostdout.testing;

import io.github.qcow2tostdout.source.DataExtents;

/** Extents from a list: first byte and byte behind the last of each; neighbours stay apart. */
public final class FakeExtents implements DataExtents {
  private final long[] bounds;
  private int at = -2;

  public FakeExtents(long... bounds) {
    this.bounds = bounds.clone();
  }

  @Override
  public boolean next() {
    at += 2;
    return at < bounds.length;
  }

  @Override
  public long from() {
    return bounds[at];
  }

  @Override
  public long to() {
    return bounds[at + 1];
  }
}
