package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.convert.SequentialOutput;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * Says, when a signal ends the process, how much of the image is out: one that is cut short looks
 * whole to its receiver. The exit code is the VM's, 128 + n.
 */
final class Interruption extends Thread {
  private static volatile boolean underWay;

  private final PrintStream err;
  private final String input;
  private volatile Optional<SequentialOutput> output = Optional.empty();

  Interruption(PrintStream err, String input) {
    super("interruption");
    this.err = err;
    this.input = input;
  }

  /** From here on a signal is reported. */
  static Interruption reportTo(PrintStream err, String input) {
    Interruption interruption = new Interruption(err, input);
    Runtime.getRuntime().addShutdownHook(interruption);
    return interruption;
  }

  /** From here on image bytes are written. */
  void writing(SequentialOutput to) {
    output = Optional.of(to);
  }

  /**
   * Leaves the end of the process to a signal that has come before it, and the exit code with it.
   */
  static void awaitIfUnderWay() {
    if (underWay) {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void run() {
    underWay = true;
    err.println(Options.NAME + ": " + message(input, output));
  }

  static String message(String input, Optional<SequentialOutput> output) {
    return Failure.printable(input)
        + ": interrupted"
        + (output.isPresent()
            ? "; " + Failure.cutShort(output.get())
            : " before the first byte was written");
  }
}
