package io.github.qcow2tostdout.cli.terminal;

import io.github.qcow2tostdout.cli.option.Program;
import java.io.PrintStream;
import java.util.Optional;
import java.util.function.Supplier;
import jdk.internal.misc.Signal;

/**
 * Answers SIGUSR1, as dd does: a line on standard error says how far the work has come. Before this
 * is set up the launcher ignores the signal, which would else end the process.
 */
public final class ProgressSignal {
  private static final String SIGNAL = "USR1";

  /** The line that the signal prints now; empty for none. */
  private static volatile Supplier<String> line = () -> "";

  private ProgressSignal() {}

  /** From here on the signal is answered. */
  public static void answer(PrintStream err) {
    try {
      Signal.handle(new Signal(SIGNAL), signal -> say(err));
    } catch (IllegalArgumentException e) {
      // The VM was told to leave it to the system.
    }
  }

  private static void say(PrintStream err) {
    String now = line();
    if (!now.isEmpty()) {
      err.println(now);
    }
  }

  /** From here on it tells of this work. */
  static void tellOf(Meter meter, boolean json) {
    Meter.Reader reader = meter.new Reader();
    line = () -> text(reader.read(), json);
  }

  private static String text(Optional<Meter.Reading> reading, boolean json) {
    if (json) {
      return reading.map(JsonProgress::line).orElse("");
    }
    return Program.NAME + ": " + reading.map(ProgressText::line).orElse("the work has not begun");
  }

  /** The line that the signal would print now. */
  static String line() {
    return line.get();
  }
}
