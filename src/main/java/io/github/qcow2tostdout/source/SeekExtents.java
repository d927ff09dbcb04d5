package io.github.qcow2tostdout.source;

import io.github.qcow2tostdout.posix.FileDescription;

/**
 * The extents of a file as its file system tells them. Where it can't tell, or tells nonsense, the
 * rest of the file counts as data: to read too much is slow, to read too little would be wrong.
 */
final class SeekExtents implements DataExtents {
  /** The two questions that a file system is asked. */
  interface Seeker {
    /** As {@link FileDescription#seekData}. */
    long seekData(long offset);

    /** As {@link FileDescription#seekHole}. */
    long seekHole(long offset);
  }

  private final Seeker seeker;
  private final long size;
  private long from;
  private long to;

  SeekExtents(FileDescription file, long size) {
    this(
        new Seeker() {
          @Override
          public long seekData(long offset) {
            return file.seekData(offset);
          }

          @Override
          public long seekHole(long offset) {
            return file.seekHole(offset);
          }
        },
        size);
  }

  SeekExtents(Seeker seeker, long size) {
    this.seeker = seeker;
    this.size = size;
  }

  @Override
  public boolean next() {
    long start = to;
    if (start >= size) {
      return false;
    }
    long data = seeker.seekData(start);
    if (data == FileDescription.NO_MORE_DATA || data >= size) {
      to = size;
      return false;
    }
    if (data < start) {
      from = start;
      to = size;
      return true;
    }
    long hole = seeker.seekHole(data);
    from = data;
    to = hole <= data || hole > size ? size : hole;
    return true;
  }

  @Override
  public long from() {
    return from;
  }

  @Override
  public long to() {
    return to;
  }
}
