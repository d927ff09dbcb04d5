package io.github.qcow2tostdout.work;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PatienceTest {
  /** Takes nothing for a while, and then a few bytes at a time. */
  private static final class Reluctant implements WritableByteChannel {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
    private int refused;

    @Override
    public int write(ByteBuffer from) throws IOException {
      if (System.nanoTime() < until || taken.size() % 2 == 1) {
        refused++;
        if (taken.size() % 2 == 1) {
          taken.write(0);
        }
        return 0;
      }
      taken.write(from.get());
      return 1;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void allIsWrittenToAChannelThatDoesNotBlock() throws IOException {
    Reluctant channel = new Reluctant();
    Patience.writeFully(channel, ByteBuffer.wrap(new byte[] {1, 2, 3}));
    assertArrayEquals(new byte[] {1, 0, 2, 0, 3}, channel.taken.toByteArray());
  }

  @Test
  void toWaitIsNotToTryAllTheTime() throws IOException {
    Reluctant channel = new Reluctant();
    Patience.writeFully(channel, ByteBuffer.wrap(new byte[1]));
    assertTrue(channel.refused < 100, channel.refused + " times in 50 ms");
  }

  @Test
  void anErrorIsPassedOn() {
    WritableByteChannel broken =
        new WritableByteChannel() {
          @Override
          public int write(ByteBuffer from) throws IOException {
            throw new IOException("Broken pipe");
          }

          @Override
          public boolean isOpen() {
            return true;
          }

          @Override
          public void close() {}
        };
    ByteBuffer buffer = ByteBuffer.allocate(1);
    IOException e = assertThrows(IOException.class, () -> Patience.writeFully(broken, buffer));
    assertEquals("Broken pipe", e.getMessage());
  }
}
