package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.cli.terminal.StandardInput;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.source.OpenDescriptor;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.Spool;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.file.Path;

/** The disk that comes through standard input. */
final class PipedDisk {
  private PipedDisk() {}

  /**
   * The disk: a file is read in place, anything else is spooled.
   *
   * @param window the part of it that is wanted; of a pipe no more than that is kept
   * @param sparse whether the file system is asked for holes
   * @param spoolDirectory where a temporary file is made
   */
  static Source open(
      StandardStreams streams,
      WindowOptions window,
      boolean sparse,
      Path spoolDirectory,
      Progress progress)
      throws IOException {
    OpenDescriptor in = new StandardInput(streams).disk();
    return in.isFile()
        ? window.over(in.asFile(sparse))
        : spooled(in, window, spoolDirectory, progress);
  }

  private static Source spooled(
      OpenDescriptor in, WindowOptions window, Path directory, Progress progress)
      throws IOException {
    progress.report(Progress.Phase.SPOOL, 0, Progress.UNKNOWN);
    StandardInput.enlarge();
    Spool spool =
        new Spool(
            in.name(),
            in.channel(),
            directory,
            done -> progress.report(Progress.Phase.SPOOL, done, Progress.UNKNOWN));
    spool.skip(window.offset());
    Source disk = spool.keep(window.most());
    try {
      if (in.hasWriter()) {
        // To leave the rest would end the writer by SIGPIPE, which a shell takes for a failure.
        spool.skip(Long.MAX_VALUE);
      }
      if (spool.position() == 0) {
        window.refuseEmpty(in.name());
      }
      window.check(in.name(), spool.position());
      progress.report(Progress.Phase.SPOOL, spool.position(), spool.position());
      return disk;
    } catch (IOException | RuntimeException | Error e) {
      disk.close();
      throw e;
    }
  }
}
