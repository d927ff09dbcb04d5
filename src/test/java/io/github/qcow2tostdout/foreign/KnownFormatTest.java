package io.github.qcow2tostdout.foreign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KnownFormatTest {
  @TempDir Path directory;

  private static String format(byte[] content) {
    int length = Math.min(content.length, KnownFormat.START);
    ByteBuffer start = ByteBuffer.wrap(content, 0, length).position(length);
    return KnownFormat.of(start).map(KnownFormat::formatName).orElse("none");
  }

  private static String format(Path file) throws IOException {
    return format(Files.readAllBytes(file));
  }

  @ParameterizedTest
  @CsvSource({
    "514649fb00000002, qcow2",
    "514649fb00000003, qcow2",
    "514649fb00000001, qcow",
    "514649fb00000004, none",
    "514649fb000000, none",
    "4b444d56, vmdk",
    "434f5744, vmdk",
    "7668647866696c65, vhdx",
    "636f6e6563746978, vpc",
    "51454400, qed",
    "51454401, none",
    "4c554b53babe, luks",
    "1f8b08, gzip",
    "1f8b00, none",
    "fd377a585a00, xz",
    "28b52ffd, zstd",
    "04224d18, lz4",
    "425a6839314159265359, bzip2",
    "425a6839, none",
    "425b6839314159265359, none",
    "eb63900000000000, none",
    "'', none",
  })
  void magicIsKnown(String hex, String format) throws IOException {
    byte[] magic = HexFormat.of().parseHex(hex);
    assertEquals(format, format(magic));
    assertEquals(format, format(Arrays.copyOf(magic, 4096)));
  }

  @Test
  void magicElsewhereIsData() throws IOException {
    byte[] disk = new byte[4096];
    System.arraycopy(HexFormat.of().parseHex("514649fb00000003"), 0, disk, 512, 8);
    assertEquals("none", format(disk));
    assertEquals("none", format(new byte[4096]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"qcow2", "qcow", "vmdk", "vdi", "vhdx", "vpc", "qed", "parallels"})
  void whatQemuMakesIsKnown(String format) throws Exception {
    Path image = directory.resolve("image");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", format, image, "8M");
    assertEquals(format, format(image));
  }

  @ParameterizedTest
  @ValueSource(strings = {"monolithicFlat", "twoGbMaxExtentSparse"})
  void aDescriptorOfVmwareIsKnown(String subformat) throws Exception {
    Path image = directory.resolve("image.vmdk");
    Tool.QEMU_IMG.runWell(
        "create", "-q", "-f", "vmdk", "-o", "subformat=" + subformat, image, "8M");
    assertEquals("vmdk", format(image));
  }

  /** A raw disk with a footer behind it; the same bytes in front are no such thing. */
  @Test
  void fixedDiskOfVirtualPcShowsItselfAtItsEnd() throws Exception {
    Path image = directory.resolve("image.vpc");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "vpc", "-o", "subformat=fixed", image, "8M");
    byte[] content = Files.readAllBytes(image);
    assertEquals("none", format(content));
    ByteBuffer last = ByteBuffer.wrap(content).position(content.length - KnownFormat.START);
    assertEquals(Optional.of("vpc"), KnownFormat.ofLast(last.slice().position(KnownFormat.START)));
    assertEquals(
        Optional.of("dmg"),
        KnownFormat.ofLast(ByteBuffer.wrap("koly".getBytes(ISO_8859_1)).position(4)));
    assertEquals(Optional.empty(), KnownFormat.ofLast(ByteBuffer.allocate(512).position(512)));
  }

  @Test
  void luksIsKnown() throws Exception {
    Path image = directory.resolve("image");
    // qemu-img makes one only where it can measure the processor, which fails now and then.
    byte[] header = Arrays.copyOf("LUKS\u00ba\u00be\0\1".getBytes(ISO_8859_1), 1 << 20);
    Files.write(image, header);
    assertEquals("luks", format(image));
  }
}
