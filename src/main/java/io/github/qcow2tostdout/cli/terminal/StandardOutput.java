package io.github.qcow2tostdout.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.posix.Pipes;
import io.github.qcow2tostdout.posix.Terminals;
import io.github.qcow2tostdout.source.FileKind;
import io.github.qcow2tostdout.source.FileOutput;
import io.github.qcow2tostdout.work.FullWrite;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Standard output: what it is, and reports to it. */
public final class StandardOutput {

  private static final int DEFAULT_COLUMNS = 80;

  /** The largest pipe that a user may have unless the system is told otherwise. */
  private static final int PIPE_SIZE = 1 << 20;

  /**
   * What a reader that splices (pv does) may hold by reference in pipes of its own, and still be
   * sending when this process has ended: three of the largest. To copy that takes a millisecond.
   */
  private static final long BEHIND_PIPE = 3 << 20;

  /** From this size on a larger pipe pays for the call that makes it. */
  private static final long MUCH = 64L << 20;

  /** Below this size to copy is less work than what the JDK does before it first hands over. */
  private static final long LITTLE = 4L << 20;

  /** Of what the kernel says of a descriptor. */
  private static final String FLAGS = "flags:";

  private static final int O_APPEND = 02000;

  private final StandardStreams streams;

  public StandardOutput(StandardStreams streams) {
    this.streams = streams;
  }

  /** How wide a text on it may be; 80 columns where nobody knows. */
  public int columns() {
    int columns = streams.outIsTerminal() ? Terminals.columns(OutputDescriptor.NUMBER) : 0;
    return columns == 0 ? DEFAULT_COLUMNS : columns;
  }

  /** Prints a report, or throws if it did not get out whole. */
  public void print(String report) throws Failure.Reported {
    try {
      FullWrite.write(streams.out(), UTF_8.encode(report));
    } catch (IOException e) {
      throw new Failure.Reported(Failure.ofReport(e));
    }
  }

  /**
   * Refuses to show an image to a person, or to write over the disk that is read.
   *
   * @param name what messages call the disk
   * @param input the file that is read, if it is one
   */
  public void refuseImage(String name, Optional<Path> input) throws Failure.Reported {
    if (streams.outIsTerminal()) {
      throw new Failure.Reported(
          new Failure(
              "standard output is a terminal; redirect it to a file or pipe it into a command",
              ExitCode.FAILED));
    }
    try {
      if (input.isPresent() && isWrittenTo(input.get())) {
        boolean emptied =
            FileKind.of(input.get()) == FileKind.REGULAR && Files.size(input.get()) == 0;
        throw new Failure.Reported(
            new Failure(
                name
                    + (emptied
                        ? ": is standard output too, and the shell has emptied it before this"
                            + " program began: the disk is gone; restore it, and write to another"
                            + " file"
                        : ": is standard output too, and would be overwritten; write to another"
                            + " file"),
                ExitCode.FAILED));
      }
    } catch (IOException e) {
      // What can't be compared (a pipe has no path) is not the same file.
    }
  }

  /**
   * Whether a file is this one; of block devices by their number, since they can have many names.
   */
  private static boolean isWrittenTo(Path file) throws IOException {
    FileKind kind = FileKind.of(OutputDescriptor.PATH);
    // A socket may be both standard streams, and nothing of it is overwritten.
    return (kind == FileKind.REGULAR || kind == FileKind.BLOCK_DEVICE)
        && FileKind.of(file) == kind
        && kind.identity(file, 0).inode().equals(kind.identity(OutputDescriptor.PATH, 0).inode());
  }

  /**
   * Prepares for an image.
   *
   * @param size bytes of it
   * @return how many of its bytes the output may hold as references to the disk's pages
   */
  public static long prepareForImage(long size) {
    if (size < LITTLE) {
      return SequentialOutput.COPIES_ONLY;
    }
    try {
      return switch (FileKind.of(OutputDescriptor.PATH)) {
        // To copy takes as long, as long as that is little, and nobody has to ask for its size.
        case FIFO -> size < MUCH ? SequentialOutput.COPIES_ONLY : heldByPipe();
        // A socket holds them until its peer has the bytes, and nobody says when that is.
        case SOCKET -> SequentialOutput.COPIES_ONLY;
        case REGULAR, BLOCK_DEVICE, DIRECTORY, CHARACTER_DEVICE, OTHER -> 0;
      };
    } catch (IOException e) {
      // Not a system that says what descriptor 1 is.
      return SequentialOutput.COPIES_ONLY;
    }
  }

  /**
   * What an image is written to.
   *
   * @param out standard output
   * @param size bytes of the image
   */
  public static WritableByteChannel channelForImage(WritableByteChannel out, long size) {
    try {
      return size >= MUCH
              && out instanceof FileChannel file
              && FileKind.of(OutputDescriptor.PATH) == FileKind.REGULAR
          ? new FileOutput(file, OutputDescriptor.NUMBER)
          : out;
    } catch (IOException e) {
      // Not a system that says what descriptor 1 is.
      return out;
    }
  }

  /** Whether it is a file in which parts can be left out. */
  public static boolean takesHoles() {
    try {
      return FileKind.of(OutputDescriptor.PATH) == FileKind.REGULAR && !appends();
    } catch (IOException e) {
      // Not a system that says what descriptor 1 is.
      return false;
    }
  }

  /** Whether it was opened by {@code >>}: then all goes to its end, wherever it is to go. */
  private static boolean appends() throws IOException {
    for (String line :
        Files.readAllLines(Path.of("/proc/self/fdinfo/" + OutputDescriptor.NUMBER))) {
      if (line.startsWith(FLAGS)) {
        return (Integer.parseInt(line.substring(FLAGS.length()).strip(), 8) & O_APPEND) != 0;
      }
    }
    return true;
  }

  /** What the pipe and those behind it can hold, after it was made larger if that is possible. */
  private static long heldByPipe() {
    int size = Pipes.enlarge(OutputDescriptor.NUMBER, PIPE_SIZE);
    return size < 0 ? SequentialOutput.COPIES_ONLY : BEHIND_PIPE + size;
  }
}
