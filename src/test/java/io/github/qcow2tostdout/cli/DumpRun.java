package io.github.qcow2tostdout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;

/**
 * What a dump in this process left.
 *
 * @param code the exit code
 * @param out standard output
 * @param err standard error
 */
public record DumpRun(int code, String out, String err) {
  /**
   * Runs {@code dump} with arguments; who holds images is not asked: it takes as long as the rest.
   */
  public static DumpRun of(Object... arguments) {
    List<String> command = new ArrayList<>(List.of("dump", "-U"));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        new Application(
                new StandardStreams(
                    Channels.newChannel(out), new PrintStream(err, true, UTF_8), false, false))
            .run(command.toArray(String[]::new));
    return new DumpRun(code, out.toString(UTF_8), err.toString(UTF_8));
  }
}
