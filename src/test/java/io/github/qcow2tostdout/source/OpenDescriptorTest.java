package io.github.qcow2tostdout.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenDescriptorTest {
  private static final String NAME = "standard input";

  @TempDir Path directory;
  private Path disk;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = Files.writeString(directory.resolve("disk.raw"), "content");
  }

  private OpenDescriptor at(long position) throws IOException {
    FileChannel channel = FileChannel.open(disk, StandardOpenOption.READ);
    return new OpenDescriptor(NAME, disk, channel.position(position));
  }

  @Test
  void aFileIsReadFromWhereTheDescriptorStands() throws IOException {
    OpenDescriptor descriptor = at(3);
    assertTrue(descriptor.isFile());
    try (Source source = descriptor.asFile(true)) {
      assertEquals(NAME, source.name());
      assertEquals(4, source.size());
      assertEquals(7, source.identifiedSize());
      assertEquals(OptionalLong.of(3), source.positionInFile());
      ByteBuffer buffer = ByteBuffer.allocate(4);
      source.read(buffer, 0);
      assertEquals("tent", new String(buffer.array(), UTF_8));
      assertEquals(3, descriptor.channel().position());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 8, 1L << 40})
  void aDescriptorAtTheEndOfItsFileIsRefused(long position) throws IOException {
    FileSystemException e =
        assertThrows(FileSystemException.class, () -> at(position).asFile(true));
    assertEquals(NAME, e.getFile());
    assertEquals(
        "stands at byte "
            + position
            + " of a file of 7 bytes: something has read it to its end; open it again",
        e.getReason());
  }

  @Test
  void anEmptyFileIsAnEmptyDisk() throws IOException {
    Files.write(disk, new byte[0]);
    try (Source source = at(0).asFile(true)) {
      assertEquals(0, source.size());
    }
  }

  @Test
  void aFileWithoutANameIsReadAsWell() throws IOException {
    try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.READ)) {
      Files.delete(disk);
      Path fd = onlyDescriptorOf(disk);
      try (Source source = new OpenDescriptor(NAME, fd, channel).asFile(true)) {
        assertEquals(7, source.size());
        assertEquals(source.identity(), source.identity());
      }
    }
  }

  /** The descriptor that leads to a file whose name is gone. */
  private static Path onlyDescriptorOf(Path file) throws IOException {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors) {
        if (Files.isSymbolicLink(descriptor)
            && Files.readSymbolicLink(descriptor).toString().equals(file + " (deleted)")) {
          return descriptor;
        }
      }
    }
    throw new AssertionError("no descriptor leads to " + file);
  }

  @Test
  void aPipeAndACharacterDeviceAreReadOnce() throws IOException {
    OpenDescriptor zero =
        new OpenDescriptor(NAME, Path.of("/dev/zero"), FileChannel.open(Path.of("/dev/zero")));
    assertFalse(zero.isFile());
    assertFalse(zero.hasWriter());
    OpenDescriptor unknown = new OpenDescriptor(NAME, directory.resolve("no-proc"), zero.channel());
    assertFalse(unknown.isFile());
    assertTrue(unknown.hasWriter());
  }

  @Test
  void behindAFileIsNobody() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "content");
    assertFalse(new OpenDescriptor(NAME, file, FileChannel.open(file)).hasWriter());
  }

  @Test
  void aDirectoryIsRefused() throws IOException {
    OpenDescriptor descriptor =
        new OpenDescriptor(NAME, directory, FileChannel.open(disk, StandardOpenOption.READ));
    FileSystemException e = assertThrows(FileSystemException.class, descriptor::isFile);
    assertEquals(NAME, e.getFile());
    assertEquals("is a directory; give a regular file or a block device", e.getReason());
  }
}
