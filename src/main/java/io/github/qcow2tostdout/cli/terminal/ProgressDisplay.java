package io.github.qcow2tostdout.cli.terminal;

import io.github.qcow2tostdout.cli.option.ProgressStyle;
import io.github.qcow2tostdout.work.Progress;
import java.util.function.Supplier;

/** Shows progress on standard error. */
public interface ProgressDisplay extends Progress, AutoCloseable {
  /** Ends the display, whether the work is done or not. */
  @Override
  default void close() {}

  /**
   * Ends the display of work that is done.
   *
   * @param summary what it came to, in a line
   */
  default void finish(Supplier<String> summary) {
    close();
  }

  /**
   * A display; from here on {@link ProgressSignal} tells of it too.
   *
   * @param quiet whether nothing but errors is to be said, unless somebody asks
   */
  static ProgressDisplay of(ProgressStyle style, boolean quiet, StandardStreams streams) {
    Meter meter = new Meter(System::nanoTime);
    ProgressSignal.tellOf(meter, style == ProgressStyle.JSON);
    if (style == ProgressStyle.JSON && !quiet) {
      return new JsonProgress(streams.err(), meter, System::nanoTime);
    }
    if (style == ProgressStyle.BAR && !quiet) {
      return streams.errIsTerminal()
          ? new BarProgress(streams.err(), meter, TerminalWidth.ofStandardError())
          : new PlainProgress(streams.err(), meter, PlainProgress.INTERVAL_MILLIS);
    }
    return meter::report;
  }
}
