package io.github.qcow2tostdout.saved;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.ImageException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans whose checksums are right and whose numbers are not. */
class HostilePlanTest {
  private static final long HUGE = Long.MAX_VALUE;

  @TempDir Path directory;

  /** A plan in the making: each part ends with its checksum. */
  private static final class Maker {
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();
    private final ByteArrayOutputStream part = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(part);

    Maker u8(int... values) throws IOException {
      for (int value : values) {
        out.writeByte(value);
      }
      return this;
    }

    Maker u16(int... values) throws IOException {
      for (int value : values) {
        out.writeShort(value);
      }
      return this;
    }

    Maker u32(long... values) throws IOException {
      for (long value : values) {
        out.writeInt((int) value);
      }
      return this;
    }

    Maker u64(long... values) throws IOException {
      for (long value : values) {
        out.writeLong(value);
      }
      return this;
    }

    Maker text(String text) throws IOException {
      byte[] bytes = text.getBytes(UTF_8);
      out.writeInt(bytes.length);
      out.write(bytes);
      return this;
    }

    Maker end() throws IOException {
      CRC32C sum = new CRC32C();
      sum.update(part.toByteArray());
      out.writeInt((int) sum.getValue());
      all.writeBytes(part.toByteArray());
      part.reset();
      return this;
    }

    byte[] bytes() throws IOException {
      u64(all.size() + 12).end();
      return all.toByteArray();
    }
  }

  private static Maker header(int flags, long imageSize) throws IOException {
    return new Maker().u64(PlanFormat.MAGIC).u32(1, flags).u64(imageSize).end();
  }

  private static Maker options(Maker maker, int clusterBits, boolean compressed)
      throws IOException {
    return maker
        .u8(clusterBits, 4, 3, 0, 0, compressed ? 1 : 0, compressed ? 1 : 0, 0)
        .text("")
        .text("")
        .text("")
        .text(compressed ? "any" : "")
        .end()
        .text("raw")
        .u64(0)
        .u8(0, 0)
        .end();
  }

  private static Maker disk(Maker maker, long size) throws IOException {
    return maker.text("disk").u64(size, size).u8(0).u32(0).u8(0).u64(0).end();
  }

  /** All before the sets. */
  private static Maker plain(long diskSize) throws IOException {
    return disk(options(header(0, 0), 16, false), diskSize);
  }

  private String refused(Maker maker) throws IOException {
    Path plan = Files.write(directory.resolve("plan"), maker.bytes());
    IOException e = assertThrows(ImageException.class, () -> PlanReader.open(plan).close());
    return e.getMessage();
  }

  private void assertRefused(String fact, Maker maker) throws IOException {
    String said = refused(maker);
    assertTrue(said.contains(fact), said);
  }

  @Test
  void whatIsMadeHereIsAPlan() throws IOException {
    // Header, refcount table, refcount block, L1, L2, one cluster of data.
    Maker maker = disk(options(header(0, 6 << 16), 16, false), 1 << 20);
    maker.u64(1, 1).end().u64(0).u32(1).u16(3, 3).end().u64(0, 0).end();
    Path plan = Files.write(directory.resolve("plan"), maker.bytes());
    try (SavedPlan read = PlanReader.open(plan)) {
      assertEquals(6 << 16, read.imageSize());
      assertTrue(read.firstPass().map().clusters().contains(3));
    }
  }

  @Test
  void aDiskBeyondAllImagesIsRefused() throws IOException {
    assertRefused("unsupported image", plain(HUGE).u64(0, 0).end().u64(0, 0).end());
  }

  @Test
  void blocksThatAreNotThereAreNotBelieved() throws IOException {
    assertRefused("it is damaged", plain(1L << 50).u64(1, HUGE).end());
    assertRefused("out of place", plain(1 << 20).u64(HUGE, 1).end().u64(1).u32(0).u64(HUGE));
    assertRefused("out of place", plain(1 << 20).u64(HUGE, 1).end().u64(HUGE).u32(1).u16(0, 0));
  }

  @Test
  void wholeChunksBeyondTheMemoryAreRefused() throws IOException {
    // 2M clusters reach so far that even the numbers of chunks would be too many.
    Maker maker = disk(options(header(0, 0), 21, false), 1L << 60);
    assertRefused(
        "more clusters than this program can hold",
        maker.u64(1L << 39, 1).end().u64(0).u32(0).u64(1L << 23).end().u64(0, 0).end());
  }

  @Test
  void aSetIsWhatItSays() throws IOException {
    assertRefused(
        "out of place", plain(1 << 20).u64(2, 1).end().u64(0).u32(2).u16(5, 5, 5, 6).end());
    assertRefused("out of place", plain(1 << 20).u64(1, 1).end().u64(0).u32(1).u16(6, 5).end());
    assertRefused("other clusters", plain(1 << 20).u64(2, 1).end().u64(0).u32(1).u16(3, 3).end());
    assertRefused("other clusters", plain(1 << 20).u64(1, 1).end().u64(0).u32(1).u16(16, 16).end());
    assertRefused(
        "other clusters", plain(1 << 20).u64(1 << 16, 1).end().u64(0).u32(0).u64(1).end());
    assertRefused("has the form 5000", plain(1 << 20).u64(1, 1).end().u64(0).u32(5000).end());
    assertRefused(
        "is empty",
        plain(1 << 20).u64(0, 1).end().u64(0).u32(0xFFFF_FFFFL).u64(new long[1024]).end());
  }

  @Test
  void noClusterIsBothDataAndZero() throws IOException {
    Maker maker = plain(1 << 20).u64(1, 1).end().u64(0).u32(1).u16(3, 3).end();
    assertRefused("as data and as zeroes", maker.u64(2, 1).end().u64(0).u32(1).u16(2, 3).end());
  }

  @Test
  void theSizeOfTheImageFollows() throws IOException {
    assertRefused("its image would not have", plain(1 << 20).u64(0, 0).end().u64(0, 0).end());
  }

  @Test
  void textsAndSamplesAreBounded() throws IOException {
    assertRefused("a text at byte", header(0, 0).u8(16, 4, 3, 0, 0, 0, 0, 0).u32(0xFFFF_FFFFL));
    assertRefused(
        "a sample of",
        options(header(0, 0), 16, false).text("x").u64(1, 1).u8(0).u32(0).u8(1).u64(HUGE));
    assertRefused(
        "files of the disk", options(header(0, 0), 16, false).text("x").u64(1, 1).u8(0).u32(-1));
  }

  private static Maker packed(long imageSize) throws IOException {
    return disk(options(header(2, imageSize), 16, true), 1 << 20)
        .u64(2, 1)
        .end()
        .u64(0)
        .u32(1)
        .u16(3, 4)
        .end()
        .u64(0, 0)
        .end();
  }

  @Test
  void lengthsAreThoseOfTheClusters() throws IOException {
    assertRefused("it has the lengths of", packed(0).u64(HUGE, 0, 0, 0, 0).end());
    assertRefused("it ends at byte", packed(0).u64(2, 2, 300, 300, 1).end().u64(0, 0));
    assertRefused(
        "the mark of the lengths",
        packed(0).u64(2, 2, 300, 300, 1).end().u64(1, 0, 0).end().u16(100, 200).end());
  }

  @Test
  void lengthsThatLeadElsewhereAreRefusedWhenTheyAreRead() throws IOException {
    // Five clusters of metadata, and a sector of data.
    Maker maker = packed((5 << 16) + 512);
    maker.u64(2, 2, 301, 301, 2).end().u64(0, 0, 0).end().u16(100, 200).end();
    Path plan = Files.write(directory.resolve("plan"), maker.bytes());
    try (SavedPlan read = PlanReader.open(plan)) {
      var lengths = read.firstPass().lengths().orElseThrow();
      RuntimeException e =
          assertThrows(java.io.UncheckedIOException.class, () -> lengths.read(0, new int[1 << 16]));
      assertTrue(e.getMessage().contains("lead elsewhere"), e.getMessage());
    }
  }
}
