package io.github.qcow2tostdout.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A channel that takes some bytes, and then something happens at each write. */
public final class BrokenChannel implements WritableByteChannel {
  /** What happens. */
  interface Event {
    void happen() throws IOException;
  }

  private final Event event;
  private long room;

  /**
   * @param room bytes that it takes before
   */
  BrokenChannel(long room, Event event) {
    this.room = room;
    this.event = event;
  }

  /** A channel that fails with the system's message. */
  public static BrokenChannel after(long room, String message) {
    return new BrokenChannel(
        room,
        () -> {
          throw new IOException(message);
        });
  }

  @Override
  public int write(ByteBuffer buffer) throws IOException {
    if (room == 0) {
      event.happen();
    }
    int count = room == 0 ? buffer.remaining() : (int) Math.min(room, buffer.remaining());
    room -= Math.min(room, count);
    buffer.position(buffer.position() + count);
    return count;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
