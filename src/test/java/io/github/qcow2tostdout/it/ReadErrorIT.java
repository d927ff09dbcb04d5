package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.Strace;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The system fails to read the disk, or to write the image, somewhere in the middle. */
@Timeout(60)
final class ReadErrorIT {
  /** Clusters of the disk, and with that the reads of the scan: one probes each. */
  private static final int CLUSTERS = 320;

  @TempDir Path directory;
  private Path disk;

  @BeforeEach
  void makeDisk() throws Exception {
    disk = Disks.full(directory.resolve("disk.raw"), CLUSTERS << 16);
  }

  @Test
  void readErrorInTheScanLeavesNothingOnStandardOutput() throws Exception {
    // The first read looks what the disk begins like.
    strace(disk, "pread64:error=EIO:when=101")
        .assertFailedBeforeTheFirstByte(
            1, disk + ": can't be read at byte " + (99 << 16) + ": Input/output error", "check");
  }

  @Test
  void readErrorInMeasureLeavesNothingOnStandardOutput() throws Exception {
    Outcome outcome =
        Outcome.of(
            new Strace(directory.resolve("log"), disk, "pread64:error=EIO:when=" + CLUSTERS)
                .tool("measure", disk));
    outcome.assertFailedBeforeTheFirstByte(1, disk + ": can't be read", "Input/output error");
  }

  @Test
  void readErrorInTheEmissionSaysHowMuchIsOut() throws Exception {
    Outcome outcome =
        strace(
            disk,
            "copy_file_range,sendfile,splice:error=EIO:when=2+",
            "pread64:error=EIO:when=" + (CLUSTERS + 3) + "+");
    assertCutShort(outcome, disk + ": can't be read at byte ");
  }

  @Test
  void handOverThatFailsIsRepeatedAsReadAndWrite() throws Exception {
    String image = strace(disk, "pread64:delay_exit=1:when=1").out();
    Outcome outcome = strace(disk, "copy_file_range,sendfile,splice:error=EIO:when=2+");
    assertEquals("", outcome.err());
    assertTrue(image.equals(outcome.out()));
  }

  @Test
  void diskThatFillsUpInTheEmissionSaysHowMuchIsOut() throws Exception {
    Path out = Files.createFile(directory.resolve("out"));
    Strace strace =
        new Strace(
            directory.resolve("log"),
            out,
            "copy_file_range,sendfile,splice,write:error=ENOSPC:when=3+");
    Path err = directory.resolve("err");
    Process process =
        strace.tool(disk).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    int code = process.waitFor();
    Outcome outcome = new Outcome(code, "-".repeat((int) Files.size(out)), Files.readString(err));
    assertCutShort(outcome, "standard output: No space left on device");
  }

  private Outcome strace(Path only, String... faults) throws Exception {
    return Outcome.of(new Strace(directory.resolve("log"), only, faults).tool(disk));
  }

  private static void assertCutShort(Outcome outcome, String stem) {
    int written = outcome.out().length();
    outcome.assertFailed(
        1, stem, written + " of " + ((CLUSTERS + 5) << 16) + " bytes were written", "discard it");
    assertTrue(written > 1 << 16, "nothing was written before the error");
    assertTrue(written < CLUSTERS << 16, "all was written before the error");
  }
}
