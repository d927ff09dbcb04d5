package io.github.qcow2tostdout.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file system in memory: names, attributes, and channels that know neither holes nor pipes. */
class FileSourceTest {
  private final FileSystem fileSystem =
      Jimfs.newFileSystem(
          Configuration.unix().toBuilder().setAttributeViews("basic", "posix").build());

  @AfterEach
  void close() throws IOException {
    fileSystem.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "disk.raw",
        "two words",
        " ",
        "d\u00efsque \u78c1\u76d8 \ud83d\udcbe",
        "two\nlines",
        "-c",
        "measure",
        "*?$(id)'\""
      })
  void anyNameCanBeReadAndIsKeptAsGiven(String name) throws IOException {
    Path file = file(name, "content");
    try (FileSource source = FileSource.open(file, true)) {
      assertEquals(name, source.name());
      assertEquals("content", text(source, 0, 7));
    }
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = fileSystem.getPath("missing");
    NoSuchFileException e =
        assertThrows(NoSuchFileException.class, () -> FileSource.open(file, true));
    assertEquals("missing", e.getFile());
  }

  @Test
  void aDirectoryIsRefusedWithAReason() throws IOException {
    Path directory = Files.createDirectory(fileSystem.getPath("directory"));
    FileSystemException e =
        assertThrows(FileSystemException.class, () -> FileSource.open(directory, true));
    assertEquals("directory", e.getFile());
    assertEquals("is a directory; give a regular file or a block device", e.getReason());
  }

  @Test
  void aSymbolicLinkLeadsToItsFile() throws IOException {
    Path link = Files.createSymbolicLink(fileSystem.getPath("link"), file("disk.raw", "content"));
    try (FileSource source = FileSource.open(link, true)) {
      assertEquals("link", source.name());
      assertEquals("content", text(source, 0, 7));
    }
  }

  @Test
  void aFileThatMayOnlyBeReadIsEnough() throws IOException {
    Path file = file("disk.raw", "content");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    try (FileSource source = FileSource.open(file, true)) {
      assertEquals("content", text(source, 0, 7));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void channelsWithoutHolesHaveOneExtent(boolean sparse) throws IOException {
    try (FileSource source = FileSource.open(file("disk.raw", "content"), sparse)) {
      DataExtents extents = source.dataExtents();
      assertTrue(extents.next());
      assertEquals(0, extents.from());
      assertEquals(7, extents.to());
      assertFalse(extents.next());
      assertFalse(extents.next());
    }
  }

  @Test
  void anEmptyFileHasNoExtent() throws IOException {
    try (FileSource source = FileSource.open(file("disk.raw", ""), true)) {
      assertEquals(0, source.size());
      assertFalse(source.dataExtents().next());
    }
  }

  @Test
  void aFileSystemInMemoryIsAskedNoSystemCalls() throws IOException {
    Path file = file("disk.raw", "");
    try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      channel.position(FileSource.MIN_SIZE_FOR_SYSTEM_CALLS);
      channel.write(ByteBuffer.allocate(1));
    }
    try (FileSource source = FileSource.open(file, true)) {
      assertSame(Residency.ALL_CACHED, source.residency(source.dataExtents()));
      source.willNeed(0, 1);
    }
  }

  @Test
  void aReadStopsAtTheEnd() throws IOException {
    try (FileSource source = FileSource.open(file("disk.raw", "content"), true)) {
      assertEquals("tent", text(source, 3, 100));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 8, 1L << 40})
  void aReadFromTheEndOrBehindItHasNothing(long offset) throws IOException {
    try (FileSource source = FileSource.open(file("disk.raw", "content"), true)) {
      ByteBuffer buffer = ByteBuffer.allocate(10);
      assertEquals(0, source.read(buffer, offset));
      assertEquals(0, buffer.position());
    }
  }

  @Test
  void aTransferHandsOverTheBytes() throws IOException {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    try (FileSource source = FileSource.open(file("disk.raw", "content"), true)) {
      assertEquals(3, source.transferTo(2, 3, Channels.newChannel(target)));
    }
    assertEquals("nte", target.toString(UTF_8));
  }

  @Test
  void aFileThatStaysHasOneIdentity() throws IOException {
    try (FileSource source = FileSource.open(file("disk.raw", "content"), true)) {
      SourceIdentity before = source.identity();
      assertEquals("content", text(source, 0, 7));
      assertEquals(before, source.identity());
    }
  }

  @Test
  void aFileThatGrowsIsNoticed() throws IOException {
    Path file = file("disk.raw", "content");
    try (FileSource source = FileSource.open(file, true)) {
      SourceIdentity before = source.identity();
      Files.writeString(file, "more", StandardOpenOption.APPEND);
      assertEquals(
          "its size was 7 bytes and is 11 bytes",
          before.differenceTo(source.identity()).orElse(""));
      assertEquals(7, source.size());
    }
  }

  @Test
  void aFileThatIsTouchedIsNoticed() throws IOException {
    Path file = file("disk.raw", "content");
    try (FileSource source = FileSource.open(file, true)) {
      SourceIdentity before = source.identity();
      Files.setLastModifiedTime(file, FileTime.fromMillis(0));
      String difference = before.differenceTo(source.identity()).orElse("");
      assertTrue(difference.contains(" and is 1970-01-01T00:00:00Z ("), difference);
      assertTrue(difference.startsWith("its time of modification was "), difference);
    }
  }

  @Test
  void aFileThatIsRemovedIsNoticed() throws IOException {
    Path file = file("disk.raw", "content");
    try (FileSource source = FileSource.open(file, true)) {
      SourceIdentity before = source.identity();
      Files.delete(file);
      assertEquals(
          "its name is gone: it was removed or renamed",
          before.differenceTo(source.identity()).orElse(""));
    }
  }

  @Test
  void aFileThatIsReplacedIsNoticed() throws IOException {
    Path file = file("disk.raw", "content");
    Path other = file("other", "CONTENT");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
    try (FileSource source = FileSource.open(file, true)) {
      SourceIdentity before = source.identity();
      Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
      assertEquals(
          "another file has taken its name", before.differenceTo(source.identity()).orElse(""));
    }
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(fileSystem.getPath(name), content);
  }

  private static String text(FileSource source, long offset, int room) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(room);
    int count = source.read(buffer, offset);
    assertEquals(count, buffer.position());
    return UTF_8.decode(buffer.flip()).toString();
  }
}
