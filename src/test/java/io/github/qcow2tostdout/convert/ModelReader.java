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
  private final byte[] backing;
  private final int clusterSize;
  private final int[] references;

  private ModelReader(byte[] image, byte[] dataFile, byte[] backing) {
    this.image = ByteBuffer.wrap(image);
    this.dataFile = dataFile;
    this.backing = backing;
    clusterSize = 1 << this.image.getInt(20);
    references = new int[image.length / clusterSize];
  }

  /**
   * The disk that an image shows.
   *
   * @param dataFile the external data file, for images that have one
   */
  static byte[] disk(byte[] image, byte[] dataFile) {
    return new ModelReader(image, dataFile, new byte[0]).read();
  }

  /**
   * The disk that an image shows over another.
   *
   * @param backing that other, whatever the header says of it
   */
  static byte[] disk(byte[] image, byte[] dataFile, byte[] backing) {
    return new ModelReader(image, dataFile, backing).read();
  }

  private byte[] read() {
    assertEquals(0x514649fb, image.getInt(0));
    int version = image.getInt(4);
    assertTrue(version == 2 || version == 3);
    assertEquals(0, image.capacity() % clusterSize, "whole clusters");
    boolean external = version == 3 && (image.getLong(72) & 4) != 0;
    boolean extended = version == 3 && (image.getLong(72) & 16) != 0;
    assertTrue(!extended || clusterSize >= 16384, "subclusters of a sector");
    byte[] disk = Arrays.copyOf(backing, Math.toIntExact(image.getLong(24)));
    int l1Size = image.getInt(36);
    int l1At = refer(image.getLong(40), Math.ceilDiv(8 * l1Size, clusterSize));
    refer(0, 1);
    int entrySize = extended ? 16 : 8;
    int perTable = clusterSize / entrySize;
    for (int l1 = 0; l1 < l1Size; l1++) {
      long table = image.getLong(l1At + 8 * l1);
      if (table == 0) {
        continue;
      }
      assertTrue((table & COPIED) != 0, "L1 entry without copied flag");
      int tableAt = refer(table & ~COPIED, 1);
      for (int i = 0; i < perTable; i++) {
        long entry = image.getLong(tableAt + entrySize * i);
        // A standard entry is of one subcluster, the cluster.
        long bitmap = entry == 0 ? 0 : 1;
        if (extended) {
          bitmap = image.getLong(tableAt + entrySize * i + 8);
        } else if (entry == 1) {
          assertEquals(3, version, "version 2 has no zero clusters");
          entry = 0;
          bitmap = 1L << 32;
        }
        if (entry == 0 && bitmap == 0) {
          continue;
        }
        assertEquals(0, bitmap & bitmap >>> 32, "data and zero at once");
        assertEquals(entry == 0, (int) bitmap == 0, "allocated and nothing in it");
        long guest = ((long) l1 * perTable + i) * clusterSize;
        assertTrue(guest < disk.length, "entry behind the disk's end");
        byte[] cluster = cluster(entry, guest, external);
        int size = extended ? clusterSize / 32 : clusterSize;
        for (int sub = 0;
            sub < clusterSize / size && (int) guest + sub * size < disk.length;
            sub++) {
          int at = (int) guest + sub * size;
          int count = Math.min(size, disk.length - at);
          if ((bitmap >>> sub & 1) != 0) {
            System.arraycopy(cluster, sub * size, disk, at, count);
          } else if ((bitmap >>> (32 + sub) & 1) != 0) {
            Arrays.fill(disk, at, at + count, (byte) 0);
          } else if (!external) {
            assertZero(cluster, sub * size, (sub + 1) * size);
          }
        }
      }
    }
    checkRefcounts(version == 2 ? 4 : image.getInt(96));
    return disk;
  }

  private byte[] cluster(long entry, long guest, boolean external) {
    byte[] cluster = new byte[clusterSize];
    if (entry == 0) {
      return cluster;
    }
    assertTrue((entry & COPIED) != 0, "L2 entry without copied flag");
    if (external) {
      assertEquals(guest, entry & ~COPIED);
      return Arrays.copyOfRange(dataFile, (int) guest, (int) guest + clusterSize);
    }
    image.get(refer(entry & ~COPIED, 1), cluster);
    return cluster;
  }

  private static void assertZero(byte[] cluster, int from, int to) {
    for (int i = from; i < to; i++) {
      assertEquals(0, cluster[i], "a byte of a subcluster that is not allocated");
    }
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
