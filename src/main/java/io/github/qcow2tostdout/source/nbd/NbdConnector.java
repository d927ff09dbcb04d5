package io.github.qcow2tostdout.source.nbd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Connects to a server and agrees with it on an export. Unlike the reading that follows, this has a
 * time limit: here a server only has to say what it has.
 */
public final class NbdConnector {
  /** For the connection and the negotiation together. */
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** What a socket's address has room for; the kernel's {@code sun_path} without its end. */
  public static final int MAX_SOCKET_PATH = 107;

  private final String name;
  private final Duration limit;
  private final NbdPeer peer;

  /**
   * @param name of the source, for errors
   */
  NbdConnector(String name) {
    this(name, LIMIT);
  }

  NbdConnector(String name, Duration limit) {
    this(name, limit, NbdPeer.SERVER);
  }

  NbdConnector(String name, Duration limit, NbdPeer peer) {
    this.name = name;
    this.limit = limit;
    this.peer = peer;
  }

  /**
   * Connects and negotiates.
   *
   * @throws FileSystemException if that can't be; the reason is for the user
   */
  NbdConnection connect(NbdUri uri) throws FileSystemException {
    Optional<IOException> first = Optional.empty();
    try (Deadline deadline = new Deadline(limit)) {
      for (SocketAddress address : addresses(uri)) {
        SocketChannel channel;
        try {
          channel = open(address, deadline);
        } catch (IOException e) {
          if (deadline.isOver()) {
            break;
          }
          // What the first address says is most to the point: that of the others is often IPv6.
          first = first.or(() -> Optional.of(e));
          continue;
        }
        return negotiate(channel, uri.export(), deadline);
      }
      throw failed(
          deadline.isOver()
              ? uri.server() + " does not answer within " + limit.toSeconds() + " seconds"
              : "can't be reached: "
                  + reason(first.orElseThrow())
                  + "; is an NBD server listening at "
                  + uri.server()
                  + "?");
    }
  }

  /**
   * Negotiates over a connection that is there.
   *
   * @throws FileSystemException if that can't be, and the connection is closed then
   */
  NbdConnection negotiate(SocketChannel channel, String export) throws FileSystemException {
    try (Deadline deadline = new Deadline(limit)) {
      deadline.watch(channel);
      return negotiate(channel, export, deadline);
    } catch (ClosedChannelException e) {
      throw failed(reason(e));
    }
  }

  private NbdConnection negotiate(SocketChannel channel, String export, Deadline deadline)
      throws FileSystemException {
    NbdWire wire = new NbdWire(channel, peer);
    try {
      NbdExport agreed = NbdHandshake.negotiate(wire, export);
      deadline.close();
      if (deadline.isOver()) {
        throw new ClosedChannelException();
      }
      return new NbdConnection(name, wire, agreed, peer);
    } catch (IOException e) {
      Deadline.discard(channel);
      throw failed(
          deadline.isOver()
              ? peer.words()
                  + " has not come to an end of the negotiation within "
                  + limit.toSeconds()
                  + " seconds"
              : reason(e));
    }
  }

  private List<SocketAddress> addresses(NbdUri uri) throws FileSystemException {
    if (uri.socket().isPresent()) {
      Path socket = uri.socket().get();
      if (socket.toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH) {
        throw failed(
            "the path of the socket is longer than "
                + MAX_SOCKET_PATH
                + " bytes, and no socket's can be; use a shorter one, or a symbolic link to its"
                + " directory");
      }
      return List.of(UnixDomainSocketAddress.of(socket));
    }
    try {
      List<SocketAddress> addresses = new ArrayList<>();
      for (InetAddress address : InetAddress.getAllByName(uri.host())) {
        addresses.add(new InetSocketAddress(address, uri.port()));
      }
      return addresses;
    } catch (UnknownHostException e) {
      throw failed("the host " + uri.host() + " is not known; check its name");
    }
  }

  private static SocketChannel open(SocketAddress address, Deadline deadline) throws IOException {
    SocketChannel channel =
        address instanceof UnixDomainSocketAddress
            ? SocketChannel.open(StandardProtocolFamily.UNIX)
            : SocketChannel.open();
    try {
      deadline.watch(channel);
      if (address instanceof InetSocketAddress) {
        // A request is small and must not wait for a second one to go with it.
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      }
      channel.connect(address);
      return channel;
    } catch (IOException | RuntimeException | Error e) {
      Deadline.discard(channel);
      throw e;
    }
  }

  private FileSystemException failed(String reason) {
    return new FileSystemException(name, null, reason);
  }

  /** An error's message, or its name where it has none. */
  static String reason(IOException e) {
    return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
  }
}
