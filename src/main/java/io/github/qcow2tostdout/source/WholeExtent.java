package io.github.qcow2tostdout.source;

/** All of a source as one extent, or none if it is empty. */
public final class WholeExtent implements DataExtents {
  private final long size;
  private boolean taken;

  public WholeExtent(long size) {
    this.size = size;
  }

  @Override
  public boolean next() {
    boolean first = !taken && size > 0;
    taken = true;
    return first;
  }

  @Override
  public long from() {
    return 0;
  }

  @Override
  public long to() {
    return size;
  }
}
