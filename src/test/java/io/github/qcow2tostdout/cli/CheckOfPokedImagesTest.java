package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.QemuCheck;
import io.github.qcow2tostdout.testing.RealImages;
import io.github.qcow2tostdout.testing.RealImages.Recipe;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One thing wrong with an image: the exit code, a fragment of what is said, and the same figures as
 * qemu-img.
 *
 * <p>The base has its header at 0, the refcount table at 0x10000, the refcount block at 0x20000, L1
 * at 0x30000, L2 at 0x40000 and data at 0x50000. In the table a place is one of these and an
 * offset, and the value hex digits.
 */
class CheckOfPokedImagesTest {
  @TempDir Path directory;

  @Tag("slow")
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      textBlock =
          """
          0, 0, 00000000, 63, not a qcow2 image
          0, 4, 00000001, 1, Unsupported qcow2 version 1
          0, 4, 00000004, 1, Unsupported qcow2 version 4
          0, 20, 00000008, 1, Unsupported cluster size: 2^8
          0, 20, 00000016, 1, Unsupported cluster size: 2^22
          0, 100, 00000067, 1, qcow2 header too short
          0, 100, 00000069, 0, header-length-odd
          0, 100, 0000006c, 1, Header extension too large
          0, 100, 00010001, 1, qcow2 header exceeds cluster size
          0, 100, ffffffff, 1, qcow2 header exceeds cluster size
          0, 8, 0000000000010001, 1, Invalid backing file offset
          0, 8, ffffffffffffffff, 1, Invalid backing file offset
          0, 8, 000000000000020000000400, 1, Backing file name too long
          0, 8, 0000000000001000ffffffff, 1, Backing file name too long
          0, 96, 00000007, 1, Reference count entry width too large
          0, 32, 00000002, 1, Missing CRYPTO header for crypt method 2
          0, 32, 00000003, 1, Unsupported encryption method 3
          0, 36, 00000000, 1, L1 table is too small
          0, 36, 00400001, 1, Active L1 table too large
          0, 36, ffffffff, 1, Active L1 table too large
          0, 40, 0000000000030200, 1, Active L1 table offset invalid
          0, 40, 7fffffffffff0000, 1, Could not read L1 table
          0, 40, 0000000000000000, 2, l1-reserved-bits
          0, 40, 0000000010000000, 2, reference-beyond-end: L1 table
          0, 56, 00000000, 2, refcount-too-low
          0, 56, 00000081, 1, Reference count table too large
          0, 48, 0000000000010200, 1, Reference count table offset invalid
          0, 48, 0000000000000000, 2, refcount-too-low
          0, 48, 0000000010000000, 2, reference-beyond-end: refcount table
          0, 48, 0000000000030000, 1, refcount-unreadable
          0, 60, 00010001, 1, Snapshot table too large
          0, 60, 0000000100000000000000200, 1, snapshot table offset invalid
          0, 60, 000000017fffffffc0000000, 1, Could not read snapshot table
          0, 60, 000000017fffffffbfff0000, 2, reference-beyond-end
          0, 60, 000000010000000000100000, 2, snapshot-incomplete
          0, 24, 0000000004000001, 0, size-not-in-sectors
          0, 24, 0000000020000200, 1, L1 table is too small
          0, 24, ffffffffffffffff, 1, Image is too big
          0, 72, 8000000000000000, 1, Unsupported qcow2 feature(s): Unknown incompatible feature: 8000000000000000
          0, 72, 0000000000000020, 1, Unsupported qcow2 feature(s): Unknown incompatible feature: 20
          0, 72, 0000000000000004, 1, 'data-file' is required for this image
          0, 72, 0000000000000008, 1, Compression type incompatible feature bit must not be set
          0, 104, 01, 1, Compression type incompatible feature bit must be set
          0, 104, 02, 1, unknown compression type: 2
          0, 105, 01, 0, header-padding
          0, 72, 0000000000000001, 0, dirty-bit
          0, 72, 0000000000000002, 0, corrupt-bit
          0, 88, 0000000000000001, 0, bitmaps-bit-without-extension
          0, 88, 0000000000000002, 1, data-file-raw requires a data file
          0, 88, 8000000000000000, 0, unknown-autoclear-bits
          0, 112, 123456787fffffff, 1, Header extension too large
          0, 112, 123456780000fff0, 1, Header extension too large
          0, 112, 0537be7700000010, 1, CRYPTO header extension only expected with LUKS
          0, 112, 2385287500000018000000000000000000000000000000000000000000000000, 0, bitmaps-inconsistent
          RB, 0, 0000, 2, refcount-too-low: cluster 0
          RB, 0, 0002, 3, leaked-cluster: cluster 0
          RB, 8, 0000, 2, copied-flag-wrong: L1 table
          RB, 10, 0000, 2, copied-flag-wrong: L2 table of L1 entry 0
          RB, 10, 0002, 2, leaked-cluster: cluster 5
          RB, 12, 0001, 0, refcount-beyond-end
          RB, 400, 0001, 0, refcount-beyond-end
          RT, 0, 0000000000022a00, 1, refcount-block-unaligned
          RT, 0, 0000000000020001, 2, refcount-table-reserved-bits
          RT, 0, 0000000000000000, 2, refcount-too-low
          RT, 8, 0000000000100000, 2, refcount-block-outside
          RT, 8, 7fffffffffff0000, 2, refcount-block-outside
          RT, 8, ffffffffffff0000, 2, refcount-block-outside
          RT, 8, 0000000000020000, 2, refcount-block-shared
          L1, 0, 8000000000042a00, 2, l2-table-unaligned
          L1, 0, 8000000000040001, 2, l1-reserved-bits
          L1, 0, c000000000040000, 2, l1-reserved-bits
          L1, 0, 0000000000040000, 2, copied-flag-wrong
          L1, 0, 8000000010000000, 2, reference-beyond-end: L2 table of L1 entry 0
          L1, 0, 0000000000000000, 3, leaked-cluster
          L1, 0, 8000000000030000, 2, overlap: cluster 3
          L1, 0, 8000000000010000, 2, overlap: cluster 1
          L1, 0, 8000000000020000, 2, overlap: cluster 2
          L1, 0, 8000000000000000, 2, refcount-too-low
          L2, 0, 8000000000052a00, 2, data-cluster-unaligned
          L2, 0, 8000000000052a01, 2, data-cluster-unaligned
          L2, 0, 8000000000002a01, 2, overlap: cluster 0
          L2, 0, 8000000000020000, 2, overlap: cluster 2 at byte 131072: found data cluster at guest offset 0 and refcount block 0
          L2, 8, 8000000000040000, 2, found L2 table of L1 entry 0 and data cluster at guest offset 65536
          L2, 8, 8000000000050000, 2, found data cluster at guest offset 0 and data cluster at guest offset 65536
          L2, 0, 0000000000000001, 3, leaked-cluster
          L2, 0, 8000000000000001, 3, leaked-cluster
          L2, 0, 8000000000050002, 2, l2-reserved-bits
          L2, 0, a000000000050000, 2, l2-reserved-bits
          L2, 0, 0000000000050000, 2, copied-flag-wrong
          L2, 0, 8000000000000000, 3, leaked-cluster
          L2, 0, 8000000000060000, 2, reference-beyond-end: data cluster at guest offset 0
          L2, 8, 8000000000070000, 2, reference-beyond-end: data cluster at guest offset 65536
          L2, 8, 0080000000000000, 2, reference-beyond-end
          L2, 8, bfffffffffff0000, 2, reference-beyond-end
          L2, 8, 4000000000050000, 2, overlap
          L2, 8, c000000000050000, 2, compressed-copied
          L2, 8192, 8000000000050000, 2, entry-beyond-disk
          """)
  void oneFieldIsWrong(String place, long offset, String value, int code, String fragment)
      throws Exception {
    Path image = base();
    long start =
        switch (place) {
          case "RT" -> 0x10000;
          case "RB" -> 0x20000;
          case "L1" -> 0x30000;
          case "L2" -> 0x40000;
          default -> 0;
        };
    Poke.hex(image, start + offset, value.length() % 2 == 0 ? value : value.substring(1));
    compare(image, code, fragment);
  }

  @ParameterizedTest
  @CsvSource({
    "100, 1, qcow2 header too short",
    "112, 2, refcount-too-low",
    "131080, 0, truncated: refcount block 0",
    "196608, 0, truncated: L1 table",
    "294912, 2, truncated: L2 table of L1 entry 0",
    "262147, 0, truncated: L2 table of L1 entry 0",
    "327680, 2, reference-beyond-end: data cluster",
    "360448, 0, truncated: data cluster at guest offset 0",
    "394216, 0, No errors were found"
  })
  void fileIsCut(long size, int code, String fragment) throws Exception {
    Path image = base();
    if (size > 0x60000) {
      Poke.hex(image, size - 1, "00");
    }
    Poke.truncate(image, size);
    compare(image, code, fragment);
  }

  @ParameterizedTest
  @CsvSource({
    "7fffffffbfff0000, 2, reference-beyond-end",
    "7fffffffc0000000, 1, Could not read L1 table of snapshot 1 (s)",
    "8000000000000000, 1, Could not read L1 table of snapshot 1 (s)",
    "ffffffffffff0000, 1, Could not read L1 table of snapshot 1 (s)",
    "0000000000010001, 2, snapshot-l1-unaligned",
  })
  void tableOfASnapshotIsElsewhere(String offset, int code, String fragment) throws Exception {
    Path image =
        make(
            "qemu-img create -q -f qcow2 IMG 64M",
            "qemu-io -c 'write -P 1 0 64k' IMG",
            "qemu-img snapshot -c s IMG");
    Poke.hex(image, ByteBuffer.wrap(Files.readAllBytes(image)).getLong(64), offset);
    compare(image, code, fragment);
  }

  /** QEMU looks at no entry of an L2 table whose own refcount it can't tell. */
  @Test
  void tableWithoutARefcountIsNotJudged() throws Exception {
    Path image =
        make(
            "qemu-img create -q -f qcow2 -o cluster_size=1k,refcount_bits=64 IMG 1M",
            "qemu-io -c 'write -P 1 0 120k' -c 'write -P 1 300k 120k' IMG");
    Poke.hex(image, 0x400, "0000000000000a00");
    Poke.hex(image, 0x1f578, "0000000000020400");
    compare(image, 1, "refcount-unreadable");
  }

  private Path base() throws Exception {
    return make("qemu-img create -q -f qcow2 IMG 64M", "qemu-io -c 'write -P 1 0 64k' IMG");
  }

  private Path make(String... commands) throws Exception {
    List<List<String>> all = List.of(commands).stream().map(c -> List.of("sh", "-c", c)).toList();
    return RealImages.make(new Recipe("t", all), directory);
  }

  private static void compare(Path image, int code, String fragment) throws Exception {
    CheckRun text = CheckRun.of(image);
    assertEquals(code, text.code(), text::toString);
    assertTrue((text.out() + text.err()).contains(fragment), text::toString);
    QemuCheck qemu = QemuCheck.of(image);
    assertEquals(qemu.code(), code, qemu::toString);
    assertEquals(
        qemu.figures(),
        QemuCheck.figures(CheckRun.of(image, "--output=json").out()),
        text::toString);
  }
}
