package io.github.qcow2tostdout.work;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Tasks that are taken ahead, done by some threads, and given back in their order. No more are
 * under way than are allowed, whatever the one who asks for the results does meanwhile.
 *
 * @param <T> a task
 * @param <R> what comes of one
 */
public final class OrderedWork<T, R> implements AutoCloseable {
  /** Where tasks come from. Asked by the thread that asks for the results. */
  @FunctionalInterface
  public interface Tasks<T> {
    /** The next task; empty at the end, and then it is not asked again. */
    Optional<T> next() throws IOException;
  }

  /** Does tasks, one after the other. */
  @FunctionalInterface
  public interface Worker<T, R> {
    /** Does one. */
    R work(T task) throws IOException;
  }

  private record Begun<T, R>(T task, Future<R> result) {}

  private final int ahead;
  private final Tasks<T> tasks;
  private final BlockingQueue<Worker<T, R>> idle;
  private final Optional<ExecutorService> pool;
  private final Queue<T> waiting = new ArrayDeque<>();
  private final Queue<Begun<T, R>> begun = new ArrayDeque<>();
  private boolean more = true;

  /**
   * Nothing is begun yet.
   *
   * @param threads that work; with 1 it is the thread that asks for the results
   * @param ahead how many tasks are taken before the result of the first is waited for
   * @param workers makes one for each thread: a worker is never used by two at once
   */
  public OrderedWork(
      int threads, int ahead, Tasks<T> tasks, Supplier<? extends Worker<T, R>> workers) {
    this.ahead = ahead;
    this.tasks = tasks;
    idle = new ArrayBlockingQueue<>(threads);
    for (int i = 0; i < threads; i++) {
      idle.add(workers.get());
    }
    pool = threads == 1 ? Optional.empty() : Optional.of(Executors.newFixedThreadPool(threads));
  }

  /** What is done with a result, in the order of the tasks. */
  @FunctionalInterface
  public interface Results<T, R> {
    /** Takes the next. */
    void accept(T task, R result) throws IOException;
  }

  /**
   * Does the next task that is not done yet, or waits until it is done.
   *
   * @return false if there is none
   * @throws IOException if it failed, or if to take a further one did
   */
  public boolean next(Results<T, R> results) throws IOException {
    takeAhead();
    if (pool.isEmpty()) {
      T task = waiting.poll();
      if (task == null) {
        return false;
      }
      results.accept(task, work(task));
      return true;
    }
    Begun<T, R> first = begun.poll();
    if (first == null) {
      return false;
    }
    results.accept(first.task(), Outcomes.await(first.result()));
    return true;
  }

  /**
   * Begins a task that comes from here instead; of those before it the results are passed on until
   * no more are under way than are allowed.
   *
   * @throws IOException if one of those has failed
   */
  public void add(T task, Results<T, R> results) throws IOException {
    more = false;
    while (waiting.size() + begun.size() >= ahead) {
      next(results);
    }
    begin(task);
  }

  private void takeAhead() throws IOException {
    while (more && waiting.size() + begun.size() < ahead) {
      Optional<T> task = tasks.next();
      more = task.isPresent();
      if (more) {
        begin(task.get());
      }
    }
  }

  private void begin(T task) {
    if (pool.isPresent()) {
      begun.add(new Begun<>(task, pool.get().submit(() -> work(task))));
    } else {
      waiting.add(task);
    }
  }

  private R work(T task) throws IOException {
    try {
      Worker<T, R> worker = idle.take();
      try {
        return worker.work(task);
      } finally {
        idle.add(worker);
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  /** Ends the threads; waits for what is under way, and begins nothing more. */
  @Override
  public void close() {
    if (pool.isPresent()) {
      // Not interrupted: that would close the channel of which a worker reads.
      begun.forEach(task -> task.result().cancel(false));
      pool.get().close();
    }
  }
}
