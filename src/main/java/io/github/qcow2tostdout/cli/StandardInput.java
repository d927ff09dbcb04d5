package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.convert.Progress;
import io.github.qcow2tostdout.posix.Pipes;
import io.github.qcow2tostdout.source.OpenDescriptor;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.Spool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** Standard input, as a disk or as something else that is read. */
final class StandardInput {
  /** What the user calls it. */
  static final String ARGUMENT = "-";

  /** What messages call it. */
  static final String NAME = "standard input";

  /** Where it leads to. */
  static final Path PATH = Path.of("/proc/self/fd/0");

  private static final int DESCRIPTOR = 0;

  /** The largest pipe that a user may have unless the system is told otherwise. */
  private static final int PIPE_SIZE = 1 << 20;

  private final StandardStreams streams;

  StandardInput(StandardStreams streams) {
    this.streams = streams;
  }

  /**
   * What comes through it, from where it stands to its end.
   *
   * @param what is expected there
   */
  InputStream stream(String what) throws IOException {
    refuseTerminal(what);
    return Channels.newInputStream(streams.in().channel());
  }

  /**
   * The disk: a file is read in place, anything else is spooled.
   *
   * @param window the part of it that is wanted; of a pipe no more than that is kept
   * @param sparse whether the file system is asked for holes
   * @param spoolDirectory where a temporary file is made
   */
  Source disk(InputWindow window, boolean sparse, Path spoolDirectory, Progress progress)
      throws IOException {
    refuseTerminal("a disk");
    OpenDescriptor in = streams.in();
    return in.isFile()
        ? window.over(in.asFile(sparse))
        : spooled(in, window, spoolDirectory, progress);
  }

  private static Source spooled(
      OpenDescriptor in, InputWindow window, Path directory, Progress progress) throws IOException {
    progress.report(Progress.Phase.SPOOL, 0, Progress.UNKNOWN);
    Pipes.enlarge(DESCRIPTOR, PIPE_SIZE);
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
        throw new FileSystemException(
            in.name(), null, "is empty; did the command that should write to it fail?");
      }
      window.check(in.name(), spool.position());
      progress.report(Progress.Phase.SPOOL, spool.position(), spool.position());
      return disk;
    } catch (IOException | RuntimeException | Error e) {
      disk.close();
      throw e;
    }
  }

  private void refuseTerminal(String what) throws FileSystemException {
    if (streams.inIsTerminal()) {
      throw new FileSystemException(
          NAME, null, "is a terminal; pipe " + what + " into it, or redirect it from a file");
    }
  }
}
