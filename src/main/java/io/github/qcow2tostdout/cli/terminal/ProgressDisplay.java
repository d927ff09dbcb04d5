package io.github.qcow2tostdout.cli.terminal;

import io.github.qcow2tostdout.cli.option.ProgressStyle;
import io.github.qcow2tostdout.work.Progress;

/** Shows progress on standard error. */
public interface ProgressDisplay extends Progress, AutoCloseable {
  /** Ends the display, whether the work is done or not. */
  @Override
  default void close() {}

  /**
   * A display.
   *
   * @param quiet whether nothing but errors is to be said
   */
  static ProgressDisplay of(ProgressStyle style, boolean quiet, StandardStreams streams) {
    if (style == ProgressStyle.JSON && !quiet) {
      return new JsonProgress(streams.err(), System::nanoTime);
    }
    if (style == ProgressStyle.BAR && !quiet && streams.errIsTerminal()) {
      return new BarProgress(streams.err());
    }
    return (phase, done, total) -> {};
  }
}
