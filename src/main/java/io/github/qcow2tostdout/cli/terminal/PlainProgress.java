package io.github.qcow2tostdout.cli.terminal;

import io.github.qcow2tostdout.cli.option.Program;
import java.io.PrintStream;
import java.util.function.Supplier;

/** A line now and then, where a bar can't be drawn: in a log. */
final class PlainProgress implements ProgressDisplay {
  static final int INTERVAL_MILLIS = 10_000;

  private final PrintStream err;
  private final Meter meter;
  private final Meter.Reader reader;
  private final int interval;
  private boolean begun;
  private boolean ended;

  /**
   * Lines.
   *
   * @param interval milliseconds between two
   */
  PlainProgress(PrintStream err, Meter meter, int interval) {
    this.err = err;
    this.meter = meter;
    this.interval = interval;
    reader = meter.new Reader();
  }

  @Override
  public void report(Phase phase, long done, long total) {
    meter.report(phase, done, total);
    if (!begun) {
      begun = true;
      Thread.ofPlatform().daemon().name("progress").start(this::sayUntilTheEnd);
    }
  }

  private synchronized void sayUntilTheEnd() {
    try {
      while (!ended) {
        wait(interval);
        if (!ended) {
          reader.read().ifPresent(now -> say(ProgressText.line(now)));
        }
      }
    } catch (InterruptedException e) {
      // Nobody does.
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public synchronized void close() {
    ended = true;
    notifyAll();
  }

  @Override
  public void finish(Supplier<String> summary) {
    close();
    say(summary.get());
  }

  private void say(String line) {
    err.println(Program.NAME + ": " + line);
  }
}
