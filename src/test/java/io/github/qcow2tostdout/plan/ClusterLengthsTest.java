package io.github.qcow2tostdout.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ClusterLengthsTest {
  /** Remembers how much it was given, and gives back what every chunk was. */
  private static final class Endless implements ClusterLengths.Store {
    private final int length;
    private long chunks;
    private final List<Long> read = new ArrayList<>();

    Endless(int length) {
      this.length = length;
    }

    @Override
    public void append(ByteBuffer chunk) {
      assertEquals(2 * ClusterLengths.CHUNK, chunk.remaining());
      assertEquals((short) length, chunk.getShort(chunk.limit() - 2));
      chunks++;
    }

    @Override
    public void read(long chunk, ByteBuffer to) {
      read.add(chunk);
      while (to.hasRemaining()) {
        to.putShort((short) length);
      }
    }
  }

  /** 640 Mi clusters of 64 KiB: 1.25 GiB of lengths. */
  @Test
  @Tag("slow")
  void lengthsOf40TebibytesAreNotInMemory() {
    long count = (40L << 40) >> 16;
    long memory = 1L << 20;
    Endless store = new Endless(1000);
    ClusterLengths lengths = new ClusterLengths(new Packing(16, 4), memory, store);
    long before = usedHeap();
    try {
      for (long i = 0; i < count; i++) {
        lengths.add(1000);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertTrue(usedHeap() - before < 16 << 20, "the heap has them");
    assertEquals(count, lengths.count());
    assertEquals(count * 1000, lengths.compressedBytes());
    // All but those in memory and the last, which is not full yet, or not handed over.
    assertEquals(
        count / ClusterLengths.CHUNK - 1 - memory / (2 * ClusterLengths.CHUNK), store.chunks);
    PackedCursor cursor = new Placement.Packed(lengths).cursor();
    cursor.toRank(count - 100_000);
    assertEquals((count - 100_000) * 1000, cursor.offset());
    cursor.toOffset(123_456_789_500L);
    assertEquals(123_456_789L, cursor.rank());
    assertEquals(2, store.read.size());
    cursor.toRank(5);
    assertEquals(5000, cursor.offset());
    assertEquals(2, store.read.size());
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void lengthsInTheStoreAreThoseThatWereAdded() throws IOException {
    List<byte[]> chunks = new ArrayList<>();
    ClusterLengths.Store store =
        new ClusterLengths.Store() {
          @Override
          public void append(ByteBuffer chunk) {
            byte[] bytes = new byte[chunk.remaining()];
            chunk.get(bytes);
            chunks.add(bytes);
          }

          @Override
          public void read(long chunk, ByteBuffer to) {
            to.put(chunks.get((int) chunk));
          }
        };
    ClusterLengths lengths = new ClusterLengths(new Packing(16, 4), 0, store);
    int count = 3 * ClusterLengths.CHUNK + 17;
    for (int i = 0; i < count; i++) {
      lengths.add(i % 7 == 0 ? 0 : i * 31 % 65_000);
    }
    assertEquals(3, chunks.size());
    PackedCursor cursor = new Placement.Packed(lengths).cursor();
    for (int i = 0; i < count; i++) {
      assertTrue(cursor.next());
      assertEquals(i % 7 == 0 ? 0 : i * 31 % 65_000, cursor.length());
    }
  }
}
