package io.github.qcow2tostdout.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;

/**
 * What a process left.
 *
 * @param code its exit code, 128 + n for signal n
 * @param out its standard output, a byte a character
 * @param err its standard error
 */
public record Outcome(int code, String out, String err) {
  private static final long TIMEOUT_SECONDS = 120;

  /** Runs a process to its end; standard input is empty. */
  public static Outcome of(ProcessBuilder builder) throws IOException, InterruptedException {
    File out = File.createTempFile("out", null);
    File err = File.createTempFile("err", null);
    try {
      Process process =
          builder
              .redirectInput(new File("/dev/null"))
              .redirectOutput(out)
              .redirectError(err)
              .start();
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(builder.command() + " hangs");
      }
      return new Outcome(
          process.exitValue(),
          Files.readString(out.toPath(), ISO_8859_1),
          new String(Files.readAllBytes(err.toPath()), UTF_8));
    } finally {
      Files.delete(out.toPath());
      Files.delete(err.toPath());
    }
  }

  /** It failed with that code, and one or two lines on standard error that hold the fragments. */
  public void assertFailed(int expectedCode, String... fragments) {
    assertEquals(expectedCode, code, () -> "exit code; standard error: " + err);
    long lines = err.lines().count();
    assertTrue(lines == 1 || lines == 2, () -> lines + " lines of error: " + err);
    assertTrue(err.endsWith("\n"), () -> "an unfinished line of error: " + err);
    for (String fragment : fragments) {
      assertTrue(err.contains(fragment), () -> "no \"" + fragment + "\" in: " + err);
    }
    for (String trace : new String[] {"Exception", "\tat ", "at io.github", "Caused by"}) {
      assertFalse(err.contains(trace), () -> "a stack trace: " + err);
    }
  }

  /** As {@link #assertFailed}, and nothing is on standard output. */
  public void assertFailedBeforeTheFirstByte(int expectedCode, String... fragments) {
    assertFailed(expectedCode, fragments);
    assertEquals("", out);
  }
}
