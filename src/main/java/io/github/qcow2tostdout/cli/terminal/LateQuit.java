package io.github.qcow2tostdout.cli.terminal;

import io.github.qcow2tostdout.posix.Signals;

/**
 * Leaves SIGQUIT to the system, in a run that lasts: before that it would cost more than all the
 * rest, and few people are that fast.
 */
public final class LateQuit extends Thread {
  private static final long SOON_MILLIS = 500;

  private LateQuit() {
    super("quit");
    setDaemon(true);
  }

  /** Begins to wait, if there may be a thread for it. */
  public static void begin() {
    try {
      new LateQuit().start();
    } catch (OutOfMemoryError e) {
      // No threads are left (ulimit -u): the VM keeps the signal.
    }
  }

  @Override
  public void run() {
    try {
      Thread.sleep(SOON_MILLIS);
      Signals.leaveQuit();
    } catch (InterruptedException | LinkageError | OutOfMemoryError e) {
      // The VM keeps the signal.
    }
  }
}
