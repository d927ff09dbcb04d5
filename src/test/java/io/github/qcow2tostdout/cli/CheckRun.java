package io.github.qcow2tostdout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;

/**
 * What the command gave, run in this VM.
 *
 * @param code the exit code
 * @param out standard output
 * @param err standard error
 */
record CheckRun(int code, String out, String err) {
  static CheckRun of(Path image, String... options) {
    return run(
        StandardInput.of(Channels.newChannel(InputStream.nullInputStream())),
        image.toString(),
        options);
  }

  /** Of an image that arrives through a channel. */
  static CheckRun ofStream(ReadableByteChannel image, String... options) {
    return run(StandardInput.of(image), "-", options);
  }

  private static CheckRun run(StandardInput in, String image, String... options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] arguments = new String[options.length + 2];
    arguments[0] = "check";
    System.arraycopy(options, 0, arguments, 1, options.length);
    arguments[options.length + 1] = image;
    int code =
        new Application(
                new StandardStreams(
                    in, Channels.newChannel(out), new PrintStream(err, true, UTF_8), false, false))
            .run(arguments);
    return new CheckRun(code, out.toString(UTF_8), err.toString(UTF_8));
  }
}
