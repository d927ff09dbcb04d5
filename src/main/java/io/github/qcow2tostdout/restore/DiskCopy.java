package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes a disk that can be read anywhere to a target, in its order. */
public final class DiskCopy {
  /** What is read at once: what stays in the processor's cache. */
  private static final int BUFFER = 256 << 10;

  /** What is handed over at once, so that progress is told. */
  private static final long MOST = 64 << 20;

  /** So much is read before it is asked again whether the source can hand bytes over. */
  private static final long READ_ON = 1 << 20;

  private final Source source;
  private final DiskTarget target;
  private final Progress progress;
  private final ZeroSkip zeroes;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

  private DiskCopy(Source source, DiskTarget target, Progress progress) {
    this.source = source;
    this.target = target;
    this.progress = progress;
    zeroes = new ZeroSkip(target);
  }

  /**
   * Writes all of a disk.
   *
   * @throws ImageException.SourceChanged if the disk ends early
   */
  public static void copy(Source source, DiskTarget target, Progress progress) throws IOException {
    new DiskCopy(source, target, progress).run();
  }

  private void run() throws IOException {
    long size = source.size();
    progress.report(Progress.Phase.WRITE, 0, size);
    long at = 0;
    DataExtents extents = source.dataExtents();
    while (at < size && extents.next()) {
      zero(at, extents.from());
      at = data(extents.from(), Math.min(extents.to(), size));
    }
    zero(at, size);
    progress.report(Progress.Phase.WRITE, size, size);
  }

  private void zero(long from, long to) throws IOException {
    for (long at = from; at < to; at += MOST) {
      target.zero(at, Math.min(MOST, to - at));
      progress.report(Progress.Phase.WRITE, at, source.size());
    }
  }

  private long data(long from, long to) throws IOException {
    long at = from;
    long readOn = from;
    while (at < to) {
      long taken = at >= readOn ? target.transfer(source, at, Math.min(MOST, to - at)) : 0;
      if (taken == 0) {
        readOn = at >= readOn ? at + READ_ON : readOn;
        taken = read(at, to);
      }
      at += taken;
      progress.report(Progress.Phase.WRITE, at, source.size());
    }
    return at;
  }

  private long read(long at, long to) throws IOException {
    buffer.clear().limit((int) Math.min(BUFFER, to - at));
    int count = source.read(buffer, at);
    if (count < buffer.limit()) {
      throw new ImageException.SourceChanged(
          source.name(),
          "its size was " + source.size() + " bytes and it ends at byte " + (at + count));
    }
    zeroes.write(buffer.flip(), at);
    return count;
  }
}
