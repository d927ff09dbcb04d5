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

  /** Whether L2 entries are extended. */
  boolean extended;

  /** The disk that this one is compared with; null without one. */
  byte[] base;

  /** Empty if the header names no backing file. */
  String backingName = "";

  String backingFormat = "raw";

  /** Bounds of the extents in which zeroes are kept; null if they are left out. */
  long[] zeroExtents;

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

  private enum Grain {
    NONE,
    DATA,
    ZERO
  }

  private Grain grain(byte[] disk, byte[] other, boolean[] touched, int from, int to) {
    boolean zero = true;
    boolean equal = base != null;
    boolean kept = false;
    for (int i = from; i < to; i++) {
      zero &= disk[i] == 0;
      equal &= disk[i] == other[i];
      kept |= touched[i];
    }
    if (raw) {
      return Grain.DATA;
    }
    if (base != null) {
      return equal ? Grain.NONE : zero && version == 3 ? Grain.ZERO : Grain.DATA;
    }
    return !zero ? Grain.DATA : kept ? Grain.ZERO : Grain.NONE;
  }

  private boolean[] touched(int size) {
    boolean[] touched = new boolean[size];
    for (int i = 0; zeroExtents != null && i < zeroExtents.length; i += 2) {
      Arrays.fill(touched, (int) zeroExtents[i], (int) zeroExtents[i + 1], true);
    }
    return touched;
  }

  /** How the grains of a disk are mapped, a character each: {@code .}, {@code D} or {@code 0}. */
  String grains(byte[] disk) {
    StringBuilder text = new StringBuilder();
    for (Grain grain : grainsOf(disk)) {
      text.append(grain.equals(Grain.DATA) ? 'D' : grain.equals(Grain.ZERO) ? '0' : '.');
    }
    return text.toString();
  }

  private Grain[] grainsOf(byte[] disk) {
    int clusterSize = 1 << clusterBits;
    int grainSize = extended ? clusterSize / 32 : clusterSize;
    int diskSize = ceil(disk.length, 512) * 512;
    byte[] padded = Arrays.copyOf(disk, ceil(diskSize, clusterSize) * clusterSize);
    // What a base has behind the disk's end does not show.
    byte[] other = base == null ? new byte[0] : Arrays.copyOf(base, diskSize);
    other = Arrays.copyOf(other, padded.length);
    boolean[] touched = touched(padded.length);
    Grain[] grains = new Grain[padded.length / grainSize];
    for (int i = 0; i < grains.length; i++) {
      grains[i] = grain(padded, other, touched, i * grainSize, (i + 1) * grainSize);
    }
    return grains;
  }

  byte[] of(byte[] disk) {
    int clusterSize = 1 << clusterBits;
    int grainsPerCluster = extended ? 32 : 1;
    int grainSize = clusterSize / grainsPerCluster;
    int entrySize = extended ? 16 : 8;
    int perTable = clusterSize / 8;
    int perL2Table = clusterSize / entrySize;
    int diskSize = ceil(disk.length, 512) * 512;
    int clusters = ceil(diskSize, clusterSize);
    byte[] padded = Arrays.copyOf(disk, clusters * clusterSize);
    int l1Size = ceil(clusters, perL2Table);
    int l1Clusters = ceil(l1Size, perTable);
    Grain[] grains = grainsOf(disk);
    boolean[] allocated = new boolean[clusters];
    boolean[] hasTable = new boolean[l1Size];
    for (int i = 0; i < grains.length; i++) {
      if (!grains[i].equals(Grain.NONE)) {
        allocated[i / grainsPerCluster] |= grains[i].equals(Grain.DATA);
        hasTable[i / grainsPerCluster / perL2Table] = true;
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
      for (int i = 0; i < perL2Table && l1 * perL2Table + i < clusters; i++) {
        int cluster = l1 * perL2Table + i;
        int entryAt = nextTable + entrySize * i;
        long bitmap = 0;
        for (int sub = 0; sub < grainsPerCluster; sub++) {
          int grain = cluster * grainsPerCluster + sub;
          if (grains[grain].equals(Grain.DATA)) {
            bitmap |= 1L << sub;
            if (dataFile.isEmpty()) {
              image.put(nextData + sub * grainSize, padded, grain * grainSize, grainSize);
            }
          } else if (grains[grain].equals(Grain.ZERO)) {
            bitmap |= 1L << (32 + sub);
          }
        }
        if (allocated[cluster] && dataFile.isEmpty()) {
          image.putLong(entryAt, nextData | 1L << 63);
          nextData += clusterSize;
        } else if (allocated[cluster]) {
          image.putLong(entryAt, ((long) cluster * clusterSize) | 1L << 63);
        } else if (!extended && bitmap != 0) {
          image.putLong(entryAt, 1);
        }
        if (extended) {
          image.putLong(entryAt + 8, bitmap);
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
    if (version == 3) {
      image.putLong(72, (dataFile.isEmpty() ? 0 : 4) + (extended ? 16 : 0));
      image.putLong(80, lazy ? 1 : 0);
      image.putLong(88, raw ? 2 : 0);
      image.putInt(96, refcountOrder);
      image.putInt(100, 112);
    }
    int at = version == 3 ? 112 : 72;
    if (!backingName.isEmpty()) {
      byte[] format = backingFormat.getBytes(UTF_8);
      image.putInt(at, 0xe2792aca).putInt(at + 4, format.length).put(at + 8, format);
      at += 8 + ceil(format.length, 8) * 8;
    }
    if (!dataFile.isEmpty()) {
      byte[] name = dataFile.getBytes(UTF_8);
      image.putInt(at, 0x44415441).putInt(at + 4, name.length).put(at + 8, name);
      at += 8 + ceil(name.length, 8) * 8;
    }
    if (version == 3 && clusterBits > 12) {
      image.putInt(at, 0x6803f857).putInt(at + 4, 48 * FEATURES.length);
      at += 8;
      for (String feature : FEATURES) {
        image.put(at, (byte) (feature.charAt(0) - '0'));
        image.put(at + 1, (byte) (feature.charAt(1) - '0'));
        image.put(at + 2, feature.substring(3).getBytes(UTF_8));
        at += 48;
      }
    }
    if (!backingName.isEmpty()) {
      byte[] name = backingName.getBytes(UTF_8);
      image.putLong(8, at + 8).putInt(16, name.length).put(at + 8, name);
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
