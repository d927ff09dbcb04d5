package io.github.qcow2tostdout.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.testing.Seeds;
import java.io.IOException;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DataBlocksTest {
  private static final int BLOCK = DataBlocks.SMALLEST;

  @Test
  void blocksThatWereAddedAreTheExtents() throws IOException {
    DataBlocks blocks = new DataBlocks();
    blocks.add(0, BLOCK);
    blocks.add(BLOCK, 2 * BLOCK);
    blocks.add(5 * BLOCK, 5 * BLOCK + 1);
    assertEquals(BLOCK, blocks.blockSize());
    assertEquals("0-8192 20480-20481", BytesSource.text(blocks.extents(5 * BLOCK + 1)));
  }

  @Test
  void noBlocksAreNoExtents() throws IOException {
    assertEquals("", BytesSource.text(new DataBlocks().extents(1 << 20)));
  }

  @Test
  void tooManyBlocksBecomeLargerOnes() throws IOException {
    DataBlocks blocks = new DataBlocks(4);
    blocks.add(3 * BLOCK, 4 * BLOCK);
    assertEquals(BLOCK, blocks.blockSize());
    blocks.add(4 * BLOCK, 5 * BLOCK);
    assertEquals(2 * BLOCK, blocks.blockSize());
    assertEquals("8192-20480", BytesSource.text(blocks.extents(5 * BLOCK)));
    blocks.add(100 * BLOCK, 101 * BLOCK);
    assertEquals(32 * BLOCK, blocks.blockSize());
  }

  @Test
  void asManyBlocksAsThereMayBeAreKept() {
    DataBlocks blocks = new DataBlocks(4);
    blocks.add(0, 4 * BLOCK);
    assertEquals(BLOCK, blocks.blockSize());
    blocks.add(4 * BLOCK, 4 * BLOCK + 1);
    assertEquals(2 * BLOCK, blocks.blockSize());
  }

  /** Each block that an extent touches holds an added one, and each added one is in an extent. */
  @Test
  void randomBlocksAreNeitherLostNorInvented() throws IOException {
    Random random = Seeds.random(DataBlocksTest.class);
    for (int round = 0; round < 500; round++) {
      DataBlocks blocks = new DataBlocks(1 << random.nextInt(8));
      BitSet added = new BitSet();
      int end = 0;
      for (int count = random.nextInt(30); count > 0; count--) {
        int from = end + random.nextInt(9);
        end = from + 1 + random.nextInt(5);
        added.set(from, end);
        blocks.add((long) from * BLOCK, (long) end * BLOCK);
      }
      int grain = (int) (blocks.blockSize() / BLOCK);
      BitSet expected = new BitSet();
      for (int block = added.nextSetBit(0); block >= 0; block = added.nextSetBit(block + 1)) {
        expected.set(block / grain * grain, Math.min(end, (block / grain + 1) * grain));
      }
      BitSet got = new BitSet();
      for (DataExtents walk = blocks.extents((long) end * BLOCK); walk.next(); ) {
        got.set((int) (walk.from() / BLOCK), (int) (walk.to() / BLOCK));
      }
      assertEquals(expected, got);
    }
  }
}
