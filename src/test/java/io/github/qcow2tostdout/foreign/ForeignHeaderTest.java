package io.github.qcow2tostdout.foreign;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignHeaderTest {
  private static final int META = 3 << 20;
  private static final String LONGEST = "x".repeat(1023);

  @TempDir Path directory;

  private static NamedFile only(ForeignHeader header) {
    assertEquals(1, header.files().size(), header::toString);
    return header.files().getFirst();
  }

  private static ForeignHeader read(String format, MemoryBytes bytes) throws IOException {
    return ForeignHeader.read(format, bytes);
  }

  /** What qemu-img makes names what qemu-img was told. */
  @ParameterizedTest
  @CsvSource({"qcow2, true", "qcow, false", "qed, false", "vmdk, true"})
  void backingFilesOfRealImages(String format, boolean tellsFormat) throws Exception {
    String below = format.equals("vmdk") ? "vmdk" : "qcow2";
    Path base = directory.resolve("base");
    Path image = directory.resolve("image");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", below, base, "8M");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", format, "-b", "base", "-F", below, image);
    ForeignHeader header = read(format, new MemoryBytes(Files.readAllBytes(image)));
    assertEquals(NamedFile.Role.BACKING, only(header).role());
    assertEquals("base", only(header).name());
    assertEquals(tellsFormat ? Optional.of(below) : Optional.empty(), only(header).format());
    assertEquals(OptionalLong.of(8 << 20), header.diskSize());
    assertEquals(Optional.empty(), header.problem());
  }

  @ParameterizedTest
  @ValueSource(strings = {"qcow2", "qcow", "qed", "vdi", "vhdx", "vmdk", "vpc"})
  void realImagesThatNameNothing(String format) throws Exception {
    Path image = directory.resolve("image");
    // Of a size that a geometry of Virtual PC's has.
    Tool.QEMU_IMG.runWell("create", "-q", "-f", format, image, "40960K");
    MemoryBytes bytes = new MemoryBytes(Files.readAllBytes(image));
    ForeignHeader header = read(format, bytes);
    assertEquals(List.of(), header.files());
    assertEquals(Optional.empty(), header.problem());
    assertTrue(header.diskSize().orElseThrow() >= 40960 << 10, header::toString);
    assertTrue(header.diskSize().orElseThrow() < 41960 << 10, header::toString);
    for (String other : List.of("qcow2", "qcow", "qed", "vdi", "vhdx", "vpc")) {
      assertEquals(List.of(), read(other, bytes).files());
    }
  }

  @Test
  void dataFileOfQcow2() throws Exception {
    Path image = directory.resolve("image");
    Tool.QEMU_IMG.runWell(
        "create", "-q", "-f", "qcow2", "-o", "data_file=" + directory.resolve("d"), image, "1M");
    NamedFile named = only(read("qcow2", new MemoryBytes(Files.readAllBytes(image))));
    assertEquals(NamedFile.Role.DATA, named.role());
    assertEquals(directory.resolve("d").toString(), named.name());
  }

  private static MemoryBytes qcow2(String backing, long length) {
    return new MemoryBytes(1 << 16)
        .putLong(0, 0x514649fb_00000003L, BIG_ENDIAN)
        .putLong(8, 4096, BIG_ENDIAN)
        .putInt(16, length, BIG_ENDIAN)
        .putInt(20, 16, BIG_ENDIAN)
        .putInt(100, 104, BIG_ENDIAN)
        .put(4096, backing.getBytes(UTF_8));
  }

  @Test
  void longestNameIsReadAndALongerOneIsAProblem() throws IOException {
    assertEquals(LONGEST, only(read("qcow2", qcow2(LONGEST, 1023))).name());
    for (long length : new long[] {1024, Integer.MAX_VALUE, 0xffff_ffffL}) {
      ForeignHeader header = read("qcow2", qcow2(LONGEST + "x", length));
      assertEquals("of a name at byte 4096", only(header).name());
      assertTrue(header.problem().orElseThrow().contains(length + " bytes"), header::toString);
    }
    ForeignHeader far = read("qcow2", qcow2("x", 1).putLong(8, -1, BIG_ENDIAN));
    assertTrue(far.problem().orElseThrow().contains("18446744073709551615"), far::toString);
  }

  @Test
  void nameEndsWhereQemuEndsIt() throws IOException {
    assertEquals("abc", only(read("qcow2", qcow2("abc\0def", 7))).name());
    assertEquals(List.of(), read("qcow2", qcow2("\0abc", 4)).files());
    assertEquals(List.of(), read("qcow2", qcow2("", 0)).files());
  }

  @Test
  void extensionsAreFollowedAsQemuDoes() throws IOException {
    MemoryBytes image =
        qcow2("base", 4)
            .putInt(104, 0xdeadbeefL, BIG_ENDIAN)
            .putInt(108, 9, BIG_ENDIAN)
            .putInt(128, 0xe2792acaL, BIG_ENDIAN)
            .putInt(132, 3, BIG_ENDIAN)
            .put(136, "raw".getBytes(UTF_8));
    assertEquals(Optional.of("raw"), only(read("qcow2", image)).format());
    // One that is too long, or behind the end mark, is none.
    assertEquals(
        Optional.empty(), only(read("qcow2", image.putInt(132, 4096, BIG_ENDIAN))).format());
    assertEquals(Optional.empty(), only(read("qcow2", image.putInt(104, 0, BIG_ENDIAN))).format());
  }

  @Test
  void dataFileWithoutANameIsAProblem() throws IOException {
    ForeignHeader header = read("qcow2", qcow2("", 0).putLong(72, 4, BIG_ENDIAN));
    assertTrue(header.problem().orElseThrow().contains("no name"), header::toString);
  }

  private static MemoryBytes qed(long features, String name) {
    return new MemoryBytes(4096)
        .put(0, "QED\0".getBytes(ISO_8859_1))
        .putLong(16, features, LITTLE_ENDIAN)
        .putInt(56, 64, LITTLE_ENDIAN)
        .putInt(60, name.length(), LITTLE_ENDIAN)
        .put(64, name.getBytes(UTF_8));
  }

  @Test
  void backingFileOfQed() throws IOException {
    assertEquals(List.of(), read("qed", qed(2, "/x")).files());
    assertEquals(Optional.empty(), only(read("qed", qed(1, "/x"))).format());
    assertEquals(Optional.of("raw"), only(read("qed", qed(5, LONGEST))).format());
    assertTrue(read("qed", qed(1, LONGEST + "x")).problem().isPresent());
    assertTrue(read("qed", qed(1, "/x").putInt(56, 0, LITTLE_ENDIAN)).problem().isPresent());
  }

  @Test
  void parentOfVirtualPc() throws IOException {
    MemoryBytes image =
        new MemoryBytes(4096)
            .put(0, "conectix".getBytes(ISO_8859_1))
            .putLong(16, 512, BIG_ENDIAN)
            .putInt(60, 4, BIG_ENDIAN)
            .put(512 + 64, "C:\\base.vhd".getBytes(UTF_16BE));
    ForeignHeader header = read("vpc", image);
    assertEquals("C:\\base.vhd", only(header).name());
    assertTrue(header.problem().isPresent());
    for (long offset : new long[] {4096 - 575, 4096, -1, Long.MAX_VALUE}) {
      assertEquals(
          "without a name", only(read("vpc", image.putLong(16, offset, BIG_ENDIAN))).name());
    }
    assertEquals(List.of(), read("vpc", image.putInt(60, 3, BIG_ENDIAN)).files());
    // The footer of a fixed disk is at the end.
    byte[] footer = image.putInt(60, 4, BIG_ENDIAN).upTo(512).content();
    assertEquals(1, read("vpc", new MemoryBytes(2048).put(1536, footer)).files().size());
  }

  @Test
  void parentOfVirtualBox() throws IOException {
    MemoryBytes image = new MemoryBytes(512).putInt(64, 0xbeda107fL, LITTLE_ENDIAN);
    assertEquals(List.of(), read("vdi", image).files());
    ForeignHeader header = read("vdi", image.put(439, (byte) 1));
    assertEquals("of the identifier 00000000-0000-0000-0000-000000000001", only(header).name());
    assertTrue(header.problem().isPresent());
  }

  @Test
  void parentOfHyperV() throws Exception {
    Path image = directory.resolve("image");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "vhdx", image, "8M");
    MemoryBytes bytes = new MemoryBytes(Files.readAllBytes(image));
    // QEMU has the metadata at 3 MiB, and the file parameters 64 KiB behind: bit 1 is a parent.
    ForeignHeader header = read("vhdx", bytes.put(META + (64 << 10) + 4, (byte) 2));
    assertEquals("without a name", only(header).name());
    assertTrue(header.problem().isPresent());
    // One more entry: the parent locator, 128 KiB behind.
    int entries = bytes.read(META + 10, 1).get(0);
    int entry = META + 32 + entries * 32;
    int locator = META + (128 << 10);
    byte[] key = "relative_path".getBytes(UTF_16LE);
    byte[] value = "..\\base.vhdx".getBytes(UTF_16LE);
    bytes
        .put(META + 10, (byte) (entries + 1))
        .put(entry, HexFormat.of().parseHex("2d5fd3a80bb34d45abf7d3d84834ab0c"))
        .putInt(entry + 16, 128 << 10, LITTLE_ENDIAN)
        .put(locator + 18, (byte) 1)
        .putInt(locator + 20, 100, LITTLE_ENDIAN)
        .putInt(locator + 24, 200, LITTLE_ENDIAN)
        .put(locator + 28, (byte) key.length)
        .put(locator + 30, (byte) value.length)
        .put(locator + 100, key)
        .put(locator + 200, value);
    assertEquals("..\\base.vhdx", only(read("vhdx", bytes)).name());
    for (long far : new long[] {(64 << 10) - 1, -1, Integer.MAX_VALUE}) {
      assertEquals(1, read("vhdx", bytes.putInt(locator + 24, far, LITTLE_ENDIAN)).files().size());
    }
  }

  @Test
  void hyperVWithoutItsMetadataIsAProblem() throws IOException {
    MemoryBytes bytes = new MemoryBytes(1 << 20).put(0, "vhdxfile".getBytes(ISO_8859_1));
    assertTrue(read("vhdx", bytes).problem().isPresent());
  }

  /** Whatever a header says, little is read, and all that comes is an answer. */
  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"qcow2", "qcow", "qed", "vdi", "vhdx", "vmdk", "vpc"})
  void damagedHeadersAreRead(String format) throws Exception {
    Random random = Seeds.random(getClass());
    Path image = directory.resolve("image");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", format, image, "8M");
    byte[] content = Files.readAllBytes(image);
    for (int i = 0; i < 2000; i++) {
      MemoryBytes bytes = new MemoryBytes(content);
      int start = random.nextInt(4) == 0 && content.length > META ? META : 0;
      for (int change = random.nextInt(8); change >= 0; change--) {
        int at = start + random.nextInt(random.nextBoolean() ? 512 : 300 << 10);
        bytes.put(Math.min(at, content.length - 1), (byte) (random.nextInt(3) - 1));
      }
      read(format, random.nextInt(5) == 0 ? bytes.upTo(random.nextInt(4096)) : bytes);
    }
    for (int size = 0; size < 1024; size++) {
      read(format, new MemoryBytes(content).upTo(size));
    }
  }
}
