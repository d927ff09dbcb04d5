package io.github.qcow2tostdout.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * A process whose standard output is a pipe that nobody reads until {@link #finish}: it is held
 * where that pipe is full.
 */
public final class HeldProcess implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final long TIMEOUT_NANOS = TIMEOUT.toNanos();

  private final Process process;
  private final Path err;

  private HeldProcess(Process process, Path err) {
    this.process = process;
    this.err = err;
  }

  /** Starts a process that ignores no signal; its standard input is empty. */
  public static HeldProcess start(ProcessBuilder builder) throws IOException {
    ignoringNothing(builder);
    Path err = Files.createTempFile("err", null);
    return new HeldProcess(
        builder.redirectInput(new File("/dev/null")).redirectError(err.toFile()).start(), err);
  }

  /**
   * Has a process ignore no signal, as it would some if the tests were started by nohup or in the
   * background.
   */
  public static ProcessBuilder ignoringNothing(ProcessBuilder builder) {
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,HUP,QUIT,TERM"));
    command.addAll(builder.command());
    return builder.command(command);
  }

  /** Waits for a state of the world that is sure to come. */
  public static void await(String what, Callable<Boolean> condition) throws Exception {
    await(what, TIMEOUT, condition);
  }

  /** Waits for a state of the world that is sure to come, and may take its time. */
  public static void await(String what, Duration timeout, Callable<Boolean> condition)
      throws Exception {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain for " + what);
      }
      Thread.sleep(5);
    }
  }

  /** Waits until something was written to the pipe. */
  public void awaitOutput() throws Exception {
    await("output; standard error: " + err(), () -> available() > 0);
  }

  /** Waits until something is in standard error. */
  public void awaitError(String fragment) throws Exception {
    await("\"" + fragment + "\" on standard error", () -> err().contains(fragment));
  }

  /** Bytes that are in the pipe. */
  public int available() throws IOException {
    return process.getInputStream().available();
  }

  /** Its standard error so far. */
  public String err() throws IOException {
    return Files.readString(err, UTF_8);
  }

  /** The process. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** The one child of the process. */
  public ProcessHandle child() {
    return process.children().findAny().orElseThrow();
  }

  /** Sends a signal. */
  public static void signal(String name, ProcessHandle to)
      throws IOException, InterruptedException {
    Outcome outcome = Outcome.of(new ProcessBuilder("kill", "-" + name, Long.toString(to.pid())));
    if (outcome.code() != 0) {
      throw new IOException(outcome.err());
    }
  }

  /** Waits for the end while the pipe stays full. */
  public void awaitEnd() throws InterruptedException {
    if (!process.waitFor(TIMEOUT_NANOS, TimeUnit.NANOSECONDS)) {
      throw new AssertionError("it hangs");
    }
  }

  /** Goes away as a reader, and waits for the end of the process. */
  public Outcome abandon() throws IOException, InterruptedException {
    process.getInputStream().close();
    awaitEnd();
    return new Outcome(process.exitValue(), "", err());
  }

  /** Reads the pipe to its end, and waits for that of the process. */
  public Outcome finish() throws IOException, InterruptedException {
    byte[] out;
    try (InputStream pipe = process.getInputStream()) {
      out = pipe.readAllBytes();
    }
    awaitEnd();
    return new Outcome(process.exitValue(), new String(out, ISO_8859_1), err());
  }

  @Override
  public void close() throws IOException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    // Until then it holds its files.
    process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
    Files.deleteIfExists(err);
  }
}
