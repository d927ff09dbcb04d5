package io.github.qcow2tostdout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.source.OpenDescriptor;
import io.github.qcow2tostdout.testing.DripChannel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * What a command that reads an image gave, run in this VM.
 *
 * @param code the exit code
 * @param out standard output
 * @param err standard error
 */
record ImageRun(int code, byte[] out, String err) {
  static ImageRun of(String command, Path image, String... options) {
    return run(command, new DripChannel(new byte[0], 0), image.toString(), options);
  }

  /** Of an image that arrives through standard input, as through a pipe. */
  static ImageRun ofStream(String command, FileChannel image, String... options) {
    return run(command, image, "-", options);
  }

  private static ImageRun run(String command, FileChannel in, String image, String... options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] arguments = new String[options.length + 3];
    arguments[0] = command;
    // Who holds images is not asked: it takes as long as the rest.
    arguments[1] = "-U";
    System.arraycopy(options, 0, arguments, 2, options.length);
    arguments[options.length + 2] = image;
    // What has no path is taken for a pipe.
    OpenDescriptor pipe = new OpenDescriptor("standard input", Path.of("/nowhere"), in);
    StandardStreams streams =
        new StandardStreams(
            pipe, Channels.newChannel(out), new PrintStream(err, true, UTF_8), false, false, false);
    int code = new Application(streams).run(arguments);
    return new ImageRun(code, out.toByteArray(), err.toString(UTF_8));
  }
}
