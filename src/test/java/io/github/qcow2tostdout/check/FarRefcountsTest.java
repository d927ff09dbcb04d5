package io.github.qcow2tostdout.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.image.BoundedFile;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FarRefcountsTest {
  private static final int SIZE = 4 << 20;

  private int reads;

  /** A file of which each byte says where it is. */
  private final BoundedFile file =
      BoundedFile.of(
          "image",
          (to, offset) -> {
            reads++;
            int count = to.remaining();
            for (int i = 0; i < count; i++) {
              to.put(at(offset + i));
            }
            return count;
          },
          SIZE);

  private final FarRefcounts refcounts = new FarRefcounts(file, 16);

  private static byte at(long offset) {
    return (byte) (offset * 37 + (offset >>> 12));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 512, 4096, (1 << 20) - 512, 1 << 20, SIZE - 512})
  void eachIsTheOneOfItsBlock(long block) throws IOException {
    for (int i = 0; i < 512; i++) {
      assertEquals(at(block + i) & 0xff, refcounts.get(block, i * 8L, 3), "8 bits, " + i);
    }
    for (int i = 0; i < 512; i += 2) {
      int wide = (at(block + i) & 0xff) << 8 | (at(block + i + 1) & 0xff);
      assertEquals(wide, refcounts.get(block, i * 8L, 4), "16 bits, " + i);
    }
    for (int i = 0; i < 4096; i++) {
      assertEquals(at(block + i / 8) >> (i % 8) & 1, refcounts.get(block, i, 0), "1 bit, " + i);
    }
  }

  @Test
  void thoseOfAMebibyteAreReadOnce() throws IOException {
    for (int round = 0; round < 10; round++) {
      for (long block = 0; block < 1 << 20; block += 512) {
        assertEquals(at(block) & 0xff, refcounts.get(block, 0, 3));
      }
    }
    assertEquals(256, reads);
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 10, 11, 12, 13, 21})
  void nothingOutsideOfTheBlockIsRead(int clusterBits) throws IOException {
    long block = 3L << clusterBits;
    long end = block + (1L << clusterBits);
    BoundedFile.Bytes onlyTheBlock =
        (to, offset) -> {
          assertTrue(offset >= block && offset + to.remaining() <= end, "byte " + offset);
          to.position(to.limit());
          return to.limit();
        };
    BoundedFile stream = BoundedFile.of("stream", onlyTheBlock, 8L << clusterBits);
    FarRefcounts kept = new FarRefcounts(stream, clusterBits);
    for (long bit = 0; bit < 8L << clusterBits; bit += 64) {
      assertEquals(0, kept.get(block, bit, 6));
    }
  }

  @Test
  void whatIsBehindTheFileIsZero() throws IOException {
    assertEquals(0, refcounts.get(SIZE, 0, 6));
  }
}
