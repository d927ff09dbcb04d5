package io.github.qcow2tostdout.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TerminalWidthTest {
  private final AtomicLong clock = new AtomicLong();
  private final AtomicInteger terminal = new AtomicInteger(50);
  private final AtomicInteger asked = new AtomicInteger();
  private final TerminalWidth width =
      new TerminalWidth(
          100,
          () -> {
            asked.incrementAndGet();
            return terminal.get();
          },
          clock::get);

  @Test
  void theTerminalIsNotAskedInTheFirstSecond() {
    clock.set(999_999_999);
    assertEquals(99, width.getAsInt());
    assertEquals(0, asked.get());
  }

  @Test
  void aWindowThatChangesIsFollowedOnceASecond() {
    clock.set(1_000_000_000);
    assertEquals(49, width.getAsInt());
    terminal.set(120);
    assertEquals(49, width.getAsInt());
    clock.set(2_000_000_000);
    assertEquals(119, width.getAsInt());
    assertEquals(2, asked.get());
  }

  @Test
  void aTerminalThatDoesNotSayHas80Columns() {
    terminal.set(0);
    clock.set(1_000_000_000);
    assertEquals(79, width.getAsInt());
  }
}
