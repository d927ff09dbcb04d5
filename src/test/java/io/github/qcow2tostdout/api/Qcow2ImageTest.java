package io.github.qcow2tostdout.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class Qcow2ImageTest {
  private static final int SIZE = 300_032;

  @TempDir Path directory;
  private Path raw;
  private Path qcow2;

  @BeforeEach
  void makeImage() throws IOException {
    raw = DiskRecipe.hole(SIZE).data(70_000, 100_000).make(directory.resolve("disk.raw"));
    qcow2 = write("disk.qcow2", Qcow2Conversion.builder().clusterSize(512).build());
  }

  private Path write(String name, Qcow2Conversion conversion) throws IOException {
    try (Disk disk = Disk.open(raw);
        PlannedImage image = conversion.plan(disk)) {
      return Files.write(directory.resolve(name), ApiDisks.bytes(image));
    }
  }

  @Test
  void theHeaderIsSaid() throws IOException {
    Path image =
        write(
            "all.qcow2",
            Qcow2Conversion.builder()
                .clusterSize(16 << 10)
                .refcountBits(32)
                .extendedL2(true)
                .lazyRefcounts(true)
                .dataFile("the.data", false)
                .build());
    ImageMetadata metadata = Qcow2Image.open(image).metadata();
    assertEquals(SIZE, metadata.virtualSize());
    assertEquals(16 << 10, metadata.clusterSize());
    assertEquals(32, metadata.refcountBits());
    assertEquals(3, metadata.version());
    assertTrue(metadata.extendedL2());
    assertEquals(
        List.of("external data file", "extended L2 entries", "lazy refcounts"),
        List.copyOf(metadata.features()));
    assertEquals(Optional.of("the.data"), metadata.dataFile());
    assertEquals(Optional.empty(), metadata.backingFile());
    assertEquals(ImageMetadata.Encryption.NONE, metadata.encryption());
  }

  @Test
  void aBackingFileIsOpenedOnlyWhenItIsAskedFor() throws IOException {
    Path base = DiskRecipe.hole(SIZE).data(0, 90_000).make(directory.resolve("base.raw"));
    Path delta = directory.resolve("delta.qcow2");
    try (Disk disk = Disk.open(raw);
        Disk below = Disk.open(base);
        PlannedImage image =
            Qcow2Conversion.builder()
                .backingFile("base.raw", "raw")
                .build()
                .planDelta(disk, below, new Control())) {
      Files.write(delta, ApiDisks.bytes(image));
    }
    Qcow2Image alone = Qcow2Image.open(delta);
    assertEquals(Optional.of("base.raw"), alone.metadata().backingFile());
    assertEquals(Optional.of("raw"), alone.metadata().backingFormat());
    assertTrue(alone.check().isClean());
    Qcow2Exception refused = assertThrows(Qcow2Exception.class, alone::disk);
    assertEquals(Qcow2Exception.Reason.UNSUPPORTED, refused.reason());
    assertTrue(refused.getMessage().contains("base.raw"), refused.getMessage());
    assertArrayEquals(Files.readAllBytes(raw), ApiDisks.content(delta, ImageOption.FOLLOW));
  }

  @Test
  void aFileThatHasTakenTheNameIsRefused() throws IOException {
    Qcow2Image image = Qcow2Image.open(qcow2);
    Path other = write("other.qcow2", Qcow2Conversion.defaults());
    Files.move(other, qcow2, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    for (var use :
        List.<org.junit.jupiter.api.function.Executable>of(
            image::disk, image::check, image::snapshots, image::bitmaps)) {
      assertEquals(Qcow2Exception.Reason.CHANGED, assertThrows(Qcow2Exception.class, use).reason());
    }
  }

  @Test
  void whatIsNoImageIsSaid() throws IOException {
    assertEquals(
        Qcow2Exception.Reason.NOT_QCOW2,
        assertThrows(Qcow2Exception.class, () -> Qcow2Image.open(raw)).reason());
    assertThrows(NoSuchFileException.class, () -> Qcow2Image.open(directory.resolve("none")));
    assertThrows(IOException.class, () -> Qcow2Image.open(directory));
    assertThrows(IOException.class, () -> Qcow2Image.open(qcow2).disk("none"));
  }

  @Test
  void aCheckCanBeCancelled() throws IOException {
    Control control = new Control();
    control.cancel();
    assertThrows(CancellationException.class, () -> Qcow2Image.open(qcow2).check(false, control));
  }

  /** A header in which something is wrong, and tables in which something is. */
  @Test
  void whateverIsInAnImageIsReadOrRefused() throws IOException {
    byte[] good = Files.readAllBytes(qcow2);
    Path bad = directory.resolve("bad.qcow2");
    int refused = 0;
    int found = 0;
    for (int at = 0; at < 4096; at += at < 112 ? 1 : 8) {
      byte[] image = good.clone();
      image[at] ^= (byte) 0xff;
      Files.write(bad, image);
      try {
        found += use(bad);
      } catch (IOException e) {
        refused++;
      }
    }
    for (int length = 0; length < good.length; length += good.length / 40) {
      Files.write(bad, Arrays.copyOf(good, length));
      try {
        found += use(bad);
      } catch (IOException e) {
        refused++;
      }
    }
    assertTrue(refused > 50, "refused " + refused);
    assertTrue(found > 50, "found " + found);
  }

  /** All that can be done with an image; returns how much a check found. */
  private static int use(Path path) throws IOException {
    Qcow2Image image = Qcow2Image.open(path);
    image.snapshots();
    image.bitmaps();
    int found = image.check(true, new Control()).findings().size();
    try (Disk disk = image.disk()) {
      ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
      for (long at = disk.nextData(0); at < Math.min(disk.size(), 1 << 20); ) {
        int count = disk.read(buffer.clear(), at);
        assertTrue(count != 0);
        at += Math.max(1, count);
      }
    }
    return found;
  }

  @Test
  void findingsAreThoseOfTheProgram() throws IOException {
    byte[] image = Files.readAllBytes(qcow2);
    // The refcount of the first cluster, and of the last byte's.
    int blocks = (int) ByteBuffer.wrap(image).getLong((int) ByteBuffer.wrap(image).getLong(48));
    image[blocks + 1] = 0;
    image[blocks + 3] = 9;
    Files.write(qcow2, image);
    CheckOutcome outcome = Qcow2Image.open(qcow2).check();
    assertEquals(1, outcome.corruptions());
    assertEquals(1, outcome.leaks());
    String report =
        new String(Program.outputOf(2, "check", "--output=json", qcow2.toString()), UTF_8);
    assertTrue(report.contains("\"corruptions\": 1"), report);
    assertTrue(report.contains("\"leaks\": 1"), report);
    assertTrue(report.contains("\"image-end-offset\": " + outcome.imageEndOffset()), report);
    for (ImageFinding finding : outcome.findings()) {
      assertTrue(report.contains('"' + finding.kind() + '"'), () -> finding + " in " + report);
      assertTrue(report.contains(finding.found()), () -> finding + " in " + report);
    }
    assertEquals(2, outcome.findings().size());
    assertEquals(2, outcome.counts().size());
  }
}
