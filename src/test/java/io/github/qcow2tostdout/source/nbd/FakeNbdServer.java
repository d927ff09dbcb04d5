package io.github.qcow2tostdout.source.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An NBD server for one client, honest unless a test overrides what it says. It has its own numbers
 * for the protocol: those under test could be wrong.
 */
class FakeNbdServer implements AutoCloseable {
  static final int SIMPLE = 0x67446698;
  static final int CHUNK = 0x668e33ef;
  static final int DONE = 1;
  static final int NONE = 0;
  static final int DATA = 1;
  static final int HOLE = 2;
  static final int STATUS = 5;
  static final int ERROR = 0x8001;
  static final int ERROR_OFFSET = 0x8002;
  static final int CONTEXT = 7;
  static final int STATE_HOLE = 1;
  static final int STATE_ZERO = 2;
  static final int EIO = 5;
  static final int EOVERFLOW = 75;

  /** NBD_FLAG_SEND_DF and NBD_CMD_FLAG_DF. */
  static final int CAN_ONE_CHUNK = 1 << 7;

  static final int ONE_CHUNK = 1 << 2;

  static final int READ = 0;
  static final int DISCONNECT = 2;
  static final int BLOCK_STATUS = 7;

  private static final long REPLY_MAGIC = 0x3e889045565a9L;

  /** A request as it came. */
  record Request(int flags, int command, long cookie, long offset, long length) {}

  private final Path socket;
  private final ServerSocketChannel listener;
  private final Thread thread;
  private final List<Request> requests = new ArrayList<>();
  private Optional<Exception> broken = Optional.empty();
  private boolean structured;
  private Optional<SocketChannel> client = Optional.empty();

  /** What the export holds. */
  final byte[] disk;

  FakeNbdServer(Path directory, byte[] disk) throws IOException {
    this.disk = disk;
    socket = directory.resolve("s" + System.nanoTime());
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
    thread = Thread.ofPlatform().daemon().name("fake-nbd").start(this::run);
  }

  NbdUri uri() {
    return uri("an%20export/x");
  }

  NbdUri uri(String export) {
    return NbdUri.parse("nbd+unix:///" + export + "?socket=" + socket);
  }

  /** The requests so far, as a list of its own. */
  List<Request> requests() {
    synchronized (requests) {
      return List.copyOf(requests);
    }
  }

  List<Request> requests(int command) {
    return requests().stream().filter(request -> request.command() == command).toList();
  }

  /** What went wrong here that a test did not mean; a client that goes away is none. */
  Optional<Exception> broken() throws InterruptedException {
    thread.join(10_000);
    return broken;
  }

  // What a test may override: the handshake.

  void greet(DataOutputStream out) throws IOException {
    out.writeLong(0x4e42444d41474943L);
    out.writeLong(0x49484156454F5054L);
    out.writeShort(3);
  }

  /** Answers an option; true if transmission starts. */
  boolean option(int option, byte[] data, DataOutputStream out) throws IOException {
    return usual(option, out);
  }

  private boolean usual(int option, DataOutputStream out) throws IOException {
    switch (option) {
      case 8 -> {
        structured = true;
        reply(out, option, 1, new byte[0]);
      }
      case 10 -> {
        reply(
            out,
            option,
            4,
            bytes(to -> {
              to.writeInt(CONTEXT);
              to.write("base:allocation".getBytes(UTF_8));
            }));
        reply(out, option, 1, new byte[0]);
      }
      case 7 -> {
        info(out);
        reply(out, option, 1, new byte[0]);
        return true;
      }
      case 1 -> {
        out.writeLong(size());
        out.writeShort(exportFlags());
        return true;
      }
      default -> reply(out, option, 1 << 31 | 1, new byte[0]);
    }
    return false;
  }

  /** Says what the export is. */
  void info(DataOutputStream out) throws IOException {
    reply(
        out,
        7,
        3,
        bytes(to -> {
          to.writeShort(0);
          to.writeLong(size());
          to.writeShort(exportFlags());
        }));
  }

  long size() {
    return disk.length;
  }

  /** That there are flags, and that it is read-only. */
  int exportFlags() {
    return 3;
  }

  // And transmission.

  void request(Request request, DataOutputStream out) throws IOException {
    answer(request, out);
  }

  /** The client says good-bye. */
  void disconnect() {}

  void read(Request request, DataOutputStream out) throws IOException {
    if (structured) {
      chunk(out, DONE, DATA, request.cookie(), data(request.offset(), request.length()));
    } else {
      out.writeInt(SIMPLE);
      out.writeInt(0);
      out.writeLong(request.cookie());
      out.write(disk, (int) request.offset(), (int) request.length());
    }
  }

  /** All is data. */
  void status(Request request, DataOutputStream out) throws IOException {
    chunk(out, DONE, STATUS, request.cookie(), extents(request.length(), 0));
  }

  /** The truth. */
  final void answer(Request request, DataOutputStream out) throws IOException {
    if (request.command() == READ) {
      read(request, out);
    } else {
      status(request, out);
    }
  }

  /** The usual answer to an option. */
  final boolean honest(int option, DataOutputStream out) throws IOException {
    return usual(option, out);
  }

  /** Closes the connection. */
  final void hangUp() throws IOException {
    client.orElseThrow().close();
  }

  /** Says nothing until the test is over. */
  final void pause() {
    try {
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // Helpers.

  /** Writes something. */
  interface Writer {
    void to(DataOutputStream out) throws IOException;
  }

  static byte[] bytes(Writer writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writer.to(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static void reply(DataOutputStream out, int option, int type, byte[] data) throws IOException {
    out.writeLong(REPLY_MAGIC);
    out.writeInt(option);
    out.writeInt(type);
    out.writeInt(data.length);
    out.write(data);
  }

  static void chunk(DataOutputStream out, int flags, int type, long cookie, byte[] payload)
      throws IOException {
    chunkHeader(out, flags, type, cookie, payload.length);
    out.write(payload);
  }

  static void chunkHeader(DataOutputStream out, int flags, int type, long cookie, long length)
      throws IOException {
    out.writeInt(CHUNK);
    out.writeShort(flags);
    out.writeShort(type);
    out.writeLong(cookie);
    out.writeInt((int) length);
  }

  /** The payload of a chunk of data. */
  byte[] data(long offset, long length) {
    return bytes(to -> {
      to.writeLong(offset);
      to.write(disk, (int) offset, (int) length);
    });
  }

  static byte[] hole(long offset, long length) {
    return bytes(to -> {
      to.writeLong(offset);
      to.writeInt((int) length);
    });
  }

  /** The payload of a block status: lengths and flags in turn. */
  static byte[] extents(long... descriptors) {
    return bytes(to -> {
      to.writeInt(CONTEXT);
      for (long number : descriptors) {
        to.writeInt((int) number);
      }
    });
  }

  static byte[] error(int value, String message) {
    return bytes(to -> {
      to.writeInt(value);
      to.writeShort(message.getBytes(UTF_8).length);
      to.write(message.getBytes(UTF_8));
    });
  }

  private void run() {
    try (SocketChannel channel = listener.accept()) {
      client = Optional.of(channel);
      DataOutputStream out = new DataOutputStream(Channels.newOutputStream(channel));
      serve(new DataInputStream(Channels.newInputStream(channel)), out);
    } catch (EOFException | ClosedChannelException e) {
      // One side has closed the connection.
    } catch (IOException e) {
      // Or it did so while something was on the way to it; or the test is over.
      String message = String.valueOf(e.getMessage());
      if (!message.contains("Broken pipe") && !message.contains("reset") && listener.isOpen()) {
        broken = Optional.of(e);
      }
    } catch (RuntimeException e) {
      broken = Optional.of(e);
    }
  }

  private void serve(DataInputStream in, DataOutputStream out) throws IOException {
    greet(out);
    in.readInt();
    boolean transmission = false;
    while (!transmission) {
      if (in.readLong() != 0x49484156454F5054L) {
        throw new IllegalStateException("no option");
      }
      int option = in.readInt();
      transmission = option(option, in.readNBytes(in.readInt()), out);
    }
    while (true) {
      if (in.readInt() != 0x25609513) {
        throw new IllegalStateException("no request");
      }
      Request request =
          new Request(
              in.readShort(),
              in.readShort(),
              in.readLong(),
              in.readLong(),
              Integer.toUnsignedLong(in.readInt()));
      int allowed =
          structured && request.command() == READ && (exportFlags() & CAN_ONE_CHUNK) != 0
              ? ONE_CHUNK
              : 0;
      if ((request.flags() & ~allowed) != 0) {
        throw new IllegalStateException("flags that were not agreed on: " + request);
      }
      synchronized (requests) {
        requests.add(request);
      }
      if (request.command() == DISCONNECT) {
        disconnect();
        return;
      }
      request(request, out);
    }
  }

  @Override
  public void close() throws IOException {
    thread.interrupt();
    listener.close();
  }
}
