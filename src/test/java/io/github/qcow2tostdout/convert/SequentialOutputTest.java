package io.github.qcow2tostdout.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequentialOutputTest {
  private static ByteBuffer bytes(int... values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length);
    for (int value : values) {
      buffer.put((byte) value);
    }
    return buffer.flip();
  }

  private static SequentialOutput output(WritableByteChannel channel, long from, long to) {
    return new SequentialOutput(channel, from, to, Progress.NONE);
  }

  @Test
  void channelThatTakes0Or1ByteAtATimeGetsAll() throws IOException {
    BytesChannel channel =
        new BytesChannel() {
          private boolean none;

          @Override
          public int write(ByteBuffer buffer) throws IOException {
            none = !none;
            if (none) {
              return 0;
            }
            byte[] one = {buffer.get()};
            return super.write(ByteBuffer.wrap(one));
          }
        };
    SequentialOutput out = output(channel, 10, 15);
    out.write(bytes(1, 2, 3));
    assertEquals(3, out.written());
    out.write(bytes(4, 5));
    out.finish();
    assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, channel.bytes());
    assertEquals(5, out.written());
    assertEquals(5, out.total());
  }

  @Test
  void channelThatFailsIsTheOutputsError() {
    IOException error = new IOException("No space left on device");
    SequentialOutput out =
        output(
            new BytesChannel() {
              @Override
              public int write(ByteBuffer buffer) throws IOException {
                if (buffer.remaining() < 4) {
                  throw error;
                }
                buffer.get();
                return 1;
              }
            },
            0,
            10);
    OutputException e = assertThrows(OutputException.class, () -> out.write(bytes(1, 2, 3, 4, 5)));
    assertSame(error, e.getCause());
    assertEquals("No space left on device", e.getMessage());
    assertEquals(2, out.written(), "what was taken before counts");
  }

  @Test
  void moreThanPlannedIsRefusedBeforeAnyOfItIsWritten() throws IOException {
    BytesChannel channel = new BytesChannel();
    SequentialOutput out = output(channel, 0, 3);
    out.write(bytes(1, 2));
    assertThrows(IllegalStateException.class, () -> out.write(bytes(3, 4)));
    assertArrayEquals(new byte[] {1, 2}, channel.bytes());
  }

  @Test
  void moreThanPlannedIsNotHandedOver() {
    SequentialOutput out = output(new BytesChannel(), 5, 8);
    MemorySource source = new MemorySource(100);
    assertThrows(IllegalStateException.class, () -> out.transfer(source, 0, 4));
    assertEquals(0, out.written());
  }

  @Test
  void lessThanPlannedIsNoEnd() throws IOException {
    SequentialOutput out = output(new BytesChannel(), 5, 8);
    out.write(bytes(1, 2));
    IllegalStateException e = assertThrows(IllegalStateException.class, out::finish);
    assertEquals("the output ends at byte 7 of 8", e.getMessage());
  }

  @Test
  void emptyRangeEndsWithoutAWrite() {
    SequentialOutput out =
        output(
            new BytesChannel() {
              @Override
              public int write(ByteBuffer buffer) {
                throw new AssertionError();
              }
            },
            7,
            7);
    out.finish();
    assertEquals(0, out.total());
  }

  @Test
  void rangeThatGoesBackwardsIsRejected() {
    assertThrows(IllegalArgumentException.class, () -> output(new BytesChannel(), 5, 4));
    assertThrows(IllegalArgumentException.class, () -> output(new BytesChannel(), -1, 4));
  }

  @Test
  void transferThatFailsIsNoErrorButTakesNothing() {
    MemorySource source =
        new MemorySource(100) {
          @Override
          public long transferTo(long offset, long count, WritableByteChannel target)
              throws IOException {
            throw new IOException("who is it?");
          }
        };
    SequentialOutput out = output(new BytesChannel(), 0, 50);
    assertEquals(0, out.transfer(source, 0, 50));
    assertEquals(0, out.written());
  }

  @Test
  void progressIsOfTheRangeAndStartsAt0AndEndsAtItsSize() throws IOException {
    List<String> reports = new ArrayList<>();
    SequentialOutput out =
        new SequentialOutput(
            new BytesChannel(),
            100,
            110,
            (phase, done, total) -> reports.add(phase + " " + done + "/" + total));
    out.write(bytes(1, 2, 3));
    assertEquals(7, out.transfer(new MemorySource(100), 50, 7));
    out.finish();
    assertEquals(List.of("WRITE 0/10", "WRITE 3/10", "WRITE 10/10", "WRITE 10/10"), reports);
  }
}
