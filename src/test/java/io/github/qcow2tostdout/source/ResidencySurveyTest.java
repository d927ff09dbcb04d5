package io.github.qcow2tostdout.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.posix.FileDescription;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResidencySurveyTest {
  private static final long SIZE = 256L << 20;
  private static final int DATA = 8 << 20;

  @TempDir Path directory;

  @Test
  void aFreshFileIsInMemory() throws IOException {
    try (FileSource source = FileSource.open(sparseFile(), true)) {
      Residency residency = source.residency(source.dataExtents());
      assertEquals(DATA, residency.data());
      assertEquals(DATA, residency.cached());
      assertEquals(0, residency.missing());
      assertTrue(residency.available() > 0, residency::toString);
    }
  }

  @Test
  void aFileThatWasDroppedFromMemoryIsMissing() throws IOException, InterruptedException {
    Path file = sparseFile();
    drop(file);
    try (FileSource source = FileSource.open(file, true)) {
      Residency residency = source.residency(source.dataExtents());
      assertEquals(DATA, residency.data());
      assertEquals(0, residency.cached());
      assertEquals(DATA, residency.missing());
    }
  }

  @Test
  void aFileMayBeThereInPart() throws IOException, InterruptedException {
    Path file = sparseFile();
    drop(file);
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      content.seek(SIZE / 2);
      content.write(new byte[1 << 20]);
    }
    try (FileSource source = FileSource.open(file, true)) {
      Residency residency = source.residency(source.dataExtents());
      assertEquals(1 << 20, residency.cached());
      assertEquals(DATA - (1 << 20), residency.missing());
    }
  }

  @Test
  void withoutHolesAllOfTheFileIsData() throws IOException {
    try (FileSource source = FileSource.open(sparseFile(), false)) {
      assertEquals(SIZE, source.residency(source.dataExtents()).data());
    }
  }

  @Test
  void wholePagesBehindAnExtentDoNotCount() throws IOException {
    Path file = sparseFile();
    try (FileDescription opened = FileDescription.open(file).orElseThrow()) {
      Residency residency = ResidencySurvey.of(new Crumbs(SIZE / 2, 1, 100, 4096), SIZE, opened);
      assertEquals(residency.data(), residency.cached());
    }
  }

  /** 4096 extents are looked at. */
  @ParameterizedTest
  @ValueSource(ints = {4096, 4097, 8192})
  void aFileOfManyExtentsIsTakenToGoOnLikeThat(int count) throws IOException {
    Path file = sparseFile();
    long distance = 512;
    try (FileDescription opened = FileDescription.open(file).orElseThrow()) {
      // Extents at 0, 512, ... : half of the bytes are data.
      Residency residency =
          ResidencySurvey.of(new Crumbs(0, count, 256, distance), count * distance, opened);
      assertEquals(count * 256L, residency.data());
    }
  }

  @Test
  void noExtentsAreNoData() throws IOException {
    try (FileDescription opened = FileDescription.open(sparseFile()).orElseThrow()) {
      Residency residency = ResidencySurvey.of(new WholeExtent(0), 0, opened);
      assertEquals(0, residency.data());
      assertEquals(0, residency.missing());
    }
  }

  @Test
  void whereTheSystemCanNotSayAllCountsAsCached() throws IOException {
    FileDescription closed = FileDescription.open(sparseFile()).orElseThrow();
    closed.close();
    assertSame(Residency.ALL_CACHED, ResidencySurvey.of(new WholeExtent(1), 1, closed));
  }

  @Test
  void moreCachedThanDataMissesNothing() {
    assertEquals(0, new Residency(10, 20, 0).missing());
  }

  /** Many small extents at equal distances. */
  private static final class Crumbs implements DataExtents {
    private final long start;
    private final int count;
    private final long length;
    private final long distance;
    private int at = -1;

    Crumbs(long start, int count, long length, long distance) {
      this.start = start;
      this.count = count;
      this.length = length;
      this.distance = distance;
    }

    @Override
    public boolean next() {
      at++;
      return at < count;
    }

    @Override
    public long from() {
      return start + at * distance;
    }

    @Override
    public long to() {
      return from() + length;
    }
  }

  private Path sparseFile() throws IOException {
    Path file = directory.resolve("disk.raw");
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      content.setLength(SIZE);
      content.seek(SIZE / 2);
      content.write(new byte[DATA]);
    }
    try (FileDescription opened = FileDescription.open(file).orElseThrow()) {
      if (opened.cachedBytes(0, SIZE) == FileDescription.UNKNOWN) {
        Tool.impossible("the kernel has no cachestat (Linux 6.5)");
      }
      if (opened.seekData(0) != SIZE / 2) {
        Tool.missing("a temporary directory on a file system with holes");
      }
    }
    return file;
  }

  /** Has this one file, and no other, leave the page cache. */
  private static void drop(Path file) throws IOException, InterruptedException {
    if (Files.getFileStore(file).type().equals("tmpfs")) {
      Tool.impossible("a file on tmpfs is always in memory");
    }
    Outcome outcome =
        Outcome.of(
            new ProcessBuilder(
                "dd", "of=" + file, "oflag=nocache", "conv=notrunc,fdatasync", "count=0"));
    assertEquals(0, outcome.code(), outcome::err);
  }
}
