package io.github.qcow2tostdout.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;

/**
 * Where input comes from and output goes.
 *
 * @param in an image, if one is to be read from there
 * @param out image bytes or a report, nothing else; not {@code System.out}, which swallows errors
 * @param err everything else
 * @param outIsTerminal whether a person would see what is written to {@code out}
 * @param errIsTerminal whether a person would see what is written to {@code err}
 */
record StandardStreams(
    StandardInput in,
    WritableByteChannel out,
    PrintStream err,
    boolean outIsTerminal,
    boolean errIsTerminal) {

  /** Those of something that has no input. */
  StandardStreams(
      WritableByteChannel out, PrintStream err, boolean outIsTerminal, boolean errIsTerminal) {
    this(
        StandardInput.of(Channels.newChannel(InputStream.nullInputStream())),
        out,
        err,
        outIsTerminal,
        errIsTerminal);
  }

  /**
   * The launcher's word for which descriptors are terminals, as in {@code "12"}; Java can't tell.
   */
  private static final String TERMINALS_PROPERTY = "qcow2tostdout.terminals";

  /** Those of this process. */
  @SuppressWarnings("resource") // They end with the process.
  static StandardStreams ofProcess() {
    String terminals = System.getProperty(TERMINALS_PROPERTY, "");
    return new StandardStreams(
        StandardInput.ofProcess(terminals.contains("0")),
        new FileOutputStream(FileDescriptor.out).getChannel(),
        System.err,
        terminals.contains("1"),
        terminals.contains("2"));
  }
}
