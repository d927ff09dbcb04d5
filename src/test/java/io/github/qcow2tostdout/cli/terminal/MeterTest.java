package io.github.qcow2tostdout.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.work.Progress;
import io.github.qcow2tostdout.work.Progress.Phase;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MeterTest {
  private static final long SECOND = 1_000_000_000;

  private final AtomicLong clock = new AtomicLong();
  private final Meter meter = new Meter(clock::get);
  private final Meter.Reader reader = meter.new Reader();

  private Meter.Reading at(long second, long done) {
    clock.set(second * SECOND);
    meter.report(Phase.SCAN, done, 1000);
    return reader.read().orElseThrow();
  }

  @Test
  void nothingIsReadBeforeTheWorkHasBegun() {
    assertFalse(reader.read().isPresent());
  }

  @Test
  void noRateIsToldOfNoTime() {
    Meter.Reading now = at(0, 0);
    assertTrue(Double.isNaN(now.rate()) && Double.isNaN(now.present()) && Double.isNaN(now.left()));
  }

  @Test
  void thePresentIsTheLastTwoSeconds() {
    at(0, 0);
    at(1, 100);
    at(2, 200);
    assertEquals(100, at(3, 300).present());
    at(4, 310);
    Meter.Reading now = at(5, 320);
    assertEquals(10, now.present());
    assertEquals(64, now.rate());
    assertEquals(680 / 64.0, now.left());
  }

  @Test
  void whoAsksSeldomGetsWhatWasSinceItAsked() {
    at(0, 0);
    at(100, 100);
    assertEquals(5, at(200, 600).present());
  }

  @Test
  void aStallIsARateOfZero() {
    at(0, 100);
    assertEquals(0, at(10, 100).present());
  }

  @Test
  void aPhaseBeginsAnew() {
    at(0, 0);
    at(10, 1000);
    clock.set(11 * SECOND);
    meter.report(Phase.WRITE, 0, 50);
    clock.set(12 * SECOND);
    meter.report(Phase.WRITE, 7, 50);
    Meter.Reading now = reader.read().orElseThrow();
    assertEquals(new Meter.Reading(Phase.WRITE, 7, 50, 1, 7, 7), now);
  }

  @Test
  void whatWasDoneBeforeIsNoRate() {
    clock.set(0);
    meter.report(Phase.READ, 500, Progress.UNKNOWN);
    clock.set(SECOND);
    meter.report(Phase.READ, 600, Progress.UNKNOWN);
    assertEquals(100, reader.read().orElseThrow().rate());
  }
}
