package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.convert.OutputException;
import io.github.qcow2tostdout.format.ImageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/** Errors from inside as they are shown outside. */
final class Failures {
  private Failures() {}

  /** Something that may fail. */
  @FunctionalInterface
  interface Call<T> {
    T run() throws IOException;
  }

  /** The same, without a result. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException;
  }

  /** What comes of a call; if it fails, that is said in the words of this package. */
  static <T> T translated(Call<T> call) throws IOException {
    try {
      return call.run();
    } catch (UncheckedIOException e) {
      throw translated(Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw translated(e);
    }
  }

  /** As the other, for long work: an interrupt cancels it. */
  static <T> T cancellable(Call<T> call) throws IOException {
    try {
      return translated(call);
    } catch (IOException e) {
      if (isInterrupted(e)) {
        Thread.currentThread().interrupt();
        throw cancelled(e);
      }
      throw e;
    }
  }

  /** As the other. */
  static void cancellable(Step step) throws IOException {
    Failures.<Boolean>cancellable(() -> {
      step.run();
      return true;
    });
  }

  /** Whether it comes of an interrupt: of a file that that has closed, for one. */
  private static boolean isInterrupted(IOException e) {
    // Who waits for another thread has lost the mark.
    return Thread.currentThread().isInterrupted() || e.getCause() instanceof InterruptedException;
  }

  private static CancellationException cancelled(Throwable cause) {
    CancellationException cancelled = new CancellationException("interrupted");
    cancelled.initCause(cause);
    return cancelled;
  }

  private static IOException translated(IOException inside) {
    return switch (inside) {
      case ImageException e -> Qcow2Exception.of(e);
      // The error of the channel that the caller gave.
      case OutputException e when e.getCause() instanceof IOException cause -> cause;
      default -> inside;
    };
  }
}
