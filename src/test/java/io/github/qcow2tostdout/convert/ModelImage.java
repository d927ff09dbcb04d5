package io.github.qcow2tostdout.convert;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Writes an image of a disk slowly and obviously, all of it in memory, from the specification
 * alone: it shares nothing with the code under test.
 */
final class ModelImage {
  private static final String[] FEATURES = {
    "00 dirty bit",
    "01 corrupt bit",
    "02 external data file",
    "03 compression type",
    "04 extended L2 entries",
    "10 lazy refcounts",
    "20 bitmaps",
    "21 raw external data"
  };

  final int clusterBits;
  final int refcountOrder;
  final int version;
  final boolean lazy;

  /** Empty if the data is in the image. */
  final String dataFile;

  final boolean raw;

  ModelImage(
      int clusterBits, int refcountOrder, int version, boolean lazy, String dataFile, boolean raw) {
    this.clusterBits = clusterBits;
    this.refcountOrder = refcountOrder;
    this.version = version;
    this.lazy = lazy;
    this.dataFile = dataFile;
    this.raw = raw;
  }

  private static int ceil(int a, int b) {
    return (a + b - 1) / b;
  }

  byte[] of(byte[] disk) {
    int clusterSize = 1 << clusterBits;
    int perTable = clusterSize / 8;
    int diskSize = ceil(disk.length, 512) * 512;
    int clusters = ceil(diskSize, clusterSize);
    byte[] padded = Arrays.copyOf(disk, clusters * clusterSize);
    int l1Size = ceil(clusters, perTable);
    int l1Clusters = ceil(l1Size, perTable);
    boolean[] allocated = new boolean[clusters];
    boolean[] hasTable = new boolean[l1Size];
    for (int i = 0; i < padded.length; i++) {
      if (raw || padded[i] != 0) {
        allocated[i / clusterSize] = true;
        hasTable[i / clusterSize / perTable] = true;
      }
    }
    int tables = count(hasTable);
    int data = dataFile.isEmpty() ? count(allocated) : 0;
    int perBlock = (clusterSize * 8) >> refcountOrder;
    int blocks = 1;
    while (blocks * perBlock < 1 + ceil(blocks, perTable) + blocks + l1Clusters + tables + data) {
      blocks++;
    }
    int tableAt = clusterSize;
    int blocksAt = tableAt + ceil(blocks, perTable) * clusterSize;
    int l1At = blocksAt + blocks * clusterSize;
    int l2At = l1At + l1Clusters * clusterSize;
    int dataAt = l2At + tables * clusterSize;
    int end = dataAt + data * clusterSize;

    ByteBuffer image = ByteBuffer.allocate(end);
    header(image, diskSize, l1Size, l1Size == 0 ? 0 : l1At, ceil(blocks, perTable));
    for (int block = 0; block < blocks; block++) {
      image.putLong(tableAt + 8 * block, blocksAt + block * clusterSize);
    }
    for (int cluster = 0; cluster < end / clusterSize; cluster++) {
      setRefcountTo1(image, blocksAt, cluster);
    }
    int nextTable = l2At;
    int nextData = dataAt;
    for (int l1 = 0; l1 < l1Size; l1++) {
      if (!hasTable[l1]) {
        continue;
      }
      image.putLong(l1At + 8 * l1, nextTable | 1L << 63);
      for (int i = 0; i < perTable; i++) {
        int cluster = l1 * perTable + i;
        if (cluster >= clusters || !allocated[cluster]) {
          continue;
        }
        if (dataFile.isEmpty()) {
          image.putLong(nextTable + 8 * i, nextData | 1L << 63);
          image.put(nextData, padded, cluster * clusterSize, clusterSize);
          nextData += clusterSize;
        } else {
          image.putLong(nextTable + 8 * i, ((long) cluster * clusterSize) | 1L << 63);
        }
      }
      nextTable += clusterSize;
    }
    return image.array();
  }

  private void header(ByteBuffer image, int diskSize, int l1Size, int l1At, int tableClusters) {
    image.putInt(0, 0x514649fb);
    image.putInt(4, version);
    image.putInt(20, clusterBits);
    image.putLong(24, diskSize);
    image.putInt(36, l1Size);
    image.putLong(40, l1At);
    image.putLong(48, 1 << clusterBits);
    image.putInt(56, tableClusters);
    if (version == 2) {
      return;
    }
    image.putLong(72, dataFile.isEmpty() ? 0 : 4);
    image.putLong(80, lazy ? 1 : 0);
    image.putLong(88, raw ? 2 : 0);
    image.putInt(96, refcountOrder);
    image.putInt(100, 112);
    int at = 112;
    if (!dataFile.isEmpty()) {
      byte[] name = dataFile.getBytes(UTF_8);
      image.putInt(at, 0x44415441).putInt(at + 4, name.length).put(at + 8, name);
      at += 8 + ceil(name.length, 8) * 8;
    }
    if (clusterBits > 12) {
      image.putInt(at, 0x6803f857).putInt(at + 4, 48 * FEATURES.length);
      at += 8;
      for (String feature : FEATURES) {
        image.put(at, (byte) (feature.charAt(0) - '0'));
        image.put(at + 1, (byte) (feature.charAt(1) - '0'));
        image.put(at + 2, feature.substring(3).getBytes(UTF_8));
        at += 48;
      }
    }
  }

  private void setRefcountTo1(ByteBuffer image, int blocksAt, int cluster) {
    // The blocks are neighbours: all refcounts are one list.
    int bits = 1 << refcountOrder;
    if (bits < 8) {
      int at = blocksAt + cluster * bits / 8;
      image.put(at, (byte) (image.get(at) | 1 << (cluster * bits % 8)));
    } else {
      image.put(blocksAt + (cluster + 1) * bits / 8 - 1, (byte) 1);
    }
  }

  private static int count(boolean[] flags) {
    int count = 0;
    for (boolean flag : flags) {
      count += flag ? 1 : 0;
    }
    return count;
  }
}
