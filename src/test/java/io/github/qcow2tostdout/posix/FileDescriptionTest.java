package io.github.qcow2tostdout.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDescriptionTest {
  private static final long MEBIBYTE = 1 << 20;

  @TempDir Path directory;

  @BeforeEach
  void needsLinux() {
    if (!SystemCalls.AVAILABLE) {
      Tool.missing("Linux on amd64 or aarch64");
    }
  }

  @Test
  void aMissingFileIsNotOpened() {
    assertEquals(Optional.empty(), FileDescription.open(directory.resolve("missing")));
  }

  @Test
  void theDescriptorLeadsToTheFile() throws IOException {
    Path file = Files.writeString(directory.resolve("two words"), "content");
    try (FileDescription opened = FileDescription.open(file).orElseThrow()) {
      assertEquals(file.toRealPath(), opened.descriptorPath().toRealPath());
    }
  }

  @Test
  void dataIsFoundBehindAHole() throws IOException {
    try (FileDescription opened = openSparse()) {
      assertEquals(8 * MEBIBYTE, opened.seekData(0));
      assertEquals(8 * MEBIBYTE, opened.seekData(8 * MEBIBYTE));
      assertEquals(8 * MEBIBYTE + 5, opened.seekData(8 * MEBIBYTE + 5));
    }
  }

  @Test
  void behindTheLastDataIsNoMore() throws IOException {
    try (FileDescription opened = openSparse()) {
      assertEquals(FileDescription.NO_MORE_DATA, opened.seekData(9 * MEBIBYTE));
      assertEquals(FileDescription.NO_MORE_DATA, opened.seekData(16 * MEBIBYTE));
      assertEquals(FileDescription.NO_MORE_DATA, opened.seekData(1L << 50));
    }
  }

  @Test
  void aHoleIsFoundBehindData() throws IOException {
    try (FileDescription opened = openSparse()) {
      assertEquals(9 * MEBIBYTE, opened.seekHole(8 * MEBIBYTE));
      assertEquals(3, opened.seekHole(3));
    }
  }

  @Test
  void theEndCountsAsAHole() throws IOException {
    Path file = Files.writeString(directory.resolve("full"), "content");
    try (FileDescription opened = FileDescription.open(file).orElseThrow()) {
      assertEquals(7, opened.seekHole(0));
      assertEquals(FileDescription.UNKNOWN, opened.seekHole(8));
    }
  }

  @Test
  void offsetsBeyondFourGibibytesArriveWhole() throws IOException {
    Path file = directory.resolve("large");
    long offset = (5L << 30) + 4096;
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      content.seek(offset);
      content.write(1);
    }
    try (FileDescription opened = FileDescription.open(file).orElseThrow()) {
      if (opened.seekData(0) == 0) {
        Tool.missing("a temporary directory on a file system with holes");
      }
      assertEquals(offset, opened.seekData(3L << 30));
    }
  }

  @Test
  void aClosedDescriptionKnowsNothing() throws IOException {
    FileDescription opened = openSparse();
    opened.close();
    assertEquals(FileDescription.UNKNOWN, opened.seekData(0));
    assertEquals(FileDescription.UNKNOWN, opened.seekHole(0));
    assertEquals(FileDescription.UNKNOWN, opened.cachedBytes(0, 1));
    opened.willNeed(0, 1);
  }

  @Test
  void whatWasJustWrittenIsCached() throws IOException {
    try (FileDescription opened = openSparse()) {
      long cached = opened.cachedBytes(8 * MEBIBYTE, MEBIBYTE);
      if (cached == FileDescription.UNKNOWN) {
        Tool.impossible("the kernel has no cachestat (Linux 6.5)");
      }
      assertEquals(MEBIBYTE, cached);
      assertEquals(0, opened.cachedBytes(0, MEBIBYTE));
    }
  }

  @Test
  void adviceChangesNothing() throws IOException {
    try (FileDescription opened = openSparse()) {
      opened.willNeed(0, 16 * MEBIBYTE);
      opened.willNeed(1L << 50, 1);
      opened.willNeed(-1, -1);
      assertEquals(8 * MEBIBYTE, opened.seekData(0));
    }
  }

  @Test
  void anUnknownErrorIsNotTheEndOfTheData() {
    SystemCalls.Outcome outcome = SystemCalls.call(SystemCalls.Function.CLOSE, -1, 0, 0);
    assertEquals(-1, outcome.intResult());
    assertTrue(outcome.errno() != Errno.ENXIO && outcome.errno() != 0, outcome::toString);
  }

  /** 16 MiB, of which the ninth is data. */
  private FileDescription openSparse() throws IOException {
    Path file = directory.resolve("sparse");
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      content.setLength(16 * MEBIBYTE);
      content.seek(8 * MEBIBYTE);
      content.write(new byte[(int) MEBIBYTE]);
    }
    FileDescription opened = FileDescription.open(file).orElseThrow();
    if (opened.seekData(0) == 0) {
      opened.close();
      Tool.missing("a temporary directory on a file system with holes");
    }
    return opened;
  }
}
