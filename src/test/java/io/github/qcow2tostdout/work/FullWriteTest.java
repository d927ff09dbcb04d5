package io.github.qcow2tostdout.work;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FullWriteTest {
  private final StringBuilder written = new StringBuilder();
  private final List<Integer> taken = new ArrayList<>();

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(US_ASCII));
  }

  /** Takes so many bytes at each call, over and over; fails where that is negative. */
  private WritableByteChannel taking(int... counts) {
    return new WritableByteChannel() {
      private int calls;

      @Override
      public int write(ByteBuffer from) throws IOException {
        int count = counts[calls++ % counts.length];
        if (count < 0) {
          throw new IOException("Broken pipe");
        }
        int some = Math.min(count, from.remaining());
        for (int i = 0; i < some; i++) {
          written.append((char) from.get());
        }
        return some;
      }

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void channelThatOftenTakesNothingGetsAll() throws IOException {
    FullWrite.write(taking(0, 2, 0, 0, 1, 3), bytes("0123456789"), taken::add);
    assertEquals("0123456789", written.toString());
    assertEquals(List.of(2, 1, 3, 2, 1, 1), taken);
  }

  @Test
  void nothingIsWrittenOfNothing() throws IOException {
    FullWrite.write(taking(-1), bytes(""));
    assertEquals("", written.toString());
  }

  @Test
  void anErrorIsPassedOnWithWhatWasTakenBefore() {
    IOException error =
        assertThrows(
            IOException.class, () -> FullWrite.write(taking(3, 0, -1), bytes("0123"), taken::add));
    assertEquals("Broken pipe", error.getMessage());
    assertSame(IOException.class, error.getClass());
    assertEquals(List.of(3), taken);
  }
}
