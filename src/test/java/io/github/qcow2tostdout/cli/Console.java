package io.github.qcow2tostdout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.source.OpenDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;

/** Runs command lines in this process, and keeps what they say. */
public final class Console {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final StandardStreams streams;

  /** A console with a pipe or a file on either side. */
  public Console() {
    this(false, false);
  }

  /** A console with terminals. */
  public Console(boolean outIsTerminal, boolean errIsTerminal) {
    streams =
        new StandardStreams(
            nothing(), Channels.newChannel(out), printer(err), false, outIsTerminal, errIsTerminal);
  }

  /** A console with standard input. */
  public Console(OpenDescriptor in, boolean inIsTerminal) {
    streams =
        new StandardStreams(in, Channels.newChannel(out), printer(err), inIsTerminal, false, false);
  }

  /** A console whose standard output is a channel. */
  public Console(WritableByteChannel channel) {
    streams = new StandardStreams(nothing(), channel, printer(err), false, false, false);
  }

  /** Not the test's own standard input: whoever runs it may leave that open. */
  @SuppressWarnings("resource") // It ends with the process.
  private static OpenDescriptor nothing() {
    Path path = Path.of("/dev/null");
    try {
      return new OpenDescriptor("standard input", path, FileChannel.open(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PrintStream printer(ByteArrayOutputStream stream) {
    return new PrintStream(stream, true, UTF_8);
  }

  /** Runs a command line; what it says comes behind what the last one said. */
  public int run(Object... arguments) {
    String[] args = new String[arguments.length];
    for (int i = 0; i < args.length; i++) {
      args[i] = arguments[i].toString();
    }
    return new Application(streams).run(args);
  }

  public StandardStreams streams() {
    return streams;
  }

  public byte[] out() {
    return out.toByteArray();
  }

  public String outText() {
    return out.toString(UTF_8);
  }

  public String err() {
    return err.toString(UTF_8);
  }

  public List<String> errLines() {
    return err().lines().toList();
  }
}
