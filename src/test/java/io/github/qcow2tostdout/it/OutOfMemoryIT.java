package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Too little memory for the map of a disk, for buffers, or for the VM. */
@Timeout(120)
final class OutOfMemoryIT {
  @TempDir Path directory;

  @Test
  void mapLargerThanTheHeapIsAFailureBeforeTheFirstByte() throws Exception {
    Path disk = scattered(directory.resolve("disk.raw"));
    run("QCOW2_TO_STDOUT_JAVA_OPTS=-Xmx3m \"$0\" -c 512 \"$1\"", disk)
        .assertFailedBeforeTheFirstByte(1, disk + ": out of memory", "-c", "-Xmx1g");
  }

  @Test
  void noBufferForTheScanIsAFailureBeforeTheFirstByte() throws Exception {
    Path disk = Disks.full(directory.resolve("disk.raw"), 1 << 20);
    run("QCOW2_TO_STDOUT_JAVA_OPTS=-XX:MaxDirectMemorySize=300k \"$0\" \"$1\"", disk)
        .assertFailedBeforeTheFirstByte(1, disk + ": out of memory");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "QCOW2_TO_STDOUT_JAVA_OPTS=-XX:MaxDirectMemorySize=2m \"$0\" -z",
        "QCOW2_TO_STDOUT_JAVA_OPTS=-XX:MaxDirectMemorySize=20m \"$0\" -z",
        "ulimit -v 530000; exec \"$0\" -z --threads 200",
        "ulimit -v 530000; exec \"$0\" -z -c 2M --threads 200",
      })
  void noMemoryToCompressIsAFailureBeforeTheFirstByte(String script) throws Exception {
    byte[] text = new byte[60 << 20];
    Random random = new Random(1);
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) (random.nextInt() & 0x1f);
    }
    Path disk = Files.write(directory.resolve("disk.raw"), text);
    run(script + " --cache 1G \"$1\"", disk)
        .assertFailedBeforeTheFirstByte(1, disk + ": out of memory", "--threads", "--cache");
  }

  @Test
  void noAddressSpaceForTheVmIsAFailureWithNothingOnStandardOutput() throws Exception {
    Path disk = Disks.full(directory.resolve("disk.raw"), 1 << 20);
    for (int kibibytes : new int[] {100_000, 200_000, 400_000}) {
      Outcome outcome = run("ulimit -v " + kibibytes + "; exec \"$0\" \"$1\"", disk);
      assertNotEquals(0, outcome.code());
      assertEquals("", outcome.out());
      assertNotEquals("", outcome.err());
    }
  }

  private Outcome run(String script, Path disk) throws Exception {
    return PackagedTool.bash(directory, script, disk);
  }

  /** Of every other cluster of 512 bytes, as many as make the map large and the file small. */
  private static Path scattered(Path disk) throws Exception {
    byte[] block = new byte[4096];
    for (int at = 0; at < block.length; at += 1024) {
      block[at] = 1;
    }
    try (FileChannel channel =
        FileChannel.open(disk, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long chunk = 0; chunk < 400; chunk++) {
        for (int i = 0; i < 510; i++) {
          channel.write(ByteBuffer.wrap(block), (chunk << 25) + 8192L * i);
        }
      }
    }
    return disk;
  }
}
