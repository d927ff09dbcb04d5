package io.github.qcow2tostdout.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.cli.Console;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.work.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterruptionTest {
  private final Console console = new Console();

  @ParameterizedTest
  @CsvSource({"disk.raw, disk.raw", "'two\nlines', two?lines"})
  void oneLineSaysHowMuchIsOut(String input, String shown) {
    SequentialOutput output =
        new SequentialOutput(console.streams().out(), 100, 1100, Progress.NONE);
    Interruption.report(input).writing(output);
    assertEquals(
        "qcow2-to-stdout: "
            + shown
            + ": interrupted; 0 of 1000 bytes were written, the image is cut short: discard it",
        Interruption.line());
  }

  @Test
  void beforeTheFirstByteItSaysThatToo() {
    Interruption.report("disk.raw");
    assertEquals(
        "qcow2-to-stdout: disk.raw: interrupted before the first byte was written",
        Interruption.line());
  }
}
