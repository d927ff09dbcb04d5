package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.work.Progress;
import java.util.concurrent.CancellationException;

/**
 * Watches and cancels one piece of long work: give it to a method that takes one, and keep it. Any
 * thread may call its methods.
 *
 * <p>Work that is cancelled ends with a {@link CancellationException} as soon as it has made some
 * progress, and its threads have ended by then. An interrupt of the thread that called the method
 * does the same, and also wakes it where a file or a channel keeps it waiting; as everywhere, that
 * closes the file or the channel, so a disk that was being read is to be opened again.
 *
 * {@snippet file="io/github/qcow2tostdout/api/LibraryExamples.java" region="cancel"}
 */
public final class Control {
  /** What is being done. */
  public enum Phase {
    /** The disk is scanned. */
    SCAN,
    /** Clusters are compressed, to know how large they are. */
    COMPRESS,
    /** What is to be compared later is read. */
    DIGEST,
    /** The image is written. */
    WRITE,
    /** What was read is read again, and compared. */
    VERIFY,
    /** An image is checked. */
    CHECK
  }

  /** Is told how far the work has come, by the thread that called; has to return at once. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Some of a phase is done. That never becomes less, but a phase may come twice: then it begins
     * anew at 0.
     *
     * @param done bytes
     * @param total bytes, the same through the phase
     */
    void progress(Phase phase, long done, long total);
  }

  private final Listener listener;
  private volatile boolean cancelled;

  /** One that tells nobody. */
  public Control() {
    this((phase, done, total) -> {});
  }

  /** One that tells a listener; what that throws ends the work. */
  public Control(Listener listener) {
    this.listener = listener;
  }

  /** Cancels the work, or what of it is still to begin. */
  public void cancel() {
    cancelled = true;
  }

  /** Whether it was cancelled. */
  public boolean isCancelled() {
    return cancelled;
  }

  /** The same for inside. */
  Progress progress() {
    return (phase, done, total) -> {
      requireWanted();
      listener.progress(phase(phase), done, total);
    };
  }

  /** Throws if the work is not wanted any more. */
  void requireWanted() {
    if (cancelled) {
      throw new CancellationException("cancelled");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("interrupted");
    }
  }

  private static Phase phase(Progress.Phase inside) {
    return switch (inside) {
      case SPOOL, SCAN -> Phase.SCAN;
      case COMPRESS -> Phase.COMPRESS;
      case DIGEST -> Phase.DIGEST;
      case WRITE -> Phase.WRITE;
      case VERIFY -> Phase.VERIFY;
      case READ, CHECK -> Phase.CHECK;
    };
  }
}
