package io.github.qcow2tostdout.cli.terminal;

import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.posix.Pipes;
import io.github.qcow2tostdout.source.OpenDescriptor;
import io.github.qcow2tostdout.stream.StreamedImage;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Standard input, as a disk, an image or something else that is read. */
public final class StandardInput {
  /** What the user calls it. */
  public static final String ARGUMENT = "-";

  /** What messages call it. */
  public static final String NAME = "standard input";

  /** Where it leads to. */
  public static final Path PATH = Path.of("/proc/self/fd/0");

  private static final int DESCRIPTOR = 0;

  /** The largest pipe that a user may have unless the system is told otherwise. */
  private static final int PIPE_SIZE = 1 << 20;

  /** From this many bytes of an image on a larger pipe pays for the call that makes it. */
  private static final long MUCH = 64L << 20;

  /** How long to wait for a stream that has nothing, because it does not block: 0.5 ms. */
  private static final long PAUSE_NANOS = 500_000;

  private final StandardStreams streams;
  private Optional<StreamChannel> stream = Optional.empty();

  public StandardInput(StandardStreams streams) {
    this.streams = streams;
  }

  /**
   * What comes through it, from where it stands to its end.
   *
   * @param what is expected there
   */
  public InputStream stream(String what) throws IOException {
    refuseTerminal(what);
    return Channels.newInputStream(streams.in().channel());
  }

  /** Standard input, of which a disk is wanted. */
  public OpenDescriptor disk() throws FileSystemException {
    refuseTerminal("a disk");
    return streams.in();
  }

  /** Makes a pipe as large as it may be: much is going to come through it. */
  public static void enlarge() {
    Pipes.enlarge(DESCRIPTOR, PIPE_SIZE);
  }

  /**
   * The image: a file is read in place, anything else to its end before this returns.
   *
   * @param deep whether its compressed clusters are to be decoded
   * @param evenRefused whether one that QEMU would not open is wanted too, for its header
   * @throws FileSystemException if it can't be read
   * @throws ImageException if it can't be checked as it flows by; {@link #drain} is due then
   */
  public BoundedFile image(boolean deep, boolean evenRefused, Progress progress)
      throws IOException {
    refuseTerminal("an image");
    OpenDescriptor in = streams.in();
    if (in.isFile() && in.channel().position() == 0) {
      return BoundedFile.of(NAME, in.channel());
    }
    StreamChannel channel = new StreamChannel(in.channel());
    if (in.hasWriter()) {
      stream = Optional.of(channel);
    }
    return StreamedImage.receive(NAME, channel, deep, evenRefused, progress);
  }

  /**
   * The image as a stream, unless it is a file that can be read in place; {@link #drain} is due
   * when it was begun and is not read to its end.
   */
  public Optional<ReadableByteChannel> imageStream() throws IOException {
    refuseTerminal("an image");
    OpenDescriptor in = streams.in();
    if (in.isFile() && in.channel().position() == 0) {
      return Optional.empty();
    }
    StreamChannel channel = new StreamChannel(in.channel());
    if (in.hasWriter()) {
      stream = Optional.of(channel);
    }
    return Optional.of(channel);
  }

  /** Where the image is, if it is a file; {@link #image} says why if it can't be read. */
  public Optional<Path> file() {
    try {
      return streams.in().isFile() ? Optional.of(streams.in().path()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads a stream that was begun to its end. With a {@code tee} in front, the file that this one
   * writes would be cut short otherwise, without a word.
   */
  public void drain() {
    if (stream.isPresent()) {
      stream.get().drain(streams.err());
    }
  }

  /** Reads an image that nothing is wanted of to its end, if somebody is sending it. */
  public void discardImage() {
    OpenDescriptor in = streams.in();
    try {
      if (!streams.inIsTerminal() && in.hasWriter()) {
        new StreamChannel(in.channel()).drain(streams.err());
      }
    } catch (IOException e) {
      // There is nothing to read.
    }
  }

  /** Standard input as a pipe, with a view to how much has come. */
  private static final class StreamChannel implements ReadableByteChannel {
    private final FileChannel channel;
    private boolean ended;
    private boolean enlarged;
    private long received;

    StreamChannel(FileChannel channel) {
      this.channel = channel;
    }

    /**
     * By one thread at a time: one that reads ahead may not have ended when the rest is drained.
     */
    @Override
    public synchronized int read(ByteBuffer to) throws IOException {
      int count;
      try {
        count = channel.read(to);
      } catch (IOException e) {
        ended = true;
        throw unreadable(e);
      }
      ended = count < 0;
      received += Math.max(0, count);
      if (received >= MUCH && !enlarged) {
        enlarged = true;
        enlarge();
      }
      return count;
    }

    private IOException unreadable(IOException e) {
      String message = Objects.requireNonNullElse(e.getMessage(), e.toString());
      FileSystemException error =
          new FileSystemException(
              NAME,
              null,
              received == 0 && message.contains("Bad file descriptor")
                  ? "is closed, or not open for reading; pipe an image into it"
                  : "can't be read at byte " + received + ": " + message);
      error.initCause(e);
      return error;
    }

    void drain(PrintStream err) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(PIPE_SIZE);
      boolean said = false;
      try {
        while (!ended) {
          int count = read(buffer.clear());
          if (count > 0 && !said) {
            err.println(
                Program.NAME
                    + ": reading standard input to its end, for a tee that may be in front of it");
            said = true;
          } else if (count == 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
          }
        }
      } catch (IOException e) {
        // Why nothing comes any more is for what is in front to say.
      }
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

  private void refuseTerminal(String what) throws FileSystemException {
    if (streams.inIsTerminal()) {
      throw new FileSystemException(
          NAME, null, "is a terminal; pipe " + what + " into it, or redirect it from a file");
    }
  }
}
