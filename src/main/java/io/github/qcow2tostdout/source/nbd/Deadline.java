package io.github.qcow2tostdout.source.nbd;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Optional;

/** Closes what is watched when the time is up: nothing else ends a system call that waits. */
final class Deadline implements Closeable {
  private final Thread thread;
  private Optional<Closeable> watched = Optional.empty();
  private boolean over;

  /**
   * @param limit from now on
   */
  Deadline(Duration limit) {
    thread =
        new Thread(
            () -> {
              try {
                Thread.sleep(limit);
                expire();
              } catch (InterruptedException e) {
                // There was time enough.
              }
            },
            "nbd-deadline");
    thread.setDaemon(true);
    thread.start();
  }

  synchronized boolean isOver() {
    return over;
  }

  /**
   * Takes something to close in place of what there was.
   *
   * @throws ClosedChannelException if the time is up already
   */
  synchronized void watch(Closeable what) throws ClosedChannelException {
    if (over) {
      throw new ClosedChannelException();
    }
    watched = Optional.of(what);
  }

  /** Closes what is of no use any more. */
  static void discard(Closeable what) {
    try {
      what.close();
    } catch (IOException e) {
      // It was of no use anyway.
    }
  }

  private synchronized void expire() {
    over = true;
    watched.ifPresent(Deadline::discard);
  }

  /** There was time enough: nothing is closed from now on. */
  @Override
  public synchronized void close() {
    watched = Optional.empty();
    thread.interrupt();
  }
}
