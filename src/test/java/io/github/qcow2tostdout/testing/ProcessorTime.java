package io.github.qcow2tostdout.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A limit for each test of a class. It is the processor's time and not the clock's, because the
 * machine may be busy; a test that waits needs a {@code Timeout} besides.
 */
public final class ProcessorTime implements BeforeEachCallback, AfterEachCallback {
  private final Duration limit;
  private Duration start = Duration.ZERO;

  private ProcessorTime(Duration limit) {
    this.limit = limit;
  }

  /** A limit; for a static field that is registered as an extension. */
  public static ProcessorTime ofSeconds(long seconds) {
    return new ProcessorTime(Duration.ofSeconds(seconds));
  }

  /** What this process has taken so far. */
  public static Duration now() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    start = now();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Duration taken = now().minus(start);
    assertTrue(taken.compareTo(limit) <= 0, () -> taken + " of processor time");
  }
}
