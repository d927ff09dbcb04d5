package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.convert.SequentialOutput;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;

/**
 * Says, when a signal ends the process, how much of the image is out: one that is cut short looks
 * whole to its receiver. The exit code is the VM's, 128 + n.
 */
final class Interruption extends Thread {
  private static volatile boolean underWay;

  private final PrintStream err;
  private final String input;
  private final SequentialOutput output;

  Interruption(PrintStream err, String input, SequentialOutput output) {
    super("interruption");
    this.err = err;
    this.input = input;
    this.output = output;
  }

  /** From here on a signal is reported. */
  static void report(PrintStream err, String input, SequentialOutput output) {
    Runtime.getRuntime().addShutdownHook(new Interruption(err, input, output));
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
    err.println(
        Options.NAME
            + ": "
            + Failure.printable(input)
            + ": interrupted; "
            + Failure.cutShort(output));
  }
}
