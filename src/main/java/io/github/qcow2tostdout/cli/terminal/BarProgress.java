package io.github.qcow2tostdout.cli.terminal;

import io.github.qcow2tostdout.cli.option.Program;
import java.io.PrintStream;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** A bar for each phase, one below the other, on a terminal. */
final class BarProgress implements ProgressDisplay {
  private static final int INTERVAL_MILLIS = 200;

  private final StatusLine err;
  private final Meter meter;
  private final IntSupplier width;
  private Optional<Bar> bar = Optional.empty();
  private Optional<Phase> current = Optional.empty();

  /**
   * Bars.
   *
   * @param width how many columns can be written to
   */
  BarProgress(PrintStream err, Meter meter, IntSupplier width) {
    this.err = StatusLine.over(err);
    this.meter = meter;
    this.width = width;
  }

  @Override
  public void report(Phase phase, long done, long total) {
    if (current.isEmpty() || current.get() != phase) {
      close();
      meter.report(phase, done, total);
      current = Optional.of(phase);
      bar = Optional.of(new Bar());
    } else {
      meter.report(phase, done, total);
    }
  }

  /** Draws the last frame and ends the line; nothing is drawn after this. */
  @Override
  public void close() {
    bar.ifPresent(Bar::end);
    bar = Optional.empty();
  }

  @Override
  public void finish(Supplier<String> summary) {
    close();
    err.println(Program.NAME + ": " + summary.get());
  }

  /**
   * One line that is drawn over and over, by a thread of its own: time goes on while the reader of
   * the pipe does not.
   */
  private final class Bar {
    private final Meter.Reader reader = meter.new Reader();
    private boolean ended;

    Bar() {
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
      err.end();
    }

    private void draw() {
      reader.read().ifPresent(now -> err.draw(ProgressText.frame(now, ended, width.getAsInt())));
    }
  }
}
