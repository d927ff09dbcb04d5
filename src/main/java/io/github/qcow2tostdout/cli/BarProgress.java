package io.github.qcow2tostdout.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressState;

/**
 * A bar for each phase, one below the other, on a terminal.
 *
 * <p>The library keeps the state and the thread that draws. Its own console consumer and renderer
 * are not used: they want JLine, which puts the terminal into raw mode and starts {@code stty} for
 * every frame; they lose the last newline of a short task; and the time left is wrong above 300
 * MB/s.
 */
final class BarProgress implements ProgressDisplay {
  private static final int INTERVAL_MILLIS = 200;
  private static final int DEFAULT_COLUMNS = 80;

  private final Line line;
  private Optional<ProgressBar> bar = Optional.empty();
  private Optional<Phase> current = Optional.empty();

  BarProgress(PrintStream err) {
    this(err, Integer.getInteger("qcow2tostdout.columns", DEFAULT_COLUMNS));
  }

  /** A bar for a terminal of that many columns; one that nobody has told its size says 0. */
  BarProgress(PrintStream err, int columns) {
    // In the last column some terminals wrap.
    line = new Line(err, (columns > 1 ? columns : DEFAULT_COLUMNS) - 1);
  }

  @Override
  public void report(Phase phase, long done, long total) {
    if (current.isEmpty() || current.get() != phase) {
      close();
      current = Optional.of(phase);
      bar = Optional.of(start(phase, total));
    }
    if (bar.isPresent()) {
      // While the end is not known, its maximum is as far as it has come.
      if (total != UNKNOWN && (bar.get().isIndefinite() || total != bar.get().getMax())) {
        bar.get().maxHint(total);
      }
      bar.get().stepTo(done);
    }
  }

  private ProgressBar start(Phase phase, long total) {
    return new ProgressBarBuilder()
        .setTaskName(taskName(phase))
        .setInitialMax(total)
        .setUpdateIntervalMillis(INTERVAL_MILLIS)
        // Time goes on while the reader of the pipe does not.
        .continuousUpdate()
        .setRenderer(BarProgress::render)
        .setConsumer(line)
        .build();
  }

  private static String taskName(Phase phase) {
    return switch (phase) {
      case SPOOL -> "Spool";
      case SCAN -> "Scan";
      case COMPRESS -> "Compress";
      case WRITE -> "Write";
      case READ -> "Read";
      case CHECK -> "Check";
    };
  }

  /** Draws the last frame and ends the line; nothing is drawn after this. */
  @Override
  public void close() {
    if (bar.isPresent()) {
      bar.get().close();
      line.end();
      bar = Optional.empty();
    }
  }

  private static String render(ProgressState state, int width) {
    return render(
        state.getTaskName(),
        state.getCurrent(),
        state.isIndefinite() ? UNKNOWN : state.getMax(),
        state.getElapsedAfterStart().toNanos() / 1e9,
        !state.isAlive(),
        width);
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

  /** One line that is drawn over and over. */
  private static final class Line implements ProgressBarConsumer {
    private final PrintStream err;
    private final int width;
    private String text = "";

    Line(PrintStream err, int width) {
      this.err = err;
      this.width = width;
    }

    @Override
    public int getMaxRenderedLength() {
      return width;
    }

    @Override
    public void accept(String rendered) {
      if (!rendered.equals(text)) {
        err.print("\r" + rendered);
      }
      text = rendered;
    }

    /** The library forgets to call this for a bar that is closed before its first frame. */
    @Override
    public void close() {}

    void end() {
      err.println();
      text = "";
    }
  }
}
