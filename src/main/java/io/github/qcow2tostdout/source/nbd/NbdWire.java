package io.github.qcow2tostdout.source.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;

/**
 * The bytes to and from a server. One thread may read while another writes. What is small is read
 * in one go with what follows it, what is large goes to where it is wanted.
 */
final class NbdWire implements Closeable {
  private static final int BUFFER_SIZE = 32 << 10;

  private final SocketChannel channel;
  private final NbdPeer peer;
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_SIZE).limit(0);

  /**
   * @param channel connected and blocking
   */
  NbdWire(SocketChannel channel, NbdPeer peer) {
    this.channel = channel;
    this.peer = peer;
  }

  /** The next 2 bytes, unsigned. */
  int readShort() throws IOException {
    require(Short.BYTES);
    return Short.toUnsignedInt(in.getShort());
  }

  /** The next 4 bytes. */
  int readInt() throws IOException {
    require(Integer.BYTES);
    return in.getInt();
  }

  /** The next 4 bytes, unsigned. */
  long readUnsignedInt() throws IOException {
    return Integer.toUnsignedLong(readInt());
  }

  /** The next 8 bytes. */
  long readLong() throws IOException {
    require(Long.BYTES);
    return in.getLong();
  }

  /**
   * A string for a person to read.
   *
   * @param length bytes, no more than {@link NbdProtocol#MAX_STRING}
   */
  String readString(int length) throws IOException {
    byte[] bytes = new byte[length];
    readFully(ByteBuffer.wrap(bytes));
    return new String(bytes, UTF_8);
  }

  /** Fills a buffer. */
  void readFully(ByteBuffer target) throws IOException {
    while (target.hasRemaining()) {
      if (in.hasRemaining()) {
        int count = Math.min(in.remaining(), target.remaining());
        target.put(target.position(), in, in.position(), count);
        target.position(target.position() + count);
        in.position(in.position() + count);
      } else if (target.remaining() >= BUFFER_SIZE) {
        receive(target);
      } else {
        receive(in.clear());
        in.flip();
      }
    }
  }

  /** Passes over bytes. */
  void skip(long count) throws IOException {
    for (long left = count; left > 0; ) {
      if (!in.hasRemaining()) {
        receive(in.clear());
        in.flip();
      }
      int skipped = (int) Math.min(in.remaining(), left);
      in.position(in.position() + skipped);
      left -= skipped;
    }
  }

  /** Sends all of a buffer. */
  void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      try {
        channel.write(bytes);
      } catch (ClosedChannelException e) {
        throw e;
      } catch (IOException e) {
        throw lost(e);
      }
    }
  }

  private void require(int count) throws IOException {
    if (in.remaining() < count) {
      in.compact();
      try {
        while (in.position() < count) {
          receive(in);
        }
      } finally {
        in.flip();
      }
    }
  }

  private void receive(ByteBuffer target) throws IOException {
    int count;
    try {
      count = channel.read(target);
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      throw lost(e);
    }
    if (count < 0) {
      throw new IOException(closed());
    }
  }

  /** As it is: what the system says of it reads as if it were standard output that is lost. */
  private IOException lost(IOException e) {
    String said = NbdConnector.reason(e);
    boolean closed = said.contains("Broken pipe") || said.contains("Connection reset");
    return new IOException(
        closed ? closed() : "the connection to " + peer.words() + " is lost: " + said, e);
  }

  private String closed() {
    return peer.words() + " has closed the connection";
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
