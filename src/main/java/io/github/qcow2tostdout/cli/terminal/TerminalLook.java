package io.github.qcow2tostdout.cli.terminal;

/**
 * How a report may look where it goes.
 *
 * @param columns how wide it may be
 * @param unicode whether its reader can show more than ASCII
 */
public record TerminalLook(int columns, boolean unicode) {
  /** The launcher's word for a locale of UTF-8; the VM runs in another than the caller's. */
  private static final String PROPERTY = "qcow2tostdout.unicode";

  /** That of standard output, as the launcher has found it. */
  public static TerminalLook of(StandardStreams streams) {
    return new TerminalLook(
        streams.outIsTerminal() ? TerminalWidth.found() : TerminalWidth.DEFAULT_COLUMNS,
        Boolean.getBoolean(PROPERTY));
  }
}
