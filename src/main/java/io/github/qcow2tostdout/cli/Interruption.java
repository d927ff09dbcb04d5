package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.format.Printable;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/**
 * Says, when a signal ends the process, what that means: an image that is cut short looks whole to
 * its receiver. The exit code is the VM's, 128 + n.
 */
final class Interruption extends Thread {
  private static volatile boolean underWay;

  private final PrintStream err;
  private final String input;
  private volatile Supplier<String> meaning;

  /** One of a conversion. */
  Interruption(PrintStream err, String input) {
    this(err, input, () -> " before the first byte was written");
  }

  private Interruption(PrintStream err, String input, Supplier<String> meaning) {
    super("interruption");
    this.err = err;
    this.input = input;
    this.meaning = meaning;
  }

  /** From here on a signal is reported, as one of a conversion. */
  static Interruption reportTo(PrintStream err, String input) {
    return new Interruption(err, input).registered();
  }

  /**
   * From here on a signal is reported.
   *
   * @param meaning of an end before the end
   */
  static Interruption reportTo(PrintStream err, String input, String meaning) {
    return new Interruption(err, input, () -> "; " + meaning).registered();
  }

  private Interruption registered() {
    Runtime.getRuntime().addShutdownHook(this);
    return this;
  }

  /** From here on image bytes are written. */
  void writing(SequentialOutput to) {
    meaning = () -> "; " + Failure.cutShort(to);
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
    err.println(Options.NAME + ": " + Printable.masked(input) + ": interrupted" + meaning.get());
  }

  /** From here on a signal is not reported: there is nothing that it could cut short. */
  void end() {
    try {
      Runtime.getRuntime().removeShutdownHook(this);
    } catch (IllegalStateException e) {
      // It is being reported.
    }
  }
}
