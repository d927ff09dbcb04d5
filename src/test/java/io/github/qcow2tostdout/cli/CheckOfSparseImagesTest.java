package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.check.CheckResult;
import io.github.qcow2tostdout.check.ImageCheck;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.Holes;
import io.github.qcow2tostdout.image.OpenRules;
import io.github.qcow2tostdout.source.qcow2.FileHoles;
import io.github.qcow2tostdout.testing.ImageFiles;
import io.github.qcow2tostdout.testing.ProcessorTime;
import io.github.qcow2tostdout.testing.RealImages;
import io.github.qcow2tostdout.testing.RealImages.Recipe;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images of which the file system says that parts are holes. */
@Tag("slow")
class CheckOfSparseImagesTest {
  private static final int TABLES = 1 << 22;

  @RegisterExtension static final ProcessorTime LIMIT = ProcessorTime.ofSeconds(60);

  @TempDir Path directory;

  /** Four million L2 tables, each a hole of its own, in a file of 33 MiB. */
  private Path hostile() throws IOException {
    Path image = directory.resolve("hostile.qcow2");
    ByteBuffer head = ByteBuffer.allocate(65536 + TABLES * Long.BYTES);
    head.putInt(0, 0x514649fb).putInt(4, 3).putInt(20, 16).putLong(24, 1L << 30);
    head.putInt(36, TABLES).putLong(40, 65536).putLong(48, 1 << 26).putInt(56, 128);
    head.putInt(96, 4).putInt(100, 112);
    for (int i = 0; i < TABLES; i++) {
      head.putLong(65536 + i * Long.BYTES, 1L << 63 | (1 << 27) + i * 65536L);
    }
    try (FileChannel channel =
        FileChannel.open(image, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(head);
      channel.write(ByteBuffer.allocate(1), (1 << 27) + TABLES * 65536L - 1);
    }
    return image;
  }

  @Test
  @Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void tablesInHolesAreNotRead() throws IOException {
    Path image = hostile();
    assertEquals(2, CheckRun.of(image).code());
    FuzzSink out = FuzzSink.ofText();
    StandardStreams streams = new StandardStreams(out, System.err, false, false);
    assertEquals(0, new Application(streams).run("dump", "--tables", image.toString()));
    assertTrue(out.size() > TABLES * 70L, out.size() + " bytes");
  }

  private static CheckResult check(Path image, Holes holes) throws IOException {
    try (BoundedFile file = ImageFiles.open(image, holes)) {
      return ImageCheck.check(OpenRules.open(file), true, Progress.NONE);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cluster_size=512",
        "cluster_size=512,data_file=IMG.data,data_file_raw=on",
        "cluster_size=1k"
      })
  void resultIsThatOfReadingEverything(String options) throws Exception {
    Path image =
        RealImages.make(
            new Recipe(
                "sparse",
                List.of(
                        "qemu-img create -q -f qcow2 -o " + options + " IMG 32M",
                        "qemu-io -c 'write 0 64k' -c 'write 20M 300k' -c 'write 31M 1M' IMG",
                        "cp --sparse=always IMG IMG.copy; mv IMG.copy IMG")
                    .stream()
                    .map(command -> List.of("sh", "-c", command))
                    .toList()),
            directory);
    // Half of the tables, and some refcounts, become holes.
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / 2);
      channel.write(ByteBuffer.allocate(1), channel.size() * 2);
    }
    CheckResult asked = check(image, new FileHoles(image));
    CheckResult read = check(image, Holes.UNKNOWN);
    assertEquals(read.findings().kept(), asked.findings().kept());
    assertEquals(read.allocatedClusters(), asked.allocatedClusters());
    assertEquals(read.imageEndOffset(), asked.imageEndOffset());
    assertEquals(read.corruptions(), asked.corruptions());
  }

  @Test
  void aFileThatHasTakenTheNameIsNotAsked() throws IOException {
    Path image = Files.write(directory.resolve("image"), new byte[1 << 20]);
    try (FileHoles holes = new FileHoles(image)) {
      Path other = directory.resolve("other");
      try (FileChannel channel =
          FileChannel.open(other, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.allocate(1), 1 << 20);
      }
      Files.move(other, image, StandardCopyOption.REPLACE_EXISTING);
      assertEquals(4096, holes.nextData(4096));
      assertEquals(Long.MAX_VALUE, holes.nextHole(4096));
    }
  }

  @Test
  void holesAreThoseOfTheFileSystem() throws IOException {
    Path image = Files.write(directory.resolve("image"), new byte[] {1});
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {1}), 1 << 20);
    }
    try (FileHoles holes = new FileHoles(image)) {
      assertEquals(0, holes.nextData(0));
      assertTrue(holes.nextHole(0) <= 1 << 20);
      assertEquals(1 << 20, holes.nextData(1 << 19));
      assertEquals(Long.MAX_VALUE, holes.nextData(2 << 20));
    }
  }
}
