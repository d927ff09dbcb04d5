package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.work.Progress;

/** Shows progress on standard error. */
interface ProgressDisplay extends Progress, AutoCloseable {
  /** Ends the display, whether the work is done or not. */
  @Override
  default void close() {}

  /** The display that the arguments ask for. */
  static ProgressDisplay of(Arguments arguments, StandardStreams streams) {
    boolean quiet = arguments.verbosity() == Arguments.Verbosity.QUIET;
    return of(arguments.progress(), quiet, streams);
  }

  /**
   * A display.
   *
   * @param progress how: {@code bar}, {@code json} or empty
   */
  static ProgressDisplay of(String progress, boolean quiet, StandardStreams streams) {
    if (progress.equals(Options.PROGRESS_JSON) && !quiet) {
      return new JsonProgress(streams.err(), System::nanoTime);
    }
    if (progress.equals(Options.PROGRESS_BAR) && !quiet && streams.errIsTerminal()) {
      return new BarProgress(streams.err());
    }
    return (phase, done, total) -> {};
  }
}
