package io.github.qcow2tostdout.source.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.testing.RealImages;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.testing.Tool;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Images as QEMU makes them: the disk is the one that {@code qemu-img convert -O raw} writes. */
@Tag("slow")
class Qcow2SourceTest {
  @TempDir Path directory;

  static List<RealImages.Recipe> recipes() {
    return RealImages.all();
  }

  /** Options of an image: each cluster size, with each version, codec and kind of entries. */
  static List<String> shapes() {
    List<String> shapes = new ArrayList<>();
    for (String size : List.of("512", "1k", "4k", "16k", "64k", "256k", "2M")) {
      String cluster = "cluster_size=" + size;
      shapes.add(cluster + ",compat=0.10");
      shapes.add(cluster + ",compression_type=zlib");
      shapes.add(cluster + ",compression_type=zstd");
      if (!List.of("512", "1k", "4k").contains(size)) {
        shapes.add(cluster + ",extended_l2=on,compression_type=zlib");
        shapes.add(cluster + ",extended_l2=on,compression_type=zstd");
      }
    }
    return shapes;
  }

  private Path raw(Path image) throws Exception {
    Path raw = directory.resolve("disk.raw");
    Tool.QEMU_IMG.runWell("convert", "-f", "qcow2", "-O", "raw", image, raw);
    return raw;
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void theDiskIsTheOneThatQemuReads(RealImages.Recipe recipe) throws Exception {
    Path image = RealImages.make(recipe, directory);
    try (Source source = ImageOpener.open(image, "qcow2", Disks.following())) {
      Disks.assertHolds(source, raw(image));
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void everyShapeIsReadAnywhere(String options) throws Exception {
    Path image = directory.resolve("image.qcow2");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", "-o", options, image, "24M");
    List<Object> writes = new ArrayList<>(List.of("-f", "qcow2"));
    for (String write :
        List.of(
            "write -P 1 0 1M",
            "write -c -P 2 2M 4M",
            "write -P 3 3M 3000",
            "write -z 8M 2M",
            "write -P 4 9M 512",
            "write -c -s " + text() + " 12M 6M",
            "write -s " + text() + " 20M 2M",
            "write -P 5 22020608 512")) {
      writes.add("-c");
      writes.add(write);
    }
    writes.add(image);
    Tool.QEMU_IO.runWell(writes.toArray());
    Path raw = raw(image);
    try (Source source = ImageOpener.open(image, "qcow2", ImageAccess.DEFAULT)) {
      Disks.assertHolds(source, raw);
      Disks.assertReadsAnywhere(source, raw, Seeds.random(getClass()));
    }
  }

  /** Something that compresses, and is not the same everywhere. */
  private Path text() throws Exception {
    Path text = directory.resolve("text");
    StringBuilder lines = new StringBuilder();
    for (int line = 0; lines.length() < 6 << 20; line++) {
      lines.append(line * 7919L % 1_000_003).append(" is a line of this text\n");
    }
    Files.writeString(text, lines);
    return text;
  }

  @Test
  void storedRunsGoByReference() throws Exception {
    Path image = directory.resolve("image.qcow2");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", image, "4M");
    Tool.QEMU_IO.runWell(
        "-f", "qcow2", "-c", "write -P 7 64k 1M", "-c", "write -c -P 8 2M 64k", image);
    try (Source source = ImageOpener.open(image, "qcow2", ImageAccess.DEFAULT)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      WritableByteChannel channel = Channels.newChannel(out);
      assertEquals(0, source.transferTo(0, 100, channel));
      assertEquals(0, source.transferTo(2 << 20, 100, channel));
      assertEquals((1 << 20) - 10, source.transferTo((64 << 10) + 10, 2 << 20, channel));
      byte[] sevens = new byte[(1 << 20) - 10];
      Arrays.fill(sevens, (byte) 7);
      assertEquals(0, Arrays.compare(sevens, out.toByteArray()));
    }
  }

  @Test
  void theBackingFileMayBeSmallerOrLargerAndOfAnyFormat() throws Exception {
    Path text = text();
    for (String format : List.of("raw", "qcow2", "vmdk")) {
      for (String size : List.of("3M", "9M")) {
        Path base = directory.resolve("base");
        Files.deleteIfExists(base);
        Tool.QEMU_IMG.runWell("convert", "-f", "raw", "-O", format, text, base);
        Path image = directory.resolve("top.qcow2");
        Tool.QEMU_IMG.runWell(
            "create", "-q", "-f", "qcow2", "-b", "base", "-F", format, image, size);
        Tool.QEMU_IO.runWell(
            "-f", "qcow2", "-c", "write -P 7 100k 200k", "-c", "write -z 1M 64k", image);
        List<String> said = new ArrayList<>();
        Path raw = raw(image);
        try (Source source = ImageOpener.open(image, "qcow2", Disks.following(said))) {
          Disks.assertHolds(source, raw);
          Disks.assertReadsAnywhere(source, raw, Seeds.random(getClass()));
          assertTrue(source.others().containsKey(base.toString()), source.others()::toString);
        }
        assertEquals(1, said.size());
        assertTrue(said.getFirst().contains("opening backing file " + base), said::toString);
      }
    }
  }

  @Test
  void snapshotsAreFoundByIdAndByName() throws Exception {
    Path image = directory.resolve("image.qcow2");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", image, "4M");
    Tool.QEMU_IO.runWell("-f", "qcow2", "-c", "write -c -P 1 0 1M", image);
    Tool.QEMU_IMG.runWell("snapshot", "-c", "one", image);
    Tool.QEMU_IO.runWell("-f", "qcow2", "-c", "write -P 2 512k 1M", image);
    Tool.QEMU_IMG.runWell("snapshot", "-c", "1", image);
    Tool.QEMU_IO.runWell("-f", "qcow2", "-c", "write -P 3 0 4M", image);
    Path raw = directory.resolve("disk.raw");
    for (String name : List.of("one", "1", "2")) {
      // As for QEMU an ID comes before a name: "1" is the first.
      Tool.QEMU_IMG.runWell(
          "convert",
          "-l",
          "snapshot.id=" + (name.equals("2") ? 2 : 1),
          "-f",
          "qcow2",
          "-O",
          "raw",
          image,
          raw);
      try (Source source = ImageOpener.open(image, "qcow2", Disks.ofSnapshot(name))) {
        Disks.assertHolds(source, raw);
      }
    }
  }
}
