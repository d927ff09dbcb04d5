package io.github.qcow2tostdout.it;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Strace;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The disk changes while the tool is held somewhere between its first and its last byte. */
@Timeout(60)
final class SourceChangesIT {
  private static final int SIZE = 8_000_000;

  /** From here on the tool enlarges the pipe. */
  private static final int LARGE = 66 << 20;

  /** The header's cluster, refcounts, L1 and L2 table: what comes before data. */
  private static final int METADATA = 5 << 16;

  /** Fills the pipe, whatever it holds, then becomes the program in the arguments. */
  private static final String FILL =
      """
      import fcntl, os, sys
      flags = fcntl.fcntl(1, fcntl.F_GETFL)
      fcntl.fcntl(1, fcntl.F_SETFL, flags | os.O_NONBLOCK)
      try:
          while True:
              os.write(1, bytes(4096))
      except BlockingIOError:
          pass
      fcntl.fcntl(1, fcntl.F_SETFL, flags)
      os.execv(sys.argv[1], sys.argv[1:])
      """;

  @TempDir Path directory;
  private Path disk;

  /** Something that happens to a disk, and what the tool has to say of it. */
  enum Change {
    SHRINKS("its size was " + SIZE + " bytes") {
      @Override
      void apply(Path disk) throws IOException {
        try (FileChannel channel = FileChannel.open(disk, WRITE)) {
          channel.truncate(SIZE / 2);
        }
      }
    },
    GROWS("its size was " + SIZE + " bytes and is " + (SIZE + 1) + " bytes") {
      @Override
      void apply(Path disk) throws IOException {
        Files.write(disk, new byte[1], APPEND);
      }
    },
    IS_WRITTEN("its time of modification was") {
      @Override
      void apply(Path disk) throws IOException {
        try (FileChannel channel = FileChannel.open(disk, WRITE)) {
          channel.write(ByteBuffer.wrap(new byte[] {1}), SIZE - 1);
        }
      }
    },
    IS_TOUCHED("its time of modification was") {
      @Override
      void apply(Path disk) throws IOException {
        Files.setLastModifiedTime(disk, FileTime.fromMillis(0));
      }
    },
    IS_WRITTEN_AND_ITS_TIME_RESTORED("its time of change was") {
      @Override
      void apply(Path disk) throws IOException {
        FileTime before = Files.getLastModifiedTime(disk);
        IS_WRITTEN.apply(disk);
        Files.setLastModifiedTime(disk, before);
      }
    },
    IS_REPLACED("another file has taken its name") {
      @Override
      void apply(Path disk) throws IOException {
        Path other = Files.copy(disk, disk.resolveSibling("other"));
        Files.move(other, disk, StandardCopyOption.ATOMIC_MOVE);
      }
    },
    IS_REMOVED("its name is gone") {
      @Override
      void apply(Path disk) throws IOException {
        Files.delete(disk);
      }
    };

    private final String words;

    Change(String words) {
      this.words = words;
    }

    abstract void apply(Path disk) throws IOException;
  }

  @BeforeEach
  void makeDisk() throws IOException {
    disk = Disks.full(directory.resolve("disk.raw"), SIZE);
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void changeDuringTheScanIsSeenBeforeTheFirstByte(Change change) throws Exception {
    Strace strace = new Strace(directory.resolve("log"), disk, "pread64:signal=SIGSTOP:when=3");
    try (HeldProcess held = HeldProcess.start(strace.tool(disk))) {
      ProcessHandle tool = strace.awaitStopped(held);
      change.apply(disk);
      HeldProcess.signal("CONT", tool);
      held.finish()
          .assertFailedBeforeTheFirstByte(1, disk + ": source changed", change.words, "run again");
    }
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void changeBetweenThePassesIsSeen(Change change) throws Exception {
    byte[] image = image();
    ProcessBuilder full =
        new ProcessBuilder(
            Tool.PYTHON.path(),
            "-c",
            FILL,
            PackagedTool.LAUNCHER.toString(),
            "--progress=json",
            disk.toString());
    try (HeldProcess held = HeldProcess.start(full)) {
      held.awaitError("\"phase\":\"write\",\"done\":0");
      int filling = held.available();
      change.apply(disk);
      Outcome all = held.finish();
      Outcome outcome =
          new Outcome(
              all.code(),
              all.out().substring(filling),
              all.err()
                  .lines()
                  .filter(line -> !line.startsWith("{"))
                  .map(line -> line + "\n")
                  .collect(joining()));
      assertCutShort(outcome, change, image);
    }
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void changeDuringTheEmissionIsSeen(Change change) throws Exception {
    byte[] image = image();
    try (HeldProcess held = HeldProcess.start(tool())) {
      held.awaitOutput();
      change.apply(disk);
      assertCutShort(held.finish(), change, image);
    }
  }

  @Test
  void shrinkingDuringTheEmissionIsNeverPaddedThroughALargePipe() throws Exception {
    Disks.full(disk, LARGE);
    byte[] image = image();
    try (HeldProcess held = HeldProcess.start(tool())) {
      held.awaitOutput();
      try (FileChannel channel = FileChannel.open(disk, WRITE)) {
        channel.truncate(LARGE / 2 + 1);
      }
      Outcome outcome = held.finish();
      outcome.assertFailed(1, "it ends at byte " + (LARGE / 2 + 1), "the image is cut short");
      assertPrefix(outcome, image);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {SIZE, LARGE})
  void writeAfterTheToolHasEndedDoesNotReachTheReceiver(int size) throws Exception {
    Disks.full(disk, size);
    byte[] image = image();
    Path fifo = directory.resolve("fifo");
    assertEquals(0, Outcome.of(new ProcessBuilder("mkfifo", fifo.toString())).code());
    // Open for both, it neither waits for a writer nor ends without one.
    try (RandomAccessFile both = new RandomAccessFile(fifo.toFile(), "rw");
        InputStream pipe = Files.newInputStream(fifo)) {
      assertTrue(both.getFD().valid());
      Process tool =
          tool()
              .redirectOutput(fifo.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      byte[] got = new byte[image.length];
      // The rest fits the pipe.
      int at = pipe.readNBytes(got, 0, image.length - (size == LARGE ? 1 << 20 : 1 << 16));
      boolean ended = tool.waitFor(20, TimeUnit.SECONDS);
      tool.destroyForcibly();
      assertTrue(ended, "the tool waits for its reader");
      assertEquals(0, tool.exitValue());
      try (FileChannel channel = FileChannel.open(disk, WRITE)) {
        channel.write(ByteBuffer.wrap(new byte[4 << 20]), size - (4 << 20));
      }
      pipe.readNBytes(got, at, image.length - at);
      assertTrue(Arrays.equals(image, got), "what was written later is in the image");
    }
  }

  @Test
  void replacedWhileItIsOpenedIsRefused() throws Exception {
    Disks.full(disk, LARGE);
    Path other = directory.resolve("other");
    try (RandomAccessFile sparse = new RandomAccessFile(other.toFile(), "rw")) {
      sparse.setLength(LARGE);
    }
    Strace strace = new Strace(directory.resolve("log"), disk, "openat:signal=SIGSTOP:when=1");
    try (HeldProcess held = HeldProcess.start(strace.tool(disk))) {
      ProcessHandle tool = strace.awaitStopped(held);
      Files.move(other, disk, StandardCopyOption.ATOMIC_MOVE);
      HeldProcess.signal("CONT", tool);
      held.finish().assertFailedBeforeTheFirstByte(1, disk + ": was replaced", "run again");
    }
  }

  private ProcessBuilder tool() {
    return new ProcessBuilder(PackagedTool.LAUNCHER.toString(), disk.toString());
  }

  private byte[] image() throws IOException, InterruptedException {
    Path image = directory.resolve("image");
    Outcome outcome = PackagedTool.bash(directory, "\"$0\" \"$1\" > \"$2\"", disk, image);
    assertEquals(new Outcome(0, "", ""), outcome);
    return Files.readAllBytes(image);
  }

  private void assertCutShort(Outcome outcome, Change change, byte[] image) {
    outcome.assertFailed(1, disk + ": source changed", change.words, "discard");
    assertTrue(outcome.err().contains(outcome.out().length() + " of " + image.length + " bytes"));
    if (change == Change.SHRINKS) {
      assertPrefix(outcome, image);
      assertTrue(outcome.out().length() <= METADATA + SIZE / 2, "more than there was");
    } else {
      assertEquals(image.length, outcome.out().length());
    }
  }

  /** It says how much it wrote, which is nothing but the beginning of the image. */
  private static void assertPrefix(Outcome outcome, byte[] image) {
    int length = outcome.out().length();
    assertTrue(length < image.length, "all was written");
    assertTrue(outcome.err().contains(length + " of " + image.length + " bytes were written"));
    for (int i = 0; i < length; i++) {
      if ((byte) outcome.out().charAt(i) != image[i]) {
        throw new AssertionError("the image differs at byte " + i + " of " + length);
      }
    }
  }
}
