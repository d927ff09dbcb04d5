package io.github.qcow2tostdout.cli.terminal;

import io.github.qcow2tostdout.convert.OutputException;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.Printable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A failure as the user sees it.
 *
 * @param lines name the file and say what to do
 * @param exitCode what the process ends with
 * @param bug where it comes from, if nobody but us has made a mistake
 */
public record Failure(List<String> lines, int exitCode, Optional<Throwable> bug) {
  /** A failure that takes one line to say. */
  public Failure(String line, int exitCode) {
    this(List.of(line), exitCode);
  }

  /** A failure that is not ours. */
  public Failure(List<String> lines, int exitCode) {
    this(lines, exitCode, Optional.empty());
  }

  /** Keeps a line one line: a name may hold anything, and a terminal would obey it. */
  public Failure {
    lines = lines.stream().map(Printable::masked).toList();
  }

  /** Carries a failure up to where it is printed. */
  public static final class Reported extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Failure failure;
    private final transient Runnable afterwards;

    public Reported(Failure failure) {
      this(failure, () -> {});
    }

    /**
     * One that leaves something to do.
     *
     * @param afterwards what is done when it has been printed, and may take long
     */
    public Reported(Failure failure, Runnable afterwards) {
      super(String.join("; ", failure.lines()));
      this.failure = failure;
      this.afterwards = afterwards;
    }

    public Runnable afterwards() {
      return afterwards;
    }

    public Failure failure() {
      return failure;
    }
  }

  /** What became of a report or of the help that did not get out. */
  public static Failure ofReport(IOException e) {
    return isReaderGone(e)
        ? new Failure("the reader of standard output went away", ExitCode.READER_GONE)
        : new Failure(
            "standard output: " + text(e) + "; what it got is incomplete", ExitCode.FAILED);
  }

  /** A failure of the conversion before the first byte. */
  public static Failure of(String input, Throwable e) {
    if (e instanceof UncheckedIOException passed) {
      return of(input, passed.getCause());
    }
    boolean ours = !(e instanceof IOException) && !(e instanceof OutOfMemoryError);
    return new Failure(
        List.of(line(input, e)), ExitCode.FAILED, ours ? Optional.of(e) : Optional.empty());
  }

  private static String line(String input, Throwable e) {
    return switch (e) {
      case ImageException image -> text(image);
      case NoSuchFileException missing ->
          missing.getFile() + ": no such file or device; check the name";
      case AccessDeniedException denied ->
          denied.getFile() + ": permission denied; run as a user who may read it";
      case FileSystemException file ->
          file.getFile() + ": " + Objects.requireNonNullElse(file.getReason(), text(file));
      case IOException io -> input + ": " + text(io);
      case OutOfMemoryError threads when isOutOfThreads(threads) ->
          input + ": no more threads can be started; allow more of them (ulimit -u)";
      case OutOfMemoryError buffers when isOutsideOfTheHeap(buffers) ->
          input
              + ": out of memory ("
              + text(buffers)
              + "); allow the process more, or have it use less: fewer --threads, a smaller"
              + " --cache";
      case OutOfMemoryError memory ->
          input
              + ": out of memory ("
              + text(memory)
              + "); use larger clusters (-c), or give the VM more:"
              + " QCOW2_TO_STDOUT_JAVA_OPTS=-Xmx1g";
      default -> input + ": internal error, please report it: " + e;
    };
  }

  /** A failure while the image was written. */
  public static Failure of(String input, Throwable e, SequentialOutput output) {
    if (e instanceof OutputException) {
      return isReaderGone((IOException) e)
          ? new Failure(
              "the reader of standard output went away after " + progress(output),
              ExitCode.READER_GONE)
          : new Failure("standard output: " + text(e) + "; " + cutShort(output), ExitCode.FAILED);
    }
    Failure failure = of(input, e);
    return new Failure(
        List.of(failure.lines().getFirst(), cutShort(output)), ExitCode.FAILED, failure.bug());
  }

  /** A failure to say what digest an image has that is out. */
  public static Failure ofDigest(String input, IOException e) {
    return new Failure(
        List.of(
            of(input, e).lines().getFirst(),
            "all bytes were written, but not their digest: don't take what is there for it"),
        ExitCode.FAILED);
  }

  /** How much of the image is out, and what that means. */
  static String cutShort(SequentialOutput output) {
    return progress(output)
        + " were written"
        + (output.written() < output.total()
            ? ", the image is cut short: discard it"
            : ", but they are not to be trusted: discard them");
  }

  private static String progress(SequentialOutput output) {
    return output.written() + " of " + output.total() + " bytes";
  }

  /** Whether it is the system that refuses a thread; the JDK has no error of its own for that. */
  public static boolean isOutOfThreads(OutOfMemoryError e) {
    return text(e).contains("native thread");
  }

  /** Whether it is memory for buffers; the limit of the heap does not count for it. */
  private static boolean isOutsideOfTheHeap(OutOfMemoryError e) {
    return text(e).contains("direct buffer memory") || text(e).startsWith("Unable to allocate");
  }

  private static boolean isReaderGone(IOException e) {
    // The JDK passes on no errno; the launcher sets a locale in which its text is this.
    String message = text(e);
    return message.contains("Broken pipe") || message.contains("Connection reset");
  }

  private static String text(Throwable e) {
    return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
  }
}
