package io.github.qcow2tostdout.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.cli.BrokenChannel;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailureTest {
  private static final SequentialOutput OUTPUT =
      new SequentialOutput(BrokenChannel.after(0, "never used"), 0, 1000, Progress.NONE);

  @Test
  void aMissingFileIsNamed() {
    assertFailure(
        "disk.raw: no such file or device; check the name", new NoSuchFileException("disk.raw"));
  }

  @Test
  void aFileThatMayNotBeReadIsNamed() {
    assertFailure(
        "disk.raw: permission denied; run as a user who may read it",
        new AccessDeniedException("disk.raw"));
  }

  @Test
  void aReasonOfTheFileSystemIsPassedOn() {
    assertFailure(
        "other: is a FIFO; give a file",
        new FileSystemException("other", null, "is a FIFO; give a file"));
  }

  @Test
  void aFileSystemWithoutAReasonIsPassedOn() {
    assertFailure("other: other", new FileSystemException("other"));
  }

  @Test
  void anUnsupportedImageSpeaksForItself() {
    assertFailure(
        "d: unsupported image: too large; use smaller",
        new ImageException.Unsupported("d", "too large", "use smaller"));
  }

  @Test
  void anErrorOfTheSystemIsNamedAfterTheInput() {
    assertFailure("disk.raw: Input/output error", new IOException("Input/output error"));
  }

  @Test
  void anErrorWithoutWordsHasItsName() {
    assertFailure("disk.raw: IOException", new IOException());
  }

  @Test
  void outOfMemorySaysWhatHelps() {
    assertFailure(
        "disk.raw: out of memory (Java heap space); use larger clusters (-c), or give the VM more:"
            + " QCOW2_TO_STDOUT_JAVA_OPTS=-Xmx1g",
        new OutOfMemoryError("Java heap space"));
  }

  @Test
  void aBugAsksToBeReported() {
    Exception mistake = new IllegalStateException("oops");
    assertEquals(
        new Failure(
            List.of(
                "disk.raw: internal error, please report it: java.lang.IllegalStateException:"
                    + " oops"),
            1,
            Optional.of(mistake)),
        Failure.of("disk.raw", mistake));
    Error error = new StackOverflowError();
    assertEquals(
        new Failure(
            List.of("disk.raw: internal error, please report it: java.lang.StackOverflowError"),
            1,
            Optional.of(error)),
        Failure.of("disk.raw", error));
  }

  @Test
  void duringTheWriteASecondLineTellsWhatIsOut() {
    Failure failure = Failure.of("disk.raw", new IOException("Input/output error"), OUTPUT);
    assertEquals(
        List.of(
            "disk.raw: Input/output error",
            "0 of 1000 bytes were written, the image is cut short: discard it"),
        failure.lines());
    assertEquals(1, failure.exitCode());
  }

  @Test
  void aWholeImageThatIsNotToBeTrustedIsToldFromOneThatIsCutShort() {
    SequentialOutput whole =
        new SequentialOutput(BrokenChannel.after(0, "never used"), 5, 5, Progress.NONE);
    assertEquals(
        "0 of 0 bytes were written, but they are not to be trusted: discard them",
        Failure.cutShort(whole));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Broken pipe", "Connection reset", "Connection reset by peer"})
  void aReportWhoseReaderWentAwayIs141(String message) {
    assertEquals(
        new Failure("the reader of standard output went away", 141),
        Failure.ofReport(new IOException(message)));
  }

  @Test
  void aReportThatDoesNotFitIsAFailure() {
    assertEquals(
        new Failure("standard output: No space left on device; what it got is incomplete", 1),
        Failure.ofReport(new IOException("No space left on device")));
  }

  @Test
  void aBrokenPipeOfTheInputIsNotTheReaderOfTheOutput() {
    assertEquals(1, Failure.of("disk.raw", new IOException("Broken pipe"), OUTPUT).exitCode());
  }

  @ParameterizedTest
  @CsvSource({
    "'two\nlines', two?lines",
    "'\u001b[31mred', ?[31mred",
    "'a\rb\tc\u007f', a?b?c?",
    "'\u009b31m\u009d0', ?31m?0",
    "'a\u202eb\u2028c\ufeff', a?b?c?",
  })
  void aNameStaysOnItsLineAndCommandsNoTerminal(String name, String shown) {
    assertFailure(
        shown + ": no such file or device; check the name", new NoSuchFileException(name));
  }

  @Test
  void aNameBeyondAsciiIsShownAsItIs() {
    assertFailure(
        "d\u00efsque \u78c1\u76d8: permission denied; run as a user who may read it",
        new AccessDeniedException("d\u00efsque \u78c1\u76d8"));
  }

  private static void assertFailure(String line, Throwable e) {
    assertEquals(new Failure(line, ExitCode.FAILED), Failure.of("disk.raw", e));
  }
}
