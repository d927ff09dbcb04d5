package io.github.qcow2tostdout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * What {@code check} gave, run in this VM.
 *
 * @param code the exit code
 * @param out standard output
 * @param err standard error
 */
public record CheckRun(int code, String out, String err) {
  public static CheckRun of(Path image, String... options) {
    return of(ImageRun.of("check", image, options));
  }

  /** Of an image that arrives through standard input, as through a pipe. */
  static CheckRun ofStream(FileChannel image, String... options) {
    return of(ImageRun.ofStream("check", image, options));
  }

  private static CheckRun of(ImageRun run) {
    return new CheckRun(run.code(), new String(run.out(), UTF_8), run.err());
  }
}
