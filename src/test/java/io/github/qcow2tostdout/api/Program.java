package io.github.qcow2tostdout.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.cli.Application;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;

/** The command line, in this process: what the library has to agree with. */
final class Program {
  private Program() {}

  /** What it writes to standard output; it has to end well. */
  static byte[] output(String... arguments) {
    return outputOf(0, arguments);
  }

  /** The same with another exit code. */
  static byte[] outputOf(int code, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StandardStreams streams =
        new StandardStreams(Channels.newChannel(out), System.err, false, false);
    assertEquals(code, new Application(streams).run(arguments));
    return out.toByteArray();
  }
}
