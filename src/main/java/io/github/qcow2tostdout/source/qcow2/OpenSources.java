package io.github.qcow2tostdout.source.qcow2;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What has been opened for something that is not whole yet; closed unless that becomes whole. */
final class OpenSources implements Closeable {
  private final Deque<Closeable> opened = new ArrayDeque<>();

  /** Notes what was opened. */
  <T extends Closeable> T add(T what) {
    opened.push(what);
    return what;
  }

  /** All of it belongs to somebody else now. */
  void keep() {
    opened.clear();
  }

  /** Closes the last first, and all of them whatever happens. */
  @Override
  public void close() throws IOException {
    if (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } finally {
        close();
      }
    }
  }
}
