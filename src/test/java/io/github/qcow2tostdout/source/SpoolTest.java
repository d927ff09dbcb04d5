package io.github.qcow2tostdout.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Seeds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolTest {
  private static final int BLOCK = DataBlocks.SMALLEST;

  @TempDir Path directory;

  private final List<Long> progress = new ArrayList<>();

  @AfterEach
  void nothingIsLeft() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(), files.toList());
    }
  }

  private Spool spool(ReadableByteChannel in) {
    return new Spool("standard input", in, directory, progress::add);
  }

  private Spool spool(byte[] bytes) {
    return spool(Channels.newChannel(new ByteArrayInputStream(bytes)));
  }

  private static byte[] content(Source source) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(source.size()));
    assertEquals(source.size(), source.read(buffer, 0));
    return buffer.array();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4095, 4096, 4097, 262143, 262144, 262145, 3_000_000})
  void theSourceHasTheBytesOfTheStream(int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    Spool spool = spool(bytes);
    try (Source source = spool.keep(Long.MAX_VALUE)) {
      assertArrayEquals(bytes, content(source));
      assertEquals("standard input", source.name());
      assertEquals(OptionalLong.empty(), source.positionInFile());
      assertEquals(size, source.identity().size());
      assertEquals(size, spool.position());
    }
    assertEquals(size == 0 ? List.of() : (long) size, size == 0 ? progress : progress.getLast());
  }

  @Test
  void blocksOfZeroesAreHolesAndNoExtents() throws IOException {
    byte[] bytes = new byte[64 << 20];
    bytes[10 * BLOCK - 1] = 1;
    bytes[10 * BLOCK] = 1;
    bytes[50 << 20] = 1;
    try (Source source = spool(bytes).keep(Long.MAX_VALUE)) {
      assertEquals("36864-45056 52428800-52432896", BytesSource.text(source.dataExtents()));
      assertEquals(BLOCK, source.testedBlockSize());
      assertArrayEquals(bytes, content(source));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 8193", "4096, 1", "5, 5000", "9000, 1", "0, 0"})
  void zeroesAtTheEndCount(int dataEnd, int zeroes) throws IOException {
    byte[] bytes = new byte[dataEnd + zeroes];
    Arrays.fill(bytes, 0, dataEnd, (byte) 1);
    try (Source source = spool(bytes).keep(Long.MAX_VALUE)) {
      assertArrayEquals(bytes, content(source));
    }
  }

  @Test
  void aPartIsKeptAndTheRestIsReadAway() throws IOException {
    byte[] bytes = new byte[1_000_000];
    new Random(1).nextBytes(bytes);
    Spool spool = spool(bytes);
    spool.skip(300_001);
    assertEquals(300_001, spool.position());
    try (Source source = spool.keep(400_000)) {
      assertEquals(700_001, spool.position());
      spool.skip(Long.MAX_VALUE);
      assertEquals(1_000_000, spool.position());
      assertArrayEquals(Arrays.copyOfRange(bytes, 300_001, 700_001), content(source));
    }
  }

  @Test
  void aStreamThatEndsBeforeThePartIsShort() throws IOException {
    Spool spool = spool(new byte[100]);
    spool.skip(150);
    try (Source source = spool.keep(10)) {
      assertEquals(0, source.size());
      assertEquals(100, spool.position());
    }
  }

  @Test
  void anyStreamIsTestedAsItsBlocksAre() throws IOException {
    Random random = Seeds.random(SpoolTest.class);
    for (int round = 0; round < 30; round++) {
      byte[] bytes = new byte[random.nextInt(1 << 20)];
      for (int spots = random.nextInt(40); spots > 0 && bytes.length > 0; spots--) {
        int from = random.nextInt(bytes.length);
        int to = Math.min(bytes.length, from + random.nextInt(20_000));
        Arrays.fill(bytes, from, to, (byte) (1 + random.nextInt(255)));
      }
      try (Source source = spool(new Dribble(bytes, random)).keep(Long.MAX_VALUE)) {
        assertArrayEquals(bytes, content(source));
        assertEquals(blocksWithData(bytes), BytesSource.text(source.dataExtents()));
      }
    }
  }

  private static String blocksWithData(byte[] bytes) throws IOException {
    ExtentList.Builder blocks = new ExtentList.Builder();
    for (int at = 0; at < bytes.length; at += BLOCK) {
      int end = Math.min(bytes.length, at + BLOCK);
      if (!Arrays.equals(bytes, at, end, new byte[BLOCK], 0, end - at)) {
        blocks.add(at, end);
      }
    }
    return BytesSource.text(blocks.build().walk());
  }

  @Test
  void aStreamThatCanNotBeReadIsAnError() {
    FileSystemException e =
        assertThrows(
            FileSystemException.class,
            () -> spool(new Broken(100_000, "Input/output error")).keep(Long.MAX_VALUE));
    assertEquals("standard input", e.getFile());
    assertEquals("can't be read at byte 100000: Input/output error", e.getReason());
  }

  @Test
  void aStreamThatIsClosedIsToldFromOneThatBreaks() {
    FileSystemException e =
        assertThrows(
            FileSystemException.class,
            () -> spool(new Broken(0, "Bad file descriptor")).keep(Long.MAX_VALUE));
    assertTrue(e.getReason().startsWith("is closed, or not open for reading; "), e::getReason);
  }

  @Test
  void aDirectoryThatIsNotThereIsNamed() {
    Path missing = directory.resolve("missing");
    FileSystemException e =
        assertThrows(
            FileSystemException.class,
            () -> new Spool("standard input", new Broken(0, ""), missing, n -> {}).keep(1));
    assertEquals(missing.toString(), e.getFile());
    assertEquals(
        "no temporary file can be made here: no such directory; name another directory"
            + " (--spool-dir)",
        e.getReason());
  }

  @Test
  void aFileInPlaceOfTheDirectoryIsNamed() {
    Path file = Path.of("/proc/self/status");
    FileSystemException e =
        assertThrows(
            FileSystemException.class,
            () -> new Spool("standard input", new Broken(0, ""), file, n -> {}).keep(1));
    assertEquals(file.toString(), e.getFile());
    assertTrue(e.getReason().contains("Not a directory; name another"), e::getReason);
  }

  @Test
  void aDirectoryThatTakesNoFilesIsAnError() throws IOException {
    FileSystemException e =
        assertThrows(
            FileSystemException.class,
            () ->
                new Spool("standard input", new Broken(0, ""), Path.of("/proc"), n -> {}).keep(1));
    assertTrue(e.getReason().startsWith("no temporary file can be made here: "), e::getReason);
  }

  /** A channel that gives what it has in portions of any size, also of none. */
  private record Dribble(ByteBuffer bytes, Random random) implements ReadableByteChannel {
    Dribble(byte[] bytes, Random random) {
      this(ByteBuffer.wrap(bytes), random);
    }

    @Override
    public int read(ByteBuffer target) {
      if (!bytes.hasRemaining()) {
        return -1;
      }
      int most = Math.min(bytes.remaining(), target.remaining());
      int count = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(most);
      target.put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  /** A channel that fails after so many bytes. */
  private static final class Broken implements ReadableByteChannel {
    private final String message;
    private int left;

    Broken(int left, String message) {
      this.left = left;
      this.message = message;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      if (left == 0) {
        throw new IOException(message);
      }
      int count = Math.min(left, target.remaining());
      target.put(new byte[count]);
      left -= count;
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
