package io.github.qcow2tostdout.cli.terminal;

import io.github.qcow2tostdout.posix.Terminals;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * How wide a terminal is: what the launcher has found, and from the first second on what the
 * terminal says, once a second. To ask costs what the first call of the system costs, which is for
 * those who have time.
 */
final class TerminalWidth implements IntSupplier {
  /** The launcher's word for it; 0 and nothing mean that nobody has told the terminal. */
  private static final String PROPERTY = "qcow2tostdout.columns";

  static final int DEFAULT_COLUMNS = 80;
  private static final long INTERVAL_NANOS = 1_000_000_000;
  private static final int STANDARD_ERROR = 2;

  private final IntSupplier terminal;
  private final LongSupplier nanoClock;
  private int columns;
  private long asked;

  /**
   * A width.
   *
   * @param columns at first
   * @param terminal is asked later
   */
  TerminalWidth(int columns, IntSupplier terminal, LongSupplier nanoClock) {
    this.columns = columns;
    this.terminal = terminal;
    this.nanoClock = nanoClock;
    asked = nanoClock.getAsLong();
  }

  /** That of the process. */
  static TerminalWidth ofStandardError() {
    return new TerminalWidth(found(), () -> Terminals.columns(STANDARD_ERROR), System::nanoTime);
  }

  /** What the launcher has found. */
  static int found() {
    return usable(Integer.getInteger(PROPERTY, DEFAULT_COLUMNS));
  }

  private static int usable(int columns) {
    return columns > 1 ? columns : DEFAULT_COLUMNS;
  }

  /** The columns that can be written to: in the last some terminals wrap. */
  @Override
  public int getAsInt() {
    long now = nanoClock.getAsLong();
    if (now - asked >= INTERVAL_NANOS) {
      asked = now;
      columns = terminal.getAsInt();
    }
    return usable(columns) - 1;
  }
}
