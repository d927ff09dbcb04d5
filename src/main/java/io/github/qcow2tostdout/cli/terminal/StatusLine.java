package io.github.qcow2tostdout.cli.terminal;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * Standard error with a line at its end that is drawn over and over. What else is said there comes
 * above: the line is cleared before, and drawn again afterwards.
 */
final class StatusLine extends PrintStream {
  private final Below below;

  private StatusLine(Below below, PrintStream err) {
    super(below, true, err.charset());
    this.below = below;
  }

  /** The one over that stream, which may be such a one already. */
  @SuppressWarnings("resource") // It is the caller's.
  static StatusLine over(PrintStream err) {
    return err instanceof StatusLine line ? line : new StatusLine(new Below(err), err);
  }

  /** Draws the line, unless somebody is in the middle of another. */
  void draw(String line) {
    below.draw(line);
  }

  /** Leaves the line where it is, as the last that was drawn. */
  void end() {
    below.end();
  }

  /** Leaves the line of a stream that may have one. */
  static void end(PrintStream err) {
    if (err instanceof StatusLine line) {
      line.end();
    }
  }

  /** What writes. */
  private static final class Below extends OutputStream {
    private final PrintStream err;
    private String shown = "";
    private boolean inLine;

    Below(PrintStream err) {
      this.err = err;
    }

    synchronized void draw(String line) {
      if (!inLine && !line.equals(shown)) {
        err.print("\r" + line);
      }
      shown = line;
    }

    synchronized void end() {
      if (!shown.isEmpty()) {
        err.println();
      }
      shown = "";
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int count) {
      if (count == 0) {
        return;
      }
      if (!shown.isEmpty() && !inLine) {
        err.print("\r" + " ".repeat(shown.length()) + "\r");
      }
      err.write(bytes, from, count);
      inLine = bytes[from + count - 1] != '\n';
      if (!shown.isEmpty() && !inLine) {
        err.print(shown);
      }
    }

    @Override
    public void flush() {
      err.flush();
    }
  }
}
