package io.github.qcow2tostdout.cli.terminal;

import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.format.Printable;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import jdk.internal.misc.Signal;

/**
 * Says, when a signal ends the process, what that means: an image that is cut short looks whole to
 * its receiver. The exit code is 128 + n.
 */
public final class Interruption {
  private static final String[] SIGNALS = {"HUP", "INT", "TERM"};
  private static final int SIGNALLED = 128;

  /** How long a signal may take from the kernel to here on a busy machine. */
  private static final long ON_ITS_WAY_MILLISECONDS = 100;

  /** Whether the end of the process has begun: there is one, by a signal or not. */
  private static final AtomicBoolean ENDING = new AtomicBoolean();

  /** The line that a signal prints now; empty for none. */
  private static volatile Supplier<String> line = () -> "";

  /** What a signal does before it ends the process. */
  private static volatile Runnable cleaning = () -> {};

  private static volatile boolean signalsEnd;

  private final String input;

  private Interruption(String input) {
    this.input = input;
  }

  /**
   * Lets signals end the process, as the VM would, but at once: it would first look for somebody
   * who logs its end. What was ignored when the process began stays so.
   */
  public static void endAtSignals(PrintStream err) {
    for (String name : SIGNALS) {
      try {
        Signal.handle(new Signal(name), signal -> end(signal.getNumber(), err));
      } catch (IllegalArgumentException e) {
        // The VM was told to leave it to the system, which ends the process without a line.
      }
    }
    signalsEnd = true;
  }

  private static void end(int signal, PrintStream err) {
    if (ENDING.compareAndSet(false, true)) {
      String last = line();
      if (!last.isEmpty()) {
        StatusLine.end(err);
        err.println(last);
        err.flush();
      }
      cleaning.run();
      Runtime.getRuntime().halt(SIGNALLED + signal);
    }
  }

  /**
   * Ends the process, unless a signal does that already.
   *
   * @param code what it ends with
   */
  public static void endOtherwise(int code) {
    if (!ENDING.compareAndSet(false, true)) {
      awaitEnd();
    }
    // An exit would load the classes of its log; there are no hooks that must run now.
    Runtime.getRuntime().halt(code);
  }

  private static void awaitEnd() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Gives a signal the time to end the process. Ctrl-C ends all of a pipeline, and the end of a
   * neighbour can be seen before the own signal is.
   */
  public static void awaitSignalOnItsWay() {
    if (signalsEnd) {
      try {
        TimeUnit.MILLISECONDS.sleep(ON_ITS_WAY_MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** From here on a signal is reported, as one of a conversion. */
  public static Interruption report(String input) {
    return new Interruption(input).meaning(() -> " before the first byte was written");
  }

  /**
   * From here on a signal is reported.
   *
   * @param meaning of an end before the end
   */
  public static void report(String input, String meaning) {
    new Interruption(input).meaning(() -> "; " + meaning);
  }

  /**
   * From here on a signal does something before it ends the process.
   *
   * @param what any thread may do, at any time; must return soon, and throw nothing
   */
  public static void cleanUp(Runnable what) {
    cleaning = what;
  }

  /** From here on image bytes are written. */
  public void writing(SequentialOutput to) {
    meaning(() -> "; " + Failure.cutShort(to));
  }

  private Interruption meaning(Supplier<String> meaning) {
    String shown = Printable.masked(input);
    line = () -> Program.NAME + ": " + shown + ": interrupted" + meaning.get();
    return this;
  }

  /** From here on a signal is not reported: all is said, or there is nothing to be cut short. */
  public static void silence() {
    line = () -> "";
  }

  /** The line that a signal would print now. */
  static String line() {
    return line.get();
  }
}
