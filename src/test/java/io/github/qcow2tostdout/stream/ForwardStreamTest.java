package io.github.qcow2tostdout.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DripChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A stream in steps, above all one so long that a thread reads ahead. */
class ForwardStreamTest {
  private static final long SEED = 11;
  private static final int CLUSTER = 4096;
  private static final int STEP = 64 * CLUSTER;

  /** So long that what is behind the beginning is read ahead, and with a last cluster cut short. */
  private static final int LENGTH = (12 << 20) + 3 * CLUSTER + 77;

  private final byte[] bytes = new byte[LENGTH];
  private final ByteArrayOutputStream passed = new ByteArrayOutputStream();
  private final List<Long> arrivals = new ArrayList<>();

  ForwardStreamTest() {
    new Random(SEED).nextBytes(bytes);
  }

  /** A channel that is never closed. */
  private abstract static class In implements ReadableByteChannel {
    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private ForwardStream stream(ReadableByteChannel in) {
    ForwardStream stream = new ForwardStream("-", in, arrivals::add);
    stream.listen(next -> {
      byte[] part = new byte[next.remaining()];
      next.get(part);
      passed.writeBytes(part);
    });
    return stream;
  }

  @Test
  void stepsAndTablesInTurnGiveAllBytesInTheirOrder() throws IOException {
    try (ForwardStream stream = stream(new DripChannel(bytes, SEED))) {
      Random random = new Random(SEED);
      boolean more = true;
      while (more) {
        more =
            stream.stepTo(stream.position() + (long) random.nextInt(200) * CLUSTER, STEP)
                && stream.take(CLUSTER).remaining() == CLUSTER;
        assertTrue(!more || stream.position() % CLUSTER == 0, () -> "" + stream.position());
      }
      assertEquals(LENGTH, stream.position());
      assertFalse(stream.stepTo(Long.MAX_VALUE, STEP));
      assertEquals(0, stream.take(CLUSTER).remaining());
    }
    assertArrayEquals(bytes, passed.toByteArray());
    assertEquals(arrivals.stream().sorted().toList(), arrivals);
    assertEquals(LENGTH, arrivals.getLast());
  }

  @Test
  void stepsOfAStreamThatEndsWithAClusterEndThere() throws IOException {
    byte[] whole = Arrays.copyOf(bytes, (10 << 20));
    try (ForwardStream stream = stream(new DripChannel(whole, SEED))) {
      assertFalse(stream.stepTo(Long.MAX_VALUE, STEP));
      assertEquals(whole.length, stream.position());
    }
    assertArrayEquals(whole, passed.toByteArray());
  }

  @Test
  void takenBytesStayUntilTheNextAreTaken() throws IOException {
    try (ForwardStream stream = stream(new DripChannel(bytes, SEED))) {
      stream.stepTo(LENGTH - 77 - CLUSTER, STEP);
      ByteBuffer last = stream.take(CLUSTER);
      byte[] kept = new byte[CLUSTER];
      last.get(kept);
      assertArrayEquals(Arrays.copyOfRange(bytes, LENGTH - 77 - CLUSTER, LENGTH - 77), kept);
    }
  }

  @Test
  void errorBehindMuchSaysWhereItWas() throws IOException {
    DripChannel drips = new DripChannel(bytes, SEED);
    ReadableByteChannel breaking =
        new In() {
          private long given;

          @Override
          public int read(ByteBuffer to) throws IOException {
            if (given >= 10 << 20) {
              throw new IOException("Input/output error of " + given);
            }
            int count = drips.read(to);
            given += count;
            return count;
          }
        };
    try (ForwardStream stream = stream(breaking)) {
      IOException e = assertThrows(IOException.class, () -> stream.stepTo(Long.MAX_VALUE, STEP));
      String at = e.getMessage().replaceAll(".* of ", "");
      assertEquals(
          "-: can't be read behind byte " + at + ": Input/output error of " + at, e.getMessage());
      // What came before in whole steps was passed on.
      assertTrue(passed.size() >= (10 << 20) - STEP && passed.size() <= Long.parseLong(at));
    }
  }

  @Test
  void closedStreamIsReadNoFurther() throws Exception {
    long[] given = {0};
    Thread[] reader = {null};
    ReadableByteChannel endless =
        new In() {
          @Override
          public int read(ByteBuffer to) {
            reader[0] = Thread.currentThread();
            int count = Math.min(to.remaining(), 1000);
            to.position(to.position() + count);
            given[0] += count;
            return count;
          }
        };
    try (ForwardStream stream = stream(endless)) {
      assertTrue(stream.stepTo(10 << 20, STEP));
      assertNotSame(Thread.currentThread(), reader[0], "nobody reads ahead");
    }
    reader[0].join();
    // No more than the buffers hold.
    assertTrue(given[0] <= (10 << 20) + 10L * STEP, () -> "" + given[0]);
  }
}
