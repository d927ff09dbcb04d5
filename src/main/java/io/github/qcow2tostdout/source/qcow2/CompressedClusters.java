package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.image.GuestMap;
import io.github.qcow2tostdout.image.GuestRun;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.work.Outcomes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/**
 * The compressed clusters of a disk, decoded. Where they are asked for one after the other those
 * that follow are decoded ahead, by several threads; the last ones are kept. For any thread.
 */
final class CompressedClusters implements AutoCloseable {
  /** What is decoded ahead, in bytes; as much again is kept. */
  private static final int AHEAD = 4 << 20;

  private static final int MAX_AHEAD = 256;
  private static final int MAX_THREADS = 8;

  /** Two that are no further apart, in clusters, are asked for one after the other. */
  private static final int NEAR = 16;

  /** How many runs are looked at for what follows before somebody has to wait for it. */
  private static final int MAX_LOOKS = 64;

  private final ClusterReader reader;
  private final GuestMaps maps;
  private final int clusterSize;
  private final int ahead;
  private final int threads = Math.min(Runtime.getRuntime().availableProcessors(), MAX_THREADS);

  /** Those that were asked for, and those that were passed over, by their guest offsets. */
  private final Map<Long, Task> kept = new LinkedHashMap<>(16, 0.75f, true);

  /** Those that nobody has come to yet, ascending. */
  private final Deque<Task> following = new ArrayDeque<>();

  private Optional<ExecutorService> pool = Optional.empty();

  /** The guest offset of the last that was asked for. */
  private long last = Long.MIN_VALUE;

  /** Up to where on the disk those that follow have been taken. */
  private long taken;

  /** Arrays that are no longer needed. */
  private final Queue<byte[]> free = new ConcurrentLinkedQueue<>();

  /** The decoding of one. */
  private static final class Task {
    final long start;
    final FutureTask<byte[]> cluster;

    /** How many threads use it. */
    int users;

    /** Whether no other will ever find it. */
    boolean dropped;

    Task(long start, FutureTask<byte[]> cluster) {
      this.start = start;
      this.cluster = cluster;
    }
  }

  CompressedClusters(OpenedImage image, GuestMaps maps) {
    reader = new ClusterReader(image);
    this.maps = maps;
    clusterSize = image.clusterSize();
    ahead = Math.clamp(AHEAD / clusterSize, 2, MAX_AHEAD);
  }

  /** Fills the rest of a buffer, which has room for a run, with its bytes. */
  void read(GuestRun.Compressed run, ByteBuffer buffer) throws IOException {
    Task task = use(run);
    try {
      // Does nothing if another thread has begun.
      task.cluster.run();
      buffer.put(Outcomes.await(task.cluster), run.skipped(), buffer.remaining());
    } finally {
      leave(task);
    }
  }

  /**
   * Whether a cluster has a byte that is not zero, told without decoding it.
   *
   * @return false if that is not seen at once
   */
  boolean surelyHoldsData(GuestRun.Compressed run) throws IOException {
    return reader.surelyHoldsData(run);
  }

  private synchronized Task use(GuestRun.Compressed run) throws IOException {
    long start = run.guestOffset() - run.skipped();
    boolean near = start > last && start - last <= (long) NEAR * clusterSize;
    last = start;
    passOver(start);
    Task task = kept.get(start);
    boolean goesOn = near || task != null;
    if (task == null) {
      task = newTask(run);
      keep(task);
    }
    task.users++;
    if (goesOn) {
      if (following.isEmpty()) {
        taken = start + clusterSize;
      }
      takeAhead();
    }
    return task;
  }

  private synchronized void leave(Task task) {
    task.users--;
    reuse(task);
  }

  private void reuse(Task task) {
    if (task.dropped && task.users == 0 && task.cluster.state() == Future.State.SUCCESS) {
      free.add(task.cluster.resultNow());
    }
  }

  private Task newTask(GuestRun.Compressed run) {
    return new Task(
        run.guestOffset() - run.skipped(),
        new FutureTask<>(() -> {
          byte[] cluster = free.poll();
          cluster = cluster == null ? new byte[clusterSize] : cluster;
          reader.read(run, cluster);
          return cluster;
        }));
  }

  /** Those before a place and at it are kept like those that were asked for: another may come. */
  private void passOver(long start) {
    if (!following.isEmpty() && start < following.getFirst().start - 2L * AHEAD) {
      // Somebody has begun again from the front.
      forget();
    }
    while (!following.isEmpty() && following.getFirst().start <= start) {
      keep(following.removeFirst());
    }
  }

  private void forget() {
    following.forEach(task -> task.cluster.cancel(false));
    following.clear();
  }

  private void keep(Task task) {
    kept.put(task.start, task);
    while (kept.size() > ahead) {
      Iterator<Task> eldest = kept.values().iterator();
      Task dropped = eldest.next();
      eldest.remove();
      dropped.dropped = true;
      reuse(dropped);
    }
  }

  private void takeAhead() throws IOException {
    GuestMap map = maps.take();
    try {
      for (int look = 0;
          look < MAX_LOOKS && following.size() < ahead && taken < map.size();
          look++) {
        GuestRun run = map.run(taken, map.size());
        if (run instanceof GuestRun.Compressed compressed) {
          Task task = newTask(compressed);
          following.add(task);
          begin(task);
        }
        taken = run.end();
      }
    } finally {
      maps.giveBack(map);
    }
  }

  private void begin(Task task) {
    if (pool.isEmpty()) {
      pool = Optional.of(Executors.newFixedThreadPool(threads));
    }
    pool.get().execute(task.cluster);
  }

  /** Ends the threads; nobody asks any more. */
  @Override
  public synchronized void close() {
    forget();
    pool.ifPresent(ExecutorService::close);
    reader.close();
  }
}
