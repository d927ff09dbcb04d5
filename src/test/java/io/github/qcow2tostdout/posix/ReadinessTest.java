package io.github.qcow2tostdout.posix;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReadinessTest {
  private static final int AN_HOUR = 3_600_000;

  @TempDir Path directory;

  @BeforeEach
  void needSystemCalls() {
    if (!SystemCalls.AVAILABLE) {
      Tool.missing("Linux on amd64 or aarch64");
    }
  }

  @Test
  void aFileTakesBytesAtOnce() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "content");
    try (FileDescription opened = FileDescription.open(file).orElseThrow()) {
      int descriptor = Integer.parseInt(opened.descriptorPath().getFileName().toString());
      assertTrue(Readiness.awaitWritable(descriptor, AN_HOUR));
    }
  }

  @Test
  void anErrorIsNotWaitedFor() {
    assertTrue(Readiness.awaitWritable(9999, AN_HOUR));
  }

  @Test
  void aWaitEnds() {
    // What is negative is never ready.
    assertTrue(Readiness.awaitWritable(-1, 10));
  }
}
