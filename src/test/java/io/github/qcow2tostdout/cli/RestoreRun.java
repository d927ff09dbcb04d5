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
 * What the command gave, run in this VM.
 *
 * @param code the exit code
 * @param out standard output
 * @param err standard error
 */
record RestoreRun(int code, byte[] out, String err) {
  static RestoreRun of(Path image, String... options) {
    return run(new DripChannel(new byte[0], 0), image.toString(), options);
  }

  /** Of an image that arrives through standard input, as through a pipe. */
  static RestoreRun ofStream(FileChannel image, String... options) {
    return run(image, "-", options);
  }

  private static RestoreRun run(FileChannel in, String image, String... options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] arguments = new String[options.length + 3];
    arguments[0] = "restore";
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
    return new RestoreRun(code, out.toByteArray(), err.toString(UTF_8));
  }
}
