package io.github.qcow2tostdout.source.nbd;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Requests to a server and their replies, many at a time. It has no thread of its own: of those
 * that wait for a reply one receives whatever comes, for all of them. So nothing is received while
 * nobody waits, and the server is held up by what its socket takes.
 *
 * <p>There is no limit on how long a reply may take that somebody waits for: a server that wakes a
 * disk, fetches from another or waits for its own network is slow and right, and nobody here could
 * do better than to wait with it.
 */
final class NbdConnection implements Closeable {
  /**
   * The most requests to have under way. They are small enough to be in the socket all at once, so
   * that sending never waits for a server that itself waits for its replies to be taken.
   */
  static final int MAX_REQUESTS = 128;

  /** For replies that nobody waits for any more. */
  private static final Duration LAST_REPLIES = Duration.ofSeconds(2);

  private final String name;
  private final NbdWire wire;
  private final NbdExport export;
  private final NbdPeer peer;
  private final Map<Long, NbdRequest> pending = new ConcurrentHashMap<>();
  private final NbdReplies replies;
  private final ByteBuffer out = ByteBuffer.allocateDirect(MAX_REQUESTS * NbdProtocol.REQUEST_SIZE);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition received = lock.newCondition();
  private boolean receiving;
  private long cookie;
  private Optional<String> failure = Optional.empty();

  /**
   * @param name of the source, for errors
   * @param wire at the start of transmission
   */
  NbdConnection(String name, NbdWire wire, NbdExport export, NbdPeer peer) {
    this.name = name;
    this.wire = wire;
    this.export = export;
    this.peer = peer;
    replies = new NbdReplies(wire, export, pending);
  }

  /** What is read over it. */
  NbdExport export() {
    return export;
  }

  /** Who is at the other end. */
  NbdPeer peer() {
    return peer;
  }

  /** How many more requests may be sent before the next reply. */
  int room() {
    return MAX_REQUESTS - pending.size();
  }

  /**
   * Sends requests, all at once.
   *
   * @param requests no more than there is {@link #room} for
   */
  void send(List<? extends NbdRequest> requests) throws FileSystemException {
    lock.lock();
    try {
      throwFailure();
      out.clear();
      for (NbdRequest request : requests) {
        // Any number would do; these tell a human reader of the traffic how far it is.
        pending.put(++cookie, request);
        request.put(out, cookie);
      }
      wire.write(out.flip());
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      failure = Optional.of(NbdConnector.reason(e));
      throwFailure();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the reply to a request that was sent is there; what the server has against it is
   * for the caller to ask.
   *
   * @throws FileSystemException if there won't be a reply
   */
  void await(NbdRequest request) throws FileSystemException {
    if (request.isComplete()) {
      return;
    }
    lock.lock();
    try {
      while (!request.isComplete()) {
        throwFailure();
        if (receiving) {
          received.awaitUninterruptibly();
        } else {
          receive();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void receive() throws FileSystemException {
    receiving = true;
    lock.unlock();
    // Unless it goes well nothing works any more: where the next message starts is not known.
    Optional<String> broken = Optional.of("internal error, please report it");
    try {
      replies.receive();
      broken = Optional.empty();
    } catch (IOException e) {
      broken = Optional.of(NbdConnector.reason(e));
    } finally {
      lock.lock();
      receiving = false;
      if (failure.isEmpty()) {
        failure = broken;
      }
      received.signalAll();
    }
  }

  private void throwFailure() throws FileSystemException {
    if (failure.isPresent()) {
      throw new FileSystemException(name, null, failure.get());
    }
  }

  /**
   * Says good-bye and ends the connection. What was asked for and is not wanted any more is
   * received first, for a while: a client may go at any time, but nbdkit 1.32 aborts where that is
   * in the middle of its replies.
   */
  @Override
  public void close() throws IOException {
    try (wire) {
      awaitPending();
      wire.write(
          ByteBuffer.allocate(NbdProtocol.REQUEST_SIZE)
              .putInt(NbdProtocol.REQUEST_MAGIC)
              .putShort((short) 0)
              .putShort((short) NbdProtocol.CMD_DISC)
              .putLong(++cookie)
              .putLong(0)
              .putInt(0)
              .flip());
    } catch (IOException e) {
      // It is over anyway, and all that was asked for is there.
    }
  }

  private void awaitPending() throws IOException {
    throwFailure();
    if (pending.isEmpty()) {
      return;
    }
    try (Deadline deadline = new Deadline(LAST_REPLIES)) {
      deadline.watch(wire);
      for (NbdRequest request : pending.values()) {
        await(request);
      }
    }
  }
}
