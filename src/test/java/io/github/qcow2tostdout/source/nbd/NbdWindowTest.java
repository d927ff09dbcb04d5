package io.github.qcow2tostdout.source.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class NbdWindowTest {
  private static final int READ = 256 << 10;

  private long now = 1;
  private final NbdWindow window = new NbdWindow(() -> now);

  /** Reads for some seconds; a read takes so many nanoseconds for a size. */
  private void read(double seconds, java.util.function.IntToLongFunction nanos) {
    long end = now + (long) (seconds * 1e9);
    while (now < end) {
      now += nanos.applyAsLong(window.size());
      window.done(READ);
    }
  }

  @Test
  void serverNextDoorGetsFewReadsAtATime() {
    read(0.9, size -> 100_000);
    assertEquals(NbdWindow.MIN, window.size());
  }

  @Test
  void farServerIsKeptBusy() {
    // 50 ms there and back, and 2 GB/s.
    read(3, size -> Math.max(130_000, 50_000_000 / size));
    assertEquals(NbdWindow.MAX, window.size());
  }

  @Test
  void serverOf16ThreadsGets16() {
    read(2.5, size -> 10_000_000 / Math.min(16, size));
    read(0.9, size -> 10_000_000 / Math.min(16, size));
    assertTrue(window.size() == 16 || window.size() == 32, () -> "" + window.size());
  }

  @Test
  void itTriesAgain() {
    read(0.9, size -> 100_000);
    assertEquals(NbdWindow.MIN, window.size());
    read(10, size -> 10_000_000 / size);
    assertEquals(NbdWindow.MAX, window.size());
  }

  @Test
  void timeInWhichSomethingElseWasReadDoesNotCount() {
    int round = 0;
    while (now < 10_000_000_000L) {
      now += 10_000_000 / window.size();
      window.done(READ);
      if (++round % 64 == 0) {
        window.pause();
        now += 100_000_000;
      }
    }
    assertEquals(NbdWindow.MAX, window.size());
  }
}
