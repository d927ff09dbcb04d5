package io.github.qcow2tostdout.foreign;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VmdkDescriptorTest {
  private static final String HEAD =
      """
      # Disk DescriptorFile
      version=1
      CID=6932d89a
      parentCID=ffffffff
      createType="twoGbMaxExtentFlat"

      # Extent description
      """;

  private static ForeignHeader header(String text) throws IOException {
    return ForeignHeader.read("vmdk", new MemoryBytes(text.getBytes(UTF_8)));
  }

  private static List<String> names(ForeignHeader header) {
    return header.files().stream().map(NamedFile::name).toList();
  }

  @Test
  void extentsAreNamedInTheirOrder() throws IOException {
    ForeignHeader header =
        header(HEAD + "RW 100 FLAT \"a b.vmdk\" 0\r\nRW 20 FLAT \"/dev/sda\" 2048\n#RW 3\n");
    assertEquals(List.of("a b.vmdk", "/dev/sda"), names(header));
    assertEquals(OptionalLong.of(120 * 512), header.diskSize());
    assertEquals(
        """
        # Disk DescriptorFile
        version=1
        CID=6932d89a
        parentCID=ffffffff
        createType="twoGbMaxExtentFlat"
        RW 100 FLAT "/d/a b.vmdk" 0
        RW 20 FLAT "/d//dev/sda" 2048
        """,
        header.descriptor().orElseThrow().rewritten(extent -> "/d/" + extent.name()));
  }

  /** QEMU leaves such lines out, and shows a disk in which what follows has moved. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "RW 100 ZERO",
        "RDONLY 100 FLAT \"x\" 0",
        "NOACCESS 100 FLAT \"x\" 0",
        "RW 100 VMFSRDM \"x\"",
        "RW x FLAT \"x\" 0",
        "RW 100 FLAT x 0",
        "RW 100 FLAT \"x\" 0 0",
        "RW",
        "RW 1000000000000000000000 FLAT \"x\" 0",
      })
  void lineThatQemuPassesOverIsAProblem(String line) throws IOException {
    ForeignHeader header = header(HEAD + line + "\nRW 100 FLAT \"y\" 0\n");
    assertTrue(header.problem().orElseThrow().contains(line), header::toString);
  }

  @Test
  void whatIsBehindAZeroIsNothing() throws IOException {
    assertEquals(
        List.of("x"),
        names(header(HEAD + "RW 1 FLAT \"x\" 0\n\0RW 1 FLAT \"y\" 0\nparentFileNameHint=\"z\"")));
  }

  @Test
  void parentIsFoundWhereQemuFindsIt() throws IOException {
    assertEquals(
        List.of("/base.vmdk", "x"),
        names(header(HEAD + "parentFileNameHint=\"/base.vmdk\"\nRW 1 FLAT \"x\" 0\n")));
    // Also in the middle of a line.
    assertEquals(
        List.of("/base.vmdk"), names(header(HEAD + "#xparentFileNameHint=\"/base.vmdk\"")));
    for (String end :
        List.of(
            "parentFileNameHint",
            "parentFileNameHint=\"abc",
            "parentFileNameHint=\"" + "x".repeat(1024) + "\"")) {
      assertTrue(header(HEAD + end).problem().isPresent(), end);
    }
  }

  @Test
  void moreExtentsThanAnyDiskHasAreAProblem() throws IOException {
    String line = "RW 1 FLAT \"x\" 0\n";
    assertFalse(header(HEAD + line.repeat(4096)).problem().isPresent());
    assertTrue(header(HEAD + line.repeat(4097)).problem().isPresent());
  }

  @Test
  void whatIsNoDescriptorIsLeftToNobody() throws IOException {
    assertTrue(header("").problem().isPresent());
    assertTrue(header("RW 1 FLAT \"/etc/passwd\" 0").problem().isPresent());
  }

  private static MemoryBytes sparse(long capacity, String descriptor) {
    return new MemoryBytes(1 << 16)
        .put(0, "KDMV".getBytes(UTF_8))
        .putLong(12, capacity, LITTLE_ENDIAN)
        .putLong(28, 1, LITTLE_ENDIAN)
        .put(512, descriptor.getBytes(UTF_8));
  }

  @Test
  void sparseExtentIsItsOwn() throws IOException {
    String descriptor = HEAD + "RW 100 SPARSE \"other.vmdk\"\n";
    ForeignHeader header = ForeignHeader.read("vmdk", sparse(100, descriptor));
    assertEquals(List.of(), header.files());
    assertEquals(OptionalLong.of(51200), header.diskSize());
    // With a capacity of 0 QEMU goes by the descriptor inside.
    ForeignHeader empty = ForeignHeader.read("vmdk", sparse(0, descriptor));
    assertEquals(List.of("of a descriptor inside"), names(empty));
    assertTrue(empty.problem().isPresent());
  }

  @Test
  void parentOfASparseExtentIsFoundWhereverTheDescriptorIs() throws IOException {
    String parent = "parentFileNameHint=\"/etc/passwd\"";
    assertEquals(
        List.of("/etc/passwd"), names(ForeignHeader.read("vmdk", sparse(1, HEAD + parent))));
    MemoryBytes elsewhere =
        sparse(1, "").putLong(28, 64, LITTLE_ENDIAN).put(64 * 512, parent.getBytes(UTF_8));
    assertEquals(List.of("/etc/passwd"), names(ForeignHeader.read("vmdk", elsewhere)));
    for (long far : new long[] {1 << 20, Long.MAX_VALUE, -1}) {
      assertEquals(
          List.of(), names(ForeignHeader.read("vmdk", elsewhere.putLong(28, far, LITTLE_ENDIAN))));
    }
  }
}
