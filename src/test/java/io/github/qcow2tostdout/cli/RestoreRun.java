package io.github.qcow2tostdout.cli;

import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * What {@code restore} gave, run in this VM.
 *
 * @param code the exit code
 * @param out standard output
 * @param err standard error
 */
record RestoreRun(int code, byte[] out, String err) {
  static RestoreRun of(Path image, String... options) {
    return of(ImageRun.of("restore", image, options));
  }

  /** Of an image that arrives through standard input, as through a pipe. */
  static RestoreRun ofStream(FileChannel image, String... options) {
    return of(ImageRun.ofStream("restore", image, options));
  }

  private static RestoreRun of(ImageRun run) {
    return new RestoreRun(run.code(), run.out(), run.err());
  }
}
