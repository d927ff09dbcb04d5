package io.github.qcow2tostdout.work;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** What became of work that another thread does. */
public final class Outcomes {
  private Outcomes() {}

  /**
   * Waits for it.
   *
   * @throws IOException that it ended with; other errors are thrown as they were too
   */
  public static <R> R await(Future<R> work) throws IOException {
    try {
      return work.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }
}
