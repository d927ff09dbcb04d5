package io.github.qcow2tostdout.cli.terminal;

import io.github.qcow2tostdout.source.OpenDescriptor;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.PrintStream;
import java.nio.channels.WritableByteChannel;

/**
 * Where input comes from and output goes.
 *
 * @param in a disk or a map, if the user says so
 * @param out image bytes or a report, nothing else; not {@code System.out}, which swallows errors
 * @param err everything else
 * @param inIsTerminal whether a person would have to type what is read from {@code in}
 * @param outIsTerminal whether a person would see what is written to {@code out}
 * @param errIsTerminal whether a person would see what is written to {@code err}
 */
public record StandardStreams(
    OpenDescriptor in,
    WritableByteChannel out,
    PrintStream err,
    boolean inIsTerminal,
    boolean outIsTerminal,
    boolean errIsTerminal) {

  /**
   * The launcher's word for which descriptors are terminals, as in {@code "12"}; Java can't tell.
   */
  private static final String TERMINALS_PROPERTY = "qcow2tostdout.terminals";

  /** Those of this process. */
  @SuppressWarnings("resource") // They end with the process.
  public static StandardStreams ofProcess() {
    String terminals = System.getProperty(TERMINALS_PROPERTY, "");
    if (terminals.contains("2")) {
      // What is logged goes there too, and must not end up in a bar.
      System.setErr(StatusLine.over(System.err));
    }
    return new StandardStreams(
        processInput(),
        OutputDescriptor.channel(),
        System.err,
        terminals.contains("0"),
        terminals.contains("1"),
        terminals.contains("2"));
  }

  /** The process's standard input, and others for the rest. */
  public StandardStreams(
      WritableByteChannel out, PrintStream err, boolean outIsTerminal, boolean errIsTerminal) {
    this(processInput(), out, err, false, outIsTerminal, errIsTerminal);
  }

  @SuppressWarnings("resource") // It ends with the process.
  private static OpenDescriptor processInput() {
    return new OpenDescriptor(
        StandardInput.NAME,
        StandardInput.PATH,
        new FileInputStream(FileDescriptor.in).getChannel());
  }
}
