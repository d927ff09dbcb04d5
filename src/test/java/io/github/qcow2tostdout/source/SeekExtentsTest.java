package io.github.qcow2tostdout.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.posix.FileDescription;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeekExtentsTest {
  private static final long SIZE = 1000;

  @TempDir Path directory;

  /** A range of bytes. */
  private record Extent(long from, long to) {}

  /** A file system that keeps its promises about the data in [from, to) ranges. */
  private record Honest(List<Extent> data) implements SeekExtents.Seeker {
    @Override
    public long seekData(long offset) {
      for (Extent extent : data) {
        if (offset < extent.to()) {
          return Math.max(offset, extent.from());
        }
      }
      return FileDescription.NO_MORE_DATA;
    }

    @Override
    public long seekHole(long offset) {
      for (Extent extent : data) {
        if (offset >= extent.from() && offset < extent.to()) {
          return extent.to();
        }
      }
      return offset;
    }
  }

  /** A file system with any answers. */
  private record Answers(LongUnaryOperator data, LongUnaryOperator hole)
      implements SeekExtents.Seeker {
    @Override
    public long seekData(long offset) {
      return data.applyAsLong(offset);
    }

    @Override
    public long seekHole(long offset) {
      return hole.applyAsLong(offset);
    }
  }

  @Test
  void extentsAreThoseOfTheFileSystem() {
    List<Extent> data = List.of(new Extent(0, 10), new Extent(20, 30), new Extent(999, 1000));
    assertEquals(data, extents(new Honest(data)));
  }

  @Test
  void aHoleAtOnceIsLeftOut() {
    List<Extent> data = List.of(new Extent(500, 600));
    assertEquals(data, extents(new Honest(data)));
  }

  @Test
  void nothingButAHoleHasNoExtents() {
    assertEquals(List.of(), extents(new Honest(List.of())));
  }

  @Test
  void anEmptyFileIsNotAsked() {
    SeekExtents extents =
        new SeekExtents(new Answers(SeekExtentsTest::unexpected, SeekExtentsTest::unexpected), 0);
    assertFalse(extents.next());
  }

  @Test
  void theEndStaysTheEnd() {
    SeekExtents extents = new SeekExtents(new Honest(List.of(new Extent(1, 2))), SIZE);
    assertTrue(extents.next());
    assertFalse(extents.next());
    assertFalse(extents.next());
  }

  @Test
  void anUnknownStartOfDataMakesTheRestData() {
    assertEquals(
        List.of(new Extent(0, SIZE)),
        extents(new Answers(offset -> FileDescription.UNKNOWN, SeekExtentsTest::unexpected)));
  }

  @Test
  void anUnknownAnswerBehindAnExtentMakesOnlyTheRestData() {
    assertEquals(
        List.of(new Extent(0, 10), new Extent(10, SIZE)),
        extents(new Answers(offset -> offset == 0 ? 0 : FileDescription.UNKNOWN, offset -> 10)));
  }

  @Test
  void anUnknownEndOfDataMakesTheRestData() {
    assertEquals(
        List.of(new Extent(20, SIZE)),
        extents(new Answers(offset -> 20, offset -> FileDescription.UNKNOWN)));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 99, -3, Long.MIN_VALUE})
  void dataBeforeTheQuestionIsNonsenseAndMakesTheRestData(long answer) {
    assertEquals(
        List.of(new Extent(0, 100), new Extent(100, SIZE)),
        extents(new Answers(offset -> offset == 0 ? 0 : answer, offset -> 100)));
  }

  @ParameterizedTest
  @ValueSource(longs = {20, 19, 0, -2, Long.MIN_VALUE})
  void aHoleThatDoesNotFollowItsDataIsNonsenseAndMakesTheRestData(long answer) {
    assertEquals(
        List.of(new Extent(20, SIZE)), extents(new Answers(offset -> 20, offset -> answer)));
  }

  @ParameterizedTest
  @ValueSource(longs = {SIZE, SIZE + 1, Long.MAX_VALUE})
  void dataBehindTheEndIsNone(long answer) {
    assertEquals(List.of(), extents(new Answers(offset -> answer, SeekExtentsTest::unexpected)));
  }

  @ParameterizedTest
  @ValueSource(longs = {SIZE, SIZE + 1, Long.MAX_VALUE})
  void aHoleBehindTheEndEndsTheDataThere(long answer) {
    assertEquals(List.of(new Extent(7, SIZE)), extents(new Answers(offset -> 7, offset -> answer)));
  }

  @Test
  void whateverTheAnswersTheWalkAscendsAndEnds() {
    long seed = Seeds.seed();
    Random random = new Random(seed);
    LongUnaryOperator anything = offset -> random.nextLong(-3, SIZE + 3);
    for (int i = 0; i < 1000; i++) {
      assertAscending(extents(new Answers(anything, anything)), SIZE);
    }
  }

  @Test
  void whatWasWrittenToASparseFileIsInsideItsExtents() throws IOException {
    long seed = Seeds.seed();
    Random random = new Random(seed);
    for (int i = 0; i < 10; i++) {
      long size = random.nextLong(1, 64L << 20);
      List<Extent> written = new ArrayList<>();
      Path file = directory.resolve("sparse" + i);
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.allocate(1), size - 1);
        for (int spot = random.nextInt(20); spot > 0; spot--) {
          long from = random.nextLong(size);
          int count = (int) Math.min(size - from, random.nextInt(1, 200_000));
          channel.write(ByteBuffer.allocate(count), from);
          written.add(new Extent(from, from + count));
        }
      }
      try (FileDescription opened = open(file)) {
        List<Extent> found = drain(new SeekExtents(opened, size));
        assertAscending(found, size);
        for (Extent spot : written) {
          assertTrue(covers(found, spot), () -> spot + " is not in " + found);
        }
      }
    }
  }

  @Test
  void theHolesOfASparseFileAreLeftOut() throws IOException {
    Path file = directory.resolve("sparse");
    long middle = 512L << 20;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1 << 20), middle);
      channel.write(ByteBuffer.allocate(1), (1L << 30) - 1);
    }
    try (FileDescription opened = open(file)) {
      if (opened.seekData(0) == 0) {
        Tool.missing("a temporary directory on a file system with holes");
      }
      List<Extent> found = drain(new SeekExtents(opened, 1L << 30));
      assertEquals(2, found.size());
      assertEquals(new Extent(middle, middle + (1 << 20)), found.getFirst());
      assertEquals(1L << 30, found.getLast().to());
      assertTrue(found.getLast().from() >= (1L << 30) - (1 << 20), found::toString);
    }
  }

  private static FileDescription open(Path file) {
    if (FileDescription.open(file).isEmpty()) {
      Tool.missing("the system calls of Linux");
    }
    return FileDescription.open(file).orElseThrow();
  }

  private static boolean covers(List<Extent> found, Extent spot) {
    long at = spot.from();
    for (Extent extent : found) {
      if (extent.from() <= at && at < extent.to()) {
        at = extent.to();
      }
    }
    return at >= spot.to();
  }

  private static void assertAscending(List<Extent> extents, long size) {
    long end = 0;
    for (Extent extent : extents) {
      assertTrue(extent.from() >= end && extent.to() > extent.from(), extents::toString);
      end = extent.to();
    }
    assertTrue(end <= size, extents::toString);
  }

  private static List<Extent> extents(SeekExtents.Seeker seeker) {
    return drain(new SeekExtents(seeker, SIZE));
  }

  private static List<Extent> drain(SeekExtents extents) {
    List<Extent> found = new ArrayList<>();
    while (extents.next()) {
      found.add(new Extent(extents.from(), extents.to()));
    }
    return found;
  }

  private static long unexpected(long offset) {
    throw new AssertionError("asked at " + offset);
  }
}
