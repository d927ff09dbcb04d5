package io.github.qcow2tostdout.source;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.posix.FileDescription;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real file system: what a path can lead to, holes, and what makes a file another. */
class FileSourceOnDiskTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long THRESHOLD = 64L << 20;

  private static final String OTHERS = "; give a regular file or a block device";
  private static final String OR_STANDARD_INPUT = ", or - and redirect standard input from this";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"disk.raw", "two words", "two\nlines", "-c", "*?$(id)'\""})
  void aRegularFileOfAnyNameIsRead(String name) throws IOException {
    assertReads("content", Files.writeString(directory.resolve(name), "content"));
  }

  @Test
  void aSymbolicLinkIsFollowed() throws IOException {
    Path file = Files.writeString(directory.resolve("disk.raw"), "content");
    assertReads("content", Files.createSymbolicLink(directory.resolve("link"), file));
  }

  @Test
  void aChainOfSymbolicLinksIsFollowed() throws IOException {
    Files.writeString(directory.resolve("disk.raw"), "content");
    Files.createSymbolicLink(directory.resolve("first"), Path.of("disk.raw"));
    assertReads("content", Files.createSymbolicLink(directory.resolve("second"), Path.of("first")));
  }

  @Test
  void aDanglingSymbolicLinkIsMissing() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("nowhere"));
    NoSuchFileException e =
        assertThrows(NoSuchFileException.class, () -> FileSource.open(link, true));
    assertEquals(link.toString(), e.getFile());
  }

  @Test
  void aCircleOfSymbolicLinksIsRefused() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("link"));
    FileSystemException e =
        assertThrows(FileSystemException.class, () -> FileSource.open(link, true));
    assertEquals(link.toString(), e.getFile());
  }

  @Test
  void aFileUnderAFileIsRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("disk.raw"), "content").resolve("x");
    FileSystemException e =
        assertThrows(FileSystemException.class, () -> FileSource.open(file, true));
    assertEquals(file.toString(), e.getFile());
  }

  @Test
  void aDirectoryIsRefused() {
    assertRefused("is a directory" + OTHERS, directory);
  }

  @Test
  void aFifoIsRefusedWithoutWaitingForItsWriter() throws IOException, InterruptedException {
    assertRefused("is a FIFO" + OTHERS + OR_STANDARD_INPUT, fifo());
  }

  @Test
  void aSymbolicLinkToAFifoIsRefusedWithoutWaitingForItsWriter()
      throws IOException, InterruptedException {
    assertRefused(
        "is a FIFO" + OTHERS + OR_STANDARD_INPUT,
        Files.createSymbolicLink(directory.resolve("link"), fifo()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/dev/null", "/dev/zero"})
  void aCharacterDeviceIsRefused(String device) {
    assertRefused("is a character device" + OTHERS + OR_STANDARD_INPUT, Path.of(device));
  }

  @Test
  void aSocketIsRefused() throws IOException {
    Path path = directory.resolve("socket");
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(path));
      assertRefused("is a socket" + OTHERS, path);
    }
  }

  @Test
  void anUnreadableFileIsRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("disk.raw"), "content");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("-w-------"));
    if (Files.isReadable(file)) {
      Tool.impossible("root may read every file");
    }
    AccessDeniedException e =
        assertThrows(AccessDeniedException.class, () -> FileSource.open(file, true));
    assertEquals(file.toString(), e.getFile());
  }

  @Test
  void anEmptyFileHasNoExtents() throws IOException {
    Path file = Files.createFile(directory.resolve("disk.raw"));
    try (FileSource source = FileSource.open(file, true)) {
      assertEquals(0, source.size());
      assertFalse(source.dataExtents().next());
      assertEquals(0, source.read(ByteBuffer.allocate(1), 0));
    }
  }

  @ParameterizedTest
  @CsvSource({"-1, false", "0, true", "1, true"})
  void theFileSystemIsAskedFromTheThresholdOn(long more, boolean asked) throws IOException {
    long size = THRESHOLD + more;
    try (FileSource source = FileSource.open(sparse(size), true)) {
      DataExtents extents = source.dataExtents();
      assertTrue(extents.next());
      if (asked) {
        assertEquals(16 << 20, extents.from());
        assertEquals(17 << 20, extents.to());
        assertFalse(extents.next());
      } else {
        assertEquals(0, extents.from());
        assertEquals(size, extents.to());
        assertSame(Residency.ALL_CACHED, source.residency(source.dataExtents()));
      }
    }
  }

  @Test
  void exactExtentsAreTheFileSystemsAlsoBelowTheThreshold() throws IOException {
    if (!hasHoles(sparse(THRESHOLD))) {
      Tool.missing("a temporary directory on a file system with holes");
    }
    for (long size : new long[] {18 << 20, THRESHOLD}) {
      try (FileSource source = FileSource.open(sparse(size), true)) {
        for (int turn = 0; turn < 2; turn++) {
          DataExtents extents = source.exactDataExtents();
          assertTrue(extents.next());
          assertEquals(16 << 20, extents.from());
          assertEquals(17 << 20, extents.to());
          assertFalse(extents.next());
        }
      }
      try (FileSource source = FileSource.open(sparse(size), false)) {
        DataExtents extents = source.exactDataExtents();
        assertTrue(extents.next());
        assertEquals(size, extents.to() - extents.from());
      }
    }
  }

  @Test
  void exactExtentsLeaveNoDescriptorBehind() throws IOException {
    Path file = sparse(18 << 20);
    try (FileSource source = FileSource.open(file, true)) {
      source.exactDataExtents();
    }
    long before = descriptors();
    for (int i = 0; i < 10; i++) {
      try (FileSource source = FileSource.open(file, true)) {
        source.exactDataExtents();
      }
    }
    assertEquals(before, descriptors());
  }

  @Test
  void aNameBeyondAsciiReachesTheSystemCalls() throws IOException {
    if (!"UTF-8".equals(System.getProperty("sun.jnu.encoding"))) {
      Tool.impossible("file names are not in UTF-8");
    }
    Path file = sparse(THRESHOLD).resolveSibling("d\u00efsque \u78c1\u76d8");
    Files.move(directory.resolve("sparse"), file);
    try (FileSource source = FileSource.open(file, true)) {
      DataExtents extents = source.dataExtents();
      assertTrue(extents.next());
      assertEquals(16 << 20, extents.from());
    }
  }

  @Test
  void theFileSystemIsNotAskedForHolesWhereThatIsNotWanted() throws IOException {
    try (FileSource source = FileSource.open(sparse(THRESHOLD), false)) {
      DataExtents extents = source.dataExtents();
      assertTrue(extents.next());
      assertEquals(0, extents.from());
      assertEquals(THRESHOLD, extents.to());
    }
  }

  @Test
  void aHoleReadsAsZeroes() throws IOException {
    try (FileSource source = FileSource.open(sparse(THRESHOLD), true)) {
      ByteBuffer buffer = ByteBuffer.allocate(4096);
      Arrays.fill(buffer.array(), (byte) 7);
      assertEquals(4096, source.read(buffer, 1 << 20));
      assertArrayEquals(new byte[4096], buffer.array());
    }
  }

  @Test
  void aReadAcrossTheEndIsShort() throws IOException {
    try (FileSource source = FileSource.open(sparse(THRESHOLD + 1), true)) {
      assertEquals(101, source.read(ByteBuffer.allocate(4096), THRESHOLD - 100));
      assertEquals(0, source.read(ByteBuffer.allocate(4096), THRESHOLD + 1));
      assertEquals(0, source.read(ByteBuffer.allocate(4096), 1L << 50));
    }
  }

  @Test
  void aTransferStopsAtTheEnd() throws IOException {
    Path file = Files.writeString(directory.resolve("disk.raw"), "content");
    Path copy = directory.resolve("copy");
    try (FileSource source = FileSource.open(file, true);
        FileChannel target =
            FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      assertEquals(4, source.transferTo(3, 100, target));
      assertEquals(0, source.transferTo(7, 100, target));
      assertEquals(0, source.transferTo(100, 100, target));
    }
    assertEquals("tent", Files.readString(copy));
  }

  @Test
  void aReadOfAClosedSourceNamesTheFileAndTheByte() throws IOException {
    Path file = Files.writeString(directory.resolve("disk.raw"), "content");
    FileSource source = FileSource.open(file, true);
    source.close();
    FileSystemException e =
        assertThrows(FileSystemException.class, () -> source.read(ByteBuffer.allocate(1), 4));
    assertEquals(file.toString(), e.getFile());
    assertTrue(e.getReason().startsWith("can't be read at byte 4: "), e::getReason);
  }

  @Test
  void manySourcesLeaveNoDescriptorsBehind() throws IOException {
    Path file = sparse(THRESHOLD);
    long before = descriptors();
    for (int i = 0; i < 100; i++) {
      FileSource.open(file, true).close();
    }
    assertTrue(descriptors() < before + 50, () -> before + " became more");
  }

  @Test
  void adviceIsHarmlessWhereverItPoints() throws IOException {
    try (FileSource source = FileSource.open(sparse(THRESHOLD), true)) {
      source.willNeed(0, THRESHOLD);
      source.willNeed(1L << 40, 4096);
      source.willNeed(-1, -1);
      assertEquals(1, source.read(ByteBuffer.allocate(1), 0));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {7, THRESHOLD})
  void aFileThatIsOnlyReadStaysTheSame(long size) throws IOException {
    try (FileSource source = FileSource.open(sparse(size), true)) {
      SourceIdentity before = source.identity();
      assertEquals(7, source.read(ByteBuffer.allocate(7), 0));
      assertEquals("", difference(before, source));
      assertTrue(before.inode().isPresent());
      assertTrue(before.modified().isPresent());
      assertTrue(before.changed().isPresent());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 8})
  void anotherSizeIsNoticed(int size) throws IOException {
    Path file = Files.writeString(directory.resolve("disk.raw"), "content");
    try (FileSource source = FileSource.open(file, true)) {
      SourceIdentity before = source.identity();
      Files.write(file, new byte[size]);
      assertEquals("its size was 7 bytes and is " + size + " bytes", difference(before, source));
    }
  }

  @Test
  void aWriteInPlaceIsNoticed() throws IOException {
    Path file = Files.writeString(directory.resolve("disk.raw"), "content");
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    try (FileSource source = FileSource.open(file, true)) {
      SourceIdentity before = source.identity();
      Files.writeString(file, "CONTENT");
      String found = difference(before, source);
      assertTrue(
          found.startsWith("its time of modification was 1970-01-01T00:00:00Z and is "), found);
    }
  }

  @Test
  void aWriteWithItsTimeSetBackIsNoticed() throws IOException {
    Path file = Files.writeString(directory.resolve("disk.raw"), "content");
    FileTime modified = FileTime.fromMillis(1000);
    Files.setLastModifiedTime(file, modified);
    try (FileSource source = FileSource.open(file, true)) {
      SourceIdentity before = source.identity();
      // Several writes may fall into one tick of the file system's clock.
      String found =
          repeatUntilDifferent(
              before,
              source,
              () -> {
                Files.writeString(file, "CONTENT");
                Files.setLastModifiedTime(file, modified);
              });
      assertTrue(found.startsWith("its time of change was "), found);
    }
  }

  @Test
  void aFileThatIsRemovedIsNoticed() throws IOException {
    Path file = Files.writeString(directory.resolve("disk.raw"), "content");
    try (FileSource source = FileSource.open(file, true)) {
      SourceIdentity before = source.identity();
      Files.delete(file);
      assertEquals("its name is gone: it was removed or renamed", difference(before, source));
    }
  }

  @Test
  void aFileThatIsRenamedIsNoticed() throws IOException {
    Path file = Files.writeString(directory.resolve("disk.raw"), "content");
    try (FileSource source = FileSource.open(file, true)) {
      SourceIdentity before = source.identity();
      Files.move(file, directory.resolve("elsewhere"));
      assertEquals("its name is gone: it was removed or renamed", difference(before, source));
    }
  }

  @Test
  void aFileThatIsReplacedIsNoticedThroughALink() throws IOException {
    Path file = Files.writeString(directory.resolve("disk.raw"), "content");
    Path other = Files.writeString(directory.resolve("other"), "CONTENT");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    try (FileSource source = FileSource.open(link, true)) {
      SourceIdentity before = source.identity();
      Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
      assertEquals("another file has taken its name", difference(before, source));
    }
  }

  /** Something that is done to a file. */
  private interface Deed {
    void run() throws IOException;
  }

  private static String repeatUntilDifferent(SourceIdentity before, FileSource source, Deed deed)
      throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    do {
      deed.run();
    } while (difference(before, source).isEmpty() && System.nanoTime() < deadline);
    return difference(before, source);
  }

  private static String difference(SourceIdentity before, FileSource source) throws IOException {
    return before.differenceTo(source.identity()).orElse("");
  }

  /** A file with data from 16 to 17 MiB, if it is that large, and holes. */
  private Path sparse(long size) throws IOException {
    Path file = directory.resolve("sparse");
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      content.setLength(size);
      if (size >= 17 << 20) {
        content.seek(16 << 20);
        content.write(new byte[1 << 20]);
      }
    }
    if (size >= THRESHOLD && !hasHoles(file)) {
      Tool.missing("a temporary directory on a file system with holes");
    }
    return file;
  }

  private static boolean hasHoles(Path file) {
    return FileDescription.open(file)
        .map(opened -> {
          try (opened) {
            return opened.seekData(0) == 16 << 20;
          }
        })
        .orElse(false);
  }

  private static long descriptors() throws IOException {
    try (var list = Files.list(Path.of("/proc/self/fd"))) {
      return list.count();
    }
  }

  private Path fifo() throws IOException, InterruptedException {
    Path path = directory.resolve("fifo");
    assertEquals(0, Outcome.of(new ProcessBuilder("mkfifo", path.toString())).code());
    return path;
  }

  private static void assertReads(String content, Path path) throws IOException {
    try (FileSource source = FileSource.open(path, true)) {
      assertEquals(path.toString(), source.name());
      assertEquals(content.length(), source.size());
      ByteBuffer buffer = ByteBuffer.allocate(100);
      assertEquals(content.length(), source.read(buffer, 0));
      assertArrayEquals(
          content.getBytes(US_ASCII), Arrays.copyOf(buffer.array(), buffer.position()));
    }
  }

  private static void assertRefused(String reason, Path path) {
    FileSystemException e =
        assertTimeoutPreemptively(
            PATIENCE,
            () -> assertThrows(FileSystemException.class, () -> FileSource.open(path, true)));
    assertEquals(path.toString(), e.getFile());
    assertEquals(reason, e.getReason());
  }
}
