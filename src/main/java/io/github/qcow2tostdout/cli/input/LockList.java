package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.source.QemuLocks;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The locks of this host. They are asked for before the arguments are read: the kernel takes some
 * milliseconds, which are as many as the rest of the start has left to do.
 */
public final class LockList {
  private final FutureTask<String> list = new FutureTask<>(QemuLocks::list);

  /** Begins to ask for them, if they may be wanted. */
  public static LockList of(boolean wanted) {
    LockList locks = new LockList();
    if (wanted) {
      Thread.ofPlatform().daemon().start(locks.list);
    }
    return locks;
  }

  /** Whether nothing has to be waited for. */
  boolean isKnown() {
    return list.isDone();
  }

  /** The list as it was at the start. */
  String get() {
    // Of two who run it the second does nothing.
    list.run();
    try {
      return list.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
