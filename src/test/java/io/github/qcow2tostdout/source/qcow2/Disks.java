package io.github.qcow2tostdout.source.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.qemu.QemuAccess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Compares the disks of images with raw ones, and opens them. */
final class Disks {
  private static final int PIECE = 1 << 20;

  private Disks() {}

  /** Access that follows what images name, and says it. */
  static ImageAccess following(List<String> said) {
    return new ImageAccess(
        new QemuAccess(true, false, QemuAccess.OPEN_TIMEOUT, QemuAccess.MEMORY, said::add),
        true,
        false,
        Optional.empty(),
        Optional.empty());
  }

  static ImageAccess following() {
    return following(new ArrayList<>());
  }

  static ImageAccess ofSnapshot(String snapshot) {
    return new ImageAccess(
        QemuAccess.DEFAULT, true, false, Optional.of(snapshot), Optional.empty());
  }

  static ImageAccess salvaging(Salvage salvage) {
    return new ImageAccess(QemuAccess.DEFAULT, true, false, Optional.empty(), Optional.of(salvage));
  }

  /** All bytes of a disk that has not many. */
  static byte[] bytes(Source source) throws IOException {
    ByteBuffer all = ByteBuffer.allocate((int) source.size());
    assertEquals(source.size(), source.read(all, 0));
    return all.array();
  }

  /** All that is outside of the extents is zero, and all inside is that of the file. */
  static void assertHolds(Source source, Path raw) throws IOException {
    assertEquals(Files.size(raw), source.size());
    try (FileChannel expected = FileChannel.open(raw, StandardOpenOption.READ)) {
      assertExtentsHold(source, source.dataExtents(), expected);
      assertExtentsHold(source, source.exactDataExtents(), expected);
    }
  }

  private static void assertExtentsHold(Source source, DataExtents extents, FileChannel expected)
      throws IOException {
    long at = 0;
    while (extents.next()) {
      assertZero(expected, at, extents.from());
      for (long from = extents.from(); from < extents.to(); from += PIECE) {
        assertSame(source, expected, from, (int) Math.min(PIECE, extents.to() - from));
      }
      at = extents.to();
    }
    assertZero(expected, at, source.size());
  }

  private static void assertSame(Source source, FileChannel expected, long from, int length)
      throws IOException {
    ByteBuffer ours = ByteBuffer.allocate(length);
    assertEquals(length, source.read(ours, from));
    assertEquals(-1, read(expected, from, length).mismatch(ours.flip()), "from " + from);
  }

  private static void assertZero(FileChannel expected, long from, long to) throws IOException {
    for (long at = from; at < to; at += PIECE) {
      // Of what is large all but its end is a hole that nobody needs to read.
      at = Math.max(at, to - (32L << 20));
      int length = (int) Math.min(PIECE, to - at);
      assertEquals(
          -1, read(expected, at, length).mismatch(ByteBuffer.allocate(length)), "at " + at);
    }
  }

  /** Several threads read pieces of any size, at any place and one behind the other. */
  static void assertReadsAnywhere(Source source, Path raw, Random random) throws Exception {
    try (FileChannel expected = FileChannel.open(raw, StandardOpenOption.READ);
        ExecutorService pool = Executors.newFixedThreadPool(3)) {
      List<Future<?>> readers = new ArrayList<>();
      for (int reader = 0; reader < 3; reader++) {
        Random own = new Random(random.nextLong());
        readers.add(
            pool.submit(() -> {
              long at = 0;
              for (int read = 0; read < 60; read++) {
                at = own.nextInt(4) == 0 || at >= source.size() ? own.nextLong(source.size()) : at;
                int length = (int) Math.min(source.size() - at, 1 + own.nextInt(300_000));
                assertSame(source, expected, at, length);
                at += length;
              }
              return null;
            }));
      }
      for (Future<?> reader : readers) {
        reader.get();
      }
    }
  }

  private static ByteBuffer read(FileChannel file, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining() && file.read(buffer, offset + buffer.position()) >= 0) {
      // Until it is full.
    }
    return buffer.clear();
  }
}
