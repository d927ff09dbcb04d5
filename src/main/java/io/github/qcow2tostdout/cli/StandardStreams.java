package io.github.qcow2tostdout.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.channels.WritableByteChannel;

/**
 * Where output goes.
 *
 * @param out image bytes or a report, nothing else; not {@code System.out}, which swallows errors
 * @param err everything else
 * @param outIsTerminal whether a person would see what is written to {@code out}
 * @param errIsTerminal whether a person would see what is written to {@code err}
 */
record StandardStreams(
    WritableByteChannel out, PrintStream err, boolean outIsTerminal, boolean errIsTerminal) {

  /**
   * The launcher's word for which descriptors are terminals, as in {@code "12"}; Java can't tell.
   */
  private static final String TERMINALS_PROPERTY = "qcow2tostdout.terminals";

  /** Those of this process. */
  @SuppressWarnings("resource") // They end with the process.
  static StandardStreams ofProcess() {
    String terminals = System.getProperty(TERMINALS_PROPERTY, "");
    return new StandardStreams(
        new FileOutputStream(FileDescriptor.out).getChannel(),
        System.err,
        terminals.contains("1"),
        terminals.contains("2"));
  }
}
