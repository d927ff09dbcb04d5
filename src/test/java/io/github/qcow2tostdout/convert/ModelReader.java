package io.github.qcow2tostdout.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads a small image back as the specification says, and checks on the way that every cluster of
 * the file is referred to once, has a refcount of 1, and is referred to with the copied flag.
 */
final class ModelReader {
  private static final long COPIED = 1L << 63;

  private final ByteBuffer image;
  private final byte[] dataFile;
  private final int clusterSize;
  private final int[] references;

  private ModelReader(byte[] image, byte[] dataFile) {
    this.image = ByteBuffer.wrap(image);
    this.dataFile = dataFile;
    clusterSize = 1 << this.image.getInt(20);
    references = new int[image.length / clusterSize];
  }

  /**
   * The disk that an image shows.
   *
   * @param dataFile the external data file, for images that have one
   */
  static byte[] disk(byte[] image, byte[] dataFile) {
    return new ModelReader(image, dataFile).read();
  }

  private byte[] read() {
    assertEquals(0x514649fb, image.getInt(0));
    int version = image.getInt(4);
    assertTrue(version == 2 || version == 3);
    assertEquals(0, image.capacity() % clusterSize, "whole clusters");
    boolean external = version == 3 && (image.getLong(72) & 4) != 0;
    byte[] disk = new byte[Math.toIntExact(image.getLong(24))];
    int l1Size = image.getInt(36);
    int l1At = refer(image.getLong(40), Math.ceilDiv(8 * l1Size, clusterSize));
    refer(0, 1);
    int perTable = clusterSize / 8;
    for (int l1 = 0; l1 < l1Size; l1++) {
      long table = image.getLong(l1At + 8 * l1);
      if (table == 0) {
        continue;
      }
      assertTrue((table & COPIED) != 0, "L1 entry without copied flag");
      int tableAt = refer(table & ~COPIED, 1);
      for (int i = 0; i < perTable; i++) {
        long entry = image.getLong(tableAt + 8 * i);
        if (entry == 0) {
          continue;
        }
        assertTrue((entry & COPIED) != 0, "L2 entry without copied flag");
        long guest = ((long) l1 * perTable + i) * clusterSize;
        assertTrue(guest < disk.length, "entry behind the disk's end");
        int count = (int) Math.min(clusterSize, disk.length - guest);
        if (external) {
          assertEquals(guest, entry & ~COPIED);
          byte[] bytes = Arrays.copyOfRange(dataFile, (int) guest, (int) guest + count);
          System.arraycopy(bytes, 0, disk, (int) guest, count);
        } else {
          image.get(refer(entry & ~COPIED, 1), disk, (int) guest, count);
        }
      }
    }
    checkRefcounts(version == 2 ? 4 : image.getInt(96));
    return disk;
  }

  private void checkRefcounts(int refcountOrder) {
    int tableClusters = image.getInt(56);
    int tableAt = refer(image.getLong(48), tableClusters);
    int perBlock = (clusterSize * 8) >> refcountOrder;
    for (int block = 0; block < tableClusters * clusterSize / 8; block++) {
      if (image.getLong(tableAt + 8 * block) != 0) {
        refer(image.getLong(tableAt + 8 * block), 1);
      }
    }
    for (int block = 0; block < tableClusters * clusterSize / 8; block++) {
      int blockAt = Math.toIntExact(image.getLong(tableAt + 8 * block));
      long first = (long) block * perBlock;
      if (blockAt == 0) {
        assertTrue(first >= references.length, "no refcount block");
        continue;
      }
      for (int i = 0; i < perBlock; i++) {
        int expected = first + i < references.length ? 1 : 0;
        if (refcount(blockAt, i, refcountOrder) != expected) {
          fail("refcount of cluster " + (first + i) + " is not " + expected);
        }
      }
    }
    for (int cluster = 0; cluster < references.length; cluster++) {
      assertEquals(1, references[cluster], "references to cluster " + cluster);
    }
  }

  private long refcount(int blockAt, int index, int refcountOrder) {
    return switch (refcountOrder) {
      case 0 -> image.get(blockAt + index / 8) >> (index % 8) & 1;
      case 1 -> image.get(blockAt + index / 4) >> (index % 4 * 2) & 3;
      case 2 -> image.get(blockAt + index / 2) >> (index % 2 * 4) & 15;
      case 3 -> image.get(blockAt + index);
      case 4 -> image.getShort(blockAt + 2 * index);
      case 5 -> image.getInt(blockAt + 4 * index);
      default -> image.getLong(blockAt + 8 * index);
    };
  }

  private int refer(long offset, int clusters) {
    assertEquals(0, offset % clusterSize, "alignment");
    for (int i = 0; i < clusters; i++) {
      references[(int) (offset / clusterSize) + i]++;
    }
    return (int) offset;
  }
}
