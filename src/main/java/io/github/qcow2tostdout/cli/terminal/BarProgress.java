package io.github.qcow2tostdout.cli.terminal;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;

/** A bar for each phase, one below the other, on a terminal. */
final class BarProgress implements ProgressDisplay {
  private static final int INTERVAL_MILLIS = 200;
  private static final int DEFAULT_COLUMNS = 80;

  private final PrintStream err;
  private final int width;
  private Optional<Bar> bar = Optional.empty();
  private Optional<Phase> current = Optional.empty();

  BarProgress(PrintStream err) {
    this(err, Integer.getInteger("qcow2tostdout.columns", DEFAULT_COLUMNS));
  }

  /** A bar for a terminal of that many columns; one that nobody has told its size says 0. */
  BarProgress(PrintStream err, int columns) {
    this.err = err;
    // In the last column some terminals wrap.
    width = (columns > 1 ? columns : DEFAULT_COLUMNS) - 1;
  }

  @Override
  public void report(Phase phase, long done, long total) {
    Amount amount = new Amount(done, total);
    if (current.isEmpty() || current.get() != phase) {
      close();
      current = Optional.of(phase);
      bar = Optional.of(new Bar(taskName(phase), amount));
    }
    bar.ifPresent(it -> it.reached = amount);
  }

  /** Draws the last frame and ends the line; nothing is drawn after this. */
  @Override
  public void close() {
    bar.ifPresent(Bar::end);
    bar = Optional.empty();
  }

  private static String taskName(Phase phase) {
    return switch (phase) {
      case SPOOL -> "Spool";
      case SCAN -> "Scan";
      case COMPRESS -> "Compress";
      case DIGEST -> "Digest";
      case WRITE -> "Write";
      case VERIFY -> "Verify";
      case READ -> "Read";
      case CHECK -> "Check";
    };
  }

  /** One frame, exactly {@code width} characters. */
  static String render(
      String task, long done, long total, double seconds, boolean ended, int width) {
    if (total == UNKNOWN) {
      return fitted(
          String.format(
                  Locale.ROOT,
                  "%-5s %s MiB %7s",
                  task,
                  mebibytes((double) done),
                  rate(done, seconds))
              + " MiB/s in "
              + clock(seconds),
          width);
    }
    double share = total == 0 ? 1 : (double) done / total;
    String left = String.format(Locale.ROOT, "%-5s %3d%% ", task, (int) (share * 100));
    String time =
        ended
            ? " in " + clock(seconds)
            : "ETA " + (done == 0 ? "-:--:--" : clock(seconds * (total - done) / done));
    String now = mebibytes((double) done);
    String all = mebibytes((double) total);
    String right =
        " "
            + String.format(
                Locale.ROOT,
                "%s/%s MiB %7s MiB/s %s",
                " ".repeat(all.length() - now.length()) + now,
                all,
                rate(done, seconds),
                time);
    int room = width - left.length() - right.length() - 2;
    String middle = "";
    if (room >= 4) {
      int full = (int) (share * room);
      String head = full < room && full > 0 ? ">" : "";
      middle = "[" + "=".repeat(full - head.length()) + head + " ".repeat(room - full) + "]";
    }
    return fitted(left + middle + right, width);
  }

  private static String fitted(String frame, int width) {
    return frame.length() > width
        ? frame.substring(0, width)
        : frame + " ".repeat(width - frame.length());
  }

  private static String rate(long done, double seconds) {
    return done == 0 || seconds < 0.05 ? "-" : mebibytes(done / seconds);
  }

  private static String mebibytes(double bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes / (1 << 20));
  }

  private static String clock(double seconds) {
    long s = Math.round(seconds);
    return String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  }

  /** How far a phase has come. */
  private record Amount(long done, long total) {}

  /**
   * One line that is drawn over and over, by a thread of its own: time goes on while the reader of
   * the pipe does not.
   */
  private final class Bar {
    private final String task;
    private final long start = System.nanoTime();
    // No lock: the work goes on while a terminal that is held up takes no frame.
    private volatile Amount reached;
    private String text = "";
    private boolean ended;

    Bar(String task, Amount reached) {
      this.task = task;
      this.reached = reached;
      Thread.ofPlatform().daemon().name("progress").start(this::drawUntilTheEnd);
    }

    private synchronized void drawUntilTheEnd() {
      try {
        while (!ended) {
          draw();
          wait(INTERVAL_MILLIS);
        }
      } catch (InterruptedException e) {
        // Nobody does; the last frame is drawn all the same.
        Thread.currentThread().interrupt();
      }
    }

    synchronized void end() {
      ended = true;
      notifyAll();
      draw();
      err.println();
    }

    private void draw() {
      Amount now = reached;
      double seconds = (System.nanoTime() - start) / 1e9;
      String frame = render(task, now.done(), now.total(), seconds, ended, width);
      if (!frame.equals(text)) {
        err.print("\r" + frame);
      }
      text = frame;
    }
  }
}
