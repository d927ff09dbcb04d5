package io.github.qcow2tostdout.source.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.qemu.QemuAccess;
import io.github.qcow2tostdout.testing.RealImages;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Images as QEMU makes them: the disk is the one that {@code qemu-img convert -O raw} writes. */
@Tag("slow")
class Qcow2SourceTest {
  private static final ImageAccess FOLLOWING =
      new ImageAccess(
          new QemuAccess(true, false, QemuAccess.OPEN_TIMEOUT, QemuAccess.MEMORY, name -> {}),
          true,
          false,
          Optional.empty(),
          Optional.empty());

  @TempDir Path directory;

  static List<RealImages.Recipe> recipes() {
    return RealImages.all();
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void theDiskIsTheOneThatQemuReads(RealImages.Recipe recipe) throws Exception {
    Path image = RealImages.make(recipe, directory);
    Path raw = directory.resolve("disk.raw");
    Tool.QEMU_IMG.runWell("convert", "-f", "qcow2", "-O", "raw", image, raw);
    try (Source source = ImageOpener.open(image, "qcow2", FOLLOWING)) {
      assertHolds(source, raw);
    }
  }

  /** All that is outside of the extents is zero, and all inside is that of the file. */
  private static void assertHolds(Source source, Path raw) throws IOException {
    assertEquals(Files.size(raw), source.size());
    try (FileChannel expected = FileChannel.open(raw, StandardOpenOption.READ)) {
      long at = 0;
      for (DataExtents extents = source.dataExtents(); extents.next(); ) {
        assertZero(expected, at, extents.from());
        for (long from = extents.from(); from < extents.to(); from += 1 << 20) {
          int length = (int) Math.min(1 << 20, extents.to() - from);
          ByteBuffer ours = ByteBuffer.allocate(length);
          assertEquals(length, source.read(ours, from));
          assertEquals(-1, read(expected, from, length).mismatch(ours.flip()), "at " + from);
        }
        at = extents.to();
      }
      assertZero(expected, at, source.size());
    }
  }

  private static void assertZero(FileChannel expected, long from, long to) throws IOException {
    // Of what is large all but its ends are holes that nobody needs to read.
    for (long at = from; at < to; at += 1 << 20) {
      if (to - at > 64 << 20) {
        at = to - (32 << 20);
      }
      int length = (int) Math.min(1 << 20, to - at);
      assertEquals(
          -1, read(expected, at, length).mismatch(ByteBuffer.allocate(length)), "at " + at);
    }
  }

  private static ByteBuffer read(FileChannel file, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining() && file.read(buffer, offset + buffer.position()) >= 0) {
      // Until it is full.
    }
    return buffer.clear();
  }
}
