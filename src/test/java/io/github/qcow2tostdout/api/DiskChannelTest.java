package io.github.qcow2tostdout.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of a channel, over each kind of disk. */
class DiskChannelTest {
  private static final int SIZE = 200_192;

  @TempDir Path directory;
  private Path raw;
  private byte[] content;

  @BeforeEach
  void makeDisk() throws IOException {
    raw = Disks.full(directory.resolve("disk.raw"), SIZE);
    content = Files.readAllBytes(raw);
  }

  private Disk disk(String kind) throws IOException {
    return switch (kind) {
      case "file" -> Disk.open(raw);
      case "channel" -> Disk.of(Files.newByteChannel(raw));
      case "channel of a channel" -> Disk.of(Disk.open(raw).channel());
      case "image" -> image(Qcow2Conversion.builder().clusterSize(512));
      case "compressed" -> image(Qcow2Conversion.builder().compression(Compression.zlib()));
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private Disk image(Qcow2Conversion.Builder builder) throws IOException {
    Path image = directory.resolve("image");
    try (Disk disk = Disk.open(raw);
        PlannedImage planned = builder.build().plan(disk)) {
      Files.write(image, ApiDisks.bytes(planned));
    }
    return Qcow2Image.open(image).disk();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "channel", "channel of a channel", "image", "compressed"})
  void aDiskIsAChannel(String kind) throws IOException {
    SeekableByteChannel channel = disk(kind).channel();
    assertEquals(SIZE, channel.size());
    assertEquals(0, channel.position());
    ByteBuffer some = ByteBuffer.allocate(1000).position(10).limit(510);
    assertEquals(500, channel.read(some));
    assertEquals(510, some.position());
    assertEquals(500, channel.position());
    assertArrayEquals(Arrays.copyOf(content, 500), Arrays.copyOfRange(some.array(), 10, 510));
    for (int at : List.of(0, 1, 511, 512, 70_001, SIZE - 700, SIZE - 1)) {
      ByteBuffer part = ByteBuffer.allocate(700);
      channel.position(at);
      while (part.hasRemaining() && channel.read(part) >= 0) {}
      assertArrayEquals(
          Arrays.copyOfRange(content, at, Math.min(SIZE, at + 700)),
          Arrays.copyOf(part.array(), part.position()));
    }
    assertEquals(0, channel.read(ByteBuffer.allocate(0)));
    assertEquals(-1, channel.position(SIZE).read(ByteBuffer.allocate(1)));
    assertEquals(-1, channel.position(Long.MAX_VALUE).read(ByteBuffer.allocate(1)));
    assertEquals(Long.MAX_VALUE, channel.position());
    assertThrows(IllegalArgumentException.class, () -> channel.position(-1));
    assertThrows(
        IllegalArgumentException.class,
        () -> channel.position(0).read(ByteBuffer.allocate(1).asReadOnlyBuffer()));
    assertThrows(NonWritableChannelException.class, () -> channel.write(ByteBuffer.allocate(1)));
    assertThrows(NonWritableChannelException.class, () -> channel.truncate(0));
    assertTrue(channel.isOpen());
    channel.close();
    channel.close();
    assertFalse(channel.isOpen());
    assertThrows(ClosedChannelException.class, () -> channel.read(ByteBuffer.allocate(1)));
    assertThrows(ClosedChannelException.class, channel::size);
    assertThrows(ClosedChannelException.class, channel::position);
    assertThrows(ClosedChannelException.class, () -> channel.position(0));
    assertThrows(ClosedChannelException.class, () -> channel.write(ByteBuffer.allocate(1)));
    assertThrows(ClosedChannelException.class, () -> channel.truncate(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "channel", "image"})
  void aDiskThatIsClosedIsNotRead(String kind) throws IOException {
    Disk disk = disk(kind);
    disk.close();
    assertThrows(IOException.class, () -> disk.read(ByteBuffer.allocate(1), 0));
  }

  @Test
  void whatIsReadBeyondTheEndIsNothing() throws IOException {
    try (Disk disk = Disk.open(raw)) {
      assertEquals(-1, disk.read(ByteBuffer.allocate(1), SIZE));
      assertEquals(5, disk.read(ByteBuffer.allocate(100), SIZE - 5));
      assertThrows(IllegalArgumentException.class, () -> disk.read(ByteBuffer.allocate(1), -1));
      assertEquals(SIZE, disk.nextData(SIZE));
      assertEquals(SIZE, disk.nextHole(SIZE - 1));
    }
  }
}
