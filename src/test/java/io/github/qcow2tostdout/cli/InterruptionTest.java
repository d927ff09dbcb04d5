package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.work.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterruptionTest {
  private final Console console = new Console();

  @ParameterizedTest
  @CsvSource({"disk.raw, disk.raw", "'two\nlines', two?lines"})
  void oneLineSaysHowMuchIsOut(String input, String shown) throws InterruptedException {
    SequentialOutput output =
        new SequentialOutput(console.streams().out(), 100, 1100, Progress.NONE);
    Interruption hook = new Interruption(console.streams().err(), input);
    hook.writing(output);
    hook.start();
    hook.join();
    assertEquals(
        "qcow2-to-stdout: "
            + shown
            + ": interrupted; 0 of 1000 bytes were written, the image is cut short: discard it\n",
        console.err());
  }

  @Test
  void beforeTheFirstByteItSaysThatToo() throws InterruptedException {
    Interruption hook = new Interruption(console.streams().err(), "disk.raw");
    hook.start();
    hook.join();
    assertEquals(
        "qcow2-to-stdout: disk.raw: interrupted before the first byte was written\n",
        console.err());
  }
}
