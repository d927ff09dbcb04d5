package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.inspect.BoundedFile;
import io.github.qcow2tostdout.inspect.CheckProgress;
import io.github.qcow2tostdout.inspect.StreamedImage;
import io.github.qcow2tostdout.posix.Pipes;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** Standard input, if an image is on it. */
final class StandardInput {
  /** What the user calls it, and what it is called in messages and reports. */
  static final String NAME = "-";

  private static final Path SELF = Path.of("/proc/self/fd/0");
  private static final int DESCRIPTOR = 0;
  private static final int TYPE_MASK = 0170000;
  private static final int REGULAR = 0100000;
  private static final int BLOCK_DEVICE = 0060000;

  /** The largest pipe that a user may have unless the system is told otherwise. */
  private static final int PIPE_SIZE = 1 << 20;

  /** From this many bytes on a larger pipe pays for the call that makes it. */
  private static final long MUCH = 64L << 20;

  private static final int DRAIN_BUFFER = 1 << 20;

  private static final long WAIT_NANOS = 1_000_000;

  private final ReadableByteChannel channel;
  private final boolean terminal;
  private final Stream stream = new Stream();

  private StandardInput(ReadableByteChannel channel, boolean terminal) {
    this.channel = channel;
    this.terminal = terminal;
  }

  /**
   * That of this process.
   *
   * @param terminal whether it is a person
   */
  @SuppressWarnings("resource") // It ends with the process.
  static StandardInput ofProcess(boolean terminal) {
    return new StandardInput(new FileInputStream(FileDescriptor.in).getChannel(), terminal);
  }

  /** One that streams what a channel has. */
  static StandardInput of(ReadableByteChannel channel) {
    return new StandardInput(channel, false);
  }

  /**
   * The image: a file is read where it is, everything else to its end before this returns.
   *
   * @throws FileSystemException if it is a terminal or can't be read
   */
  BoundedFile image(CheckProgress progress) throws IOException {
    if (terminal) {
      throw new FileSystemException(
          NAME, null, "standard input is a terminal; pipe an image into the command");
    }
    if (channel instanceof FileChannel file && isFileFromItsStart(file)) {
      return BoundedFile.of(NAME, file);
    }
    stream.begun = true;
    return StreamedImage.receive(NAME, stream, progress);
  }

  private static boolean isFileFromItsStart(FileChannel file) {
    try {
      return Files.getAttribute(SELF, "unix:mode") instanceof Integer mode
          && ((mode & TYPE_MASK) == REGULAR || (mode & TYPE_MASK) == BLOCK_DEVICE)
          && file.position() == 0;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      // Not a system that says what descriptor 0 is.
      return false;
    }
  }

  /**
   * Reads a stream that was begun to its end. With a {@code tee} in front, the file that this one
   * writes would be cut short otherwise, without a word.
   */
  void drain(PrintStream err) {
    if (!stream.begun || stream.ended) {
      return;
    }
    ByteBuffer buffer = ByteBuffer.allocateDirect(DRAIN_BUFFER);
    boolean said = false;
    try {
      while (!stream.ended) {
        buffer.clear();
        int count = stream.read(buffer);
        if (count > 0 && !said) {
          err.println(
              Options.NAME
                  + ": reading standard input to its end, for a tee that may be in front of it");
          said = true;
        }
        if (count == 0) {
          LockSupport.parkNanos(WAIT_NANOS);
        }
      }
    } catch (IOException e) {
      // What is in front has an error of its own to tell.
    }
  }

  /** The channel, with a view to how much has come. */
  private final class Stream implements ReadableByteChannel {
    private boolean begun;
    private boolean ended;
    private boolean enlarged;
    private long received;

    @Override
    public int read(ByteBuffer to) throws IOException {
      int count = channel.read(to);
      ended = count < 0;
      received += Math.max(0, count);
      if (received >= MUCH && !enlarged) {
        enlarged = true;
        Pipes.enlarge(DESCRIPTOR, PIPE_SIZE);
      }
      return count;
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
