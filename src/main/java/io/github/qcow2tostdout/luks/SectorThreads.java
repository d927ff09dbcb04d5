package io.github.qcow2tostdout.luks;

import io.github.qcow2tostdout.work.Outcomes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Decrypts what is read of a disk, much of it by several threads; for any thread. */
public final class SectorThreads implements AutoCloseable {
  /** What a thread does at a time. */
  private static final int PIECE = 64 << 10;

  private static final int MAX_THREADS = 8;

  private final Volume volume;
  private final int threads = Math.min(Runtime.getRuntime().availableProcessors(), MAX_THREADS);
  private final Queue<Worker> idle = new ConcurrentLinkedQueue<>();
  private Optional<ExecutorService> pool = Optional.empty();

  /** What a thread needs. */
  private static final class Worker {
    private final SectorCipher cipher;
    private final byte[] piece = new byte[PIECE];

    Worker(SectorCipher cipher) {
      this.cipher = cipher;
    }

    void decrypt(ByteBuffer bytes, int from, int length, long offset) {
      bytes.get(from, piece, 0, length);
      cipher.decrypt(piece, 0, length, offset / SectorCipher.SECTOR);
      bytes.put(from, piece, 0, length);
    }
  }

  /** Threads for a disk, that end with this. */
  public SectorThreads(Volume volume) {
    this.volume = volume;
  }

  /**
   * Decrypts bytes of a buffer where they are.
   *
   * @param length a multiple of {@link SectorCipher#SECTOR}
   * @param offset where they are in the file: another multiple, that counts
   */
  public void decrypt(ByteBuffer bytes, int from, int length, long offset) throws IOException {
    if (length % SectorCipher.SECTOR != 0 || offset % SectorCipher.SECTOR != 0) {
      throw new IllegalArgumentException(length + " bytes at " + offset + " are not sectors");
    }
    int pieces = Math.ceilDiv(length, PIECE);
    AtomicInteger next = new AtomicInteger();
    Runnable work =
        () -> {
          Worker worker = take();
          for (int i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
            int at = i * PIECE;
            worker.decrypt(bytes, from + at, Math.min(PIECE, length - at), offset + at);
          }
          idle.add(worker);
        };
    List<Future<?>> others = new ArrayList<>();
    for (int i = 1; i < Math.min(threads, pieces); i++) {
      others.add(pool().submit(work));
    }
    work.run();
    for (Future<?> other : others) {
      Outcomes.await(other);
    }
  }

  private Worker take() {
    Worker worker = idle.poll();
    return worker == null ? new Worker(volume.newCipher()) : worker;
  }

  private synchronized ExecutorService pool() {
    if (pool.isEmpty()) {
      pool =
          Optional.of(
              Executors.newFixedThreadPool(
                  threads - 1, Thread.ofPlatform().daemon().name("decrypt").factory()));
    }
    return pool.get();
  }

  /** Ends the threads; nobody asks any more. */
  @Override
  public synchronized void close() {
    pool.ifPresent(ExecutorService::close);
    idle.clear();
    volume.forget();
  }
}
