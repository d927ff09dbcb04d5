package io.github.qcow2tostdout.restore;

import java.nio.ByteBuffer;

/**
 * Some compressed clusters, which are decoded by one thread: their data, where they belong, and
 * room for what comes of them.
 */
final class DecodingBatch {
  /** About so many bytes are decoded at once. */
  static final int SIZE = 1 << 20;

  private static final int MAX_CLUSTERS = 256;

  private final int clusterBits;
  private final byte[] data;
  private final int[] ends;
  private final long[] hostOffsets;
  private final long[] guestOffsets;
  private final ByteBuffer decoded;
  private int count;

  /**
   * An empty one.
   *
   * @param maxLength of the data of a cluster
   */
  DecodingBatch(int clusterBits, int maxLength) {
    this.clusterBits = clusterBits;
    int clusters = clusters(clusterBits);
    data = new byte[((clusters - 1) << clusterBits) + maxLength];
    ends = new int[clusters];
    hostOffsets = new long[clusters];
    guestOffsets = new long[clusters];
    decoded = ByteBuffer.allocateDirect(clusters << clusterBits);
  }

  private static int clusters(int clusterBits) {
    return Math.clamp(SIZE >>> clusterBits, 1, MAX_CLUSTERS);
  }

  /** Bytes of memory that one takes. */
  static int memory(int clusterBits, int maxLength) {
    return ((2 * clusters(clusterBits) - 1) << clusterBits) + maxLength;
  }

  /** Whether data of that length may still be added. */
  boolean hasRoom(int length) {
    return count < ends.length && length <= data.length - end();
  }

  /** How many clusters there are. */
  int count() {
    return count;
  }

  /** Takes them all out. */
  void clear() {
    count = 0;
  }

  /** The data of all. */
  byte[] data() {
    return data;
  }

  /** Where the data of the next is to be put, which {@link #add} then adds. */
  int end() {
    return count == 0 ? 0 : ends[count - 1];
  }

  void add(long hostOffset, int length, long guestOffset) {
    ends[count] = end() + length;
    hostOffsets[count] = hostOffset;
    guestOffsets[count] = guestOffset;
    count++;
  }

  /** Where the data of one starts. */
  int from(int nth) {
    return nth == 0 ? 0 : ends[nth - 1];
  }

  int length(int nth) {
    return ends[nth] - from(nth);
  }

  /** Where the data of one was in the stream. */
  long hostOffset(int nth) {
    return hostOffsets[nth];
  }

  long guestOffset(int nth) {
    return guestOffsets[nth];
  }

  /** Room for a cluster, or what it decoded to. */
  ByteBuffer decoded(int nth) {
    return decoded.slice(nth << clusterBits, 1 << clusterBits);
  }

  /** Clusters from one on that follow each other on the disk, as one. */
  ByteBuffer decoded(int nth, int clusters) {
    return decoded.slice(nth << clusterBits, clusters << clusterBits);
  }

  /** How many clusters from one on follow each other on the disk. */
  int run(int first) {
    int run = 1;
    while (first + run < count()
        && guestOffset(first + run) == guestOffset(first) + ((long) run << clusterBits)) {
      run++;
    }
    return run;
  }
}
