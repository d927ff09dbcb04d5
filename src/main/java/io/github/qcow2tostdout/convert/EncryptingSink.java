package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.luks.SectorCipher;
import io.github.qcow2tostdout.luks.Volume;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.OrderedWork;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * Encrypts data by several threads and writes it out in its order. A sector is encrypted by where
 * it lies in the image, so that any part of it can be made alone.
 */
final class EncryptingSink implements DataSink, AutoCloseable {
  /** What is encrypted at a time. */
  private static final int BATCH = 256 << 10;

  private static final int MAX_THREADS = 8;

  private final SequentialOutput out;
  private final long from;
  private final long to;
  private final OrderedWork<Batch, Batch> work;
  private final Queue<Batch> idle = new ArrayDeque<>();
  private Batch open;
  private long position;

  /** Sectors that follow each other in the image. */
  private static final class Batch {
    private final byte[] bytes = new byte[BATCH];
    private int length;
    private long offset;
  }

  /**
   * A sink for whole sectors, of which some bytes are written out.
   *
   * @param from offset in the image of the first that is written out; what is taken begins with its
   *     sector
   * @param to the same of the byte behind the last
   */
  EncryptingSink(Volume volume, long from, long to, SequentialOutput out) {
    this.out = out;
    this.from = from;
    this.to = to;
    position = firstByte(from);
    int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
    work =
        new OrderedWork<>(
            threads,
            threads == 1 ? 1 : 2 * threads,
            Optional::empty,
            () -> {
              SectorCipher cipher = volume.newCipher();
              return batch -> {
                cipher.encrypt(batch.bytes, 0, batch.length, batch.offset / SectorCipher.SECTOR);
                return batch;
              };
            });
    open = newBatch();
  }

  /** Where the sector begins in which a byte is. */
  static long firstByte(long offset) {
    return offset & -SectorCipher.SECTOR;
  }

  private Batch newBatch() {
    Batch batch = idle.isEmpty() ? new Batch() : idle.remove();
    batch.length = 0;
    batch.offset = position;
    return batch;
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int count = Math.min(bytes.remaining(), BATCH - open.length);
      bytes.get(open.bytes, open.length, count);
      open.length += count;
      position += count;
      if (open.length == BATCH) {
        begin();
      }
    }
  }

  private void begin() throws IOException {
    work.add(open, this::done);
    open = newBatch();
  }

  private void done(Batch batch, Batch encrypted) throws IOException {
    int first = (int) Math.max(0, from - encrypted.offset);
    int end = (int) Math.min(encrypted.length, to - encrypted.offset);
    out.write(ByteBuffer.wrap(encrypted.bytes, first, end - first));
    idle.add(batch);
  }

  @Override
  public long transferable() {
    return 0;
  }

  @Override
  public long transfer(Source source, long offset, long count) {
    return 0;
  }

  /** Writes out what was taken. */
  void finish() throws IOException {
    if (open.length > 0) {
      begin();
    }
    while (work.next(this::done)) {
      // Until there is no more.
    }
  }

  @Override
  public void close() {
    work.close();
  }
}
