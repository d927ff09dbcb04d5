package io.github.qcow2tostdout.plan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How many bytes each allocated cluster takes, in guest order; 0 for one that is stored plain. Kept
 * in chunks, with where the data of each chunk begins, so that any of them can be looked up.
 */
public final class ClusterLengths {
  /** Clusters of a chunk. */
  static final int CHUNK = 1 << 16;

  /** Where chunks are kept when memory for them is used up. */
  public interface Store {
    /** Keeps a chunk behind those that it has. */
    void append(ByteBuffer chunk) throws IOException;

    /** Reads a chunk whole. */
    void read(long chunk, ByteBuffer to) throws IOException;
  }

  private final Packing packing;
  private final int width;
  private final int chunksInMemory;
  private final Store store;
  private final List<ByteBuffer> memory = new ArrayList<>();

  /** Where the data of each chunk begins, and the packing's state there. */
  private long[] starts = new long[4];

  private long[] refcounts = new long[4];

  /** Bytes of compressed data before each chunk. */
  private long[] sums = new long[4];

  private int chunks;
  private ByteBuffer last;
  private long count;
  private long compressed;
  private long compressedBytes;

  /**
   * None yet.
   *
   * @param packing from its beginning
   * @param maxMemory bytes for chunks in memory; what is beyond goes to the store
   */
  public ClusterLengths(Packing packing, long maxMemory, Store store) {
    this.packing = packing;
    this.store = store;
    width = packing.clusterBits() <= Short.SIZE ? Short.BYTES : Integer.BYTES;
    chunksInMemory = (int) Math.min(Integer.MAX_VALUE, maxMemory / chunkBytes());
    last = ByteBuffer.allocateDirect(chunkBytes());
  }

  private int chunkBytes() {
    return CHUNK * width;
  }

  /**
   * Adds the next cluster.
   *
   * @param length bytes, less than a cluster; 0 for one that is stored plain
   */
  public void add(int length) throws IOException {
    if (count % CHUNK == 0) {
      beginChunk();
    }
    if (width == Short.BYTES) {
      last.putShort((short) length);
    } else {
      last.putInt(length);
    }
    packing.place(length);
    count++;
    if (length > 0) {
      compressed++;
      compressedBytes += length;
    }
  }

  private void beginChunk() throws IOException {
    if (chunks > 0) {
      endChunk();
    }
    if (chunks == starts.length) {
      starts = Arrays.copyOf(starts, 2 * chunks);
      refcounts = Arrays.copyOf(refcounts, 2 * chunks);
      sums = Arrays.copyOf(sums, 2 * chunks);
    }
    starts[chunks] = packing.end();
    refcounts[chunks] = packing.refcount();
    sums[chunks] = compressedBytes;
    chunks++;
  }

  private void endChunk() throws IOException {
    last.flip();
    if (memory.size() < chunksInMemory) {
      memory.add(last);
      last = ByteBuffer.allocateDirect(chunkBytes());
    } else {
      store.append(last);
      last.clear();
    }
  }

  /** How many clusters there are. */
  public long count() {
    return count;
  }

  /** How many of them are compressed. */
  public long compressed() {
    return compressed;
  }

  /** Bytes of those that are compressed. */
  public long compressedBytes() {
    return compressedBytes;
  }

  /** Bytes from the first to the end of the last. */
  long end() {
    return packing.end();
  }

  /** How they are packed; one that is at its beginning. */
  Packing packing() {
    return packing.restarted();
  }

  /** The last chunk that begins at an offset or before it. */
  int chunkAt(long offset) {
    int found = Arrays.binarySearch(starts, 0, chunks, offset);
    return found < 0 ? Math.max(0, -found - 2) : found;
  }

  /** Puts a packing into the state that it had at the beginning of a chunk. */
  void restore(Packing state, int chunk) {
    state.restore(starts[chunk], refcounts[chunk]);
  }

  /** Bytes of compressed data before a chunk. */
  long compressedBytesBefore(int chunk) {
    return sums[chunk];
  }

  /** Reads a chunk; returns how many clusters it has. */
  int read(int chunk, int[] to) {
    int size = (int) Math.min(CHUNK, count - (long) chunk * CHUNK);
    ByteBuffer from = bytes(chunk);
    for (int i = 0; i < size; i++) {
      to[i] =
          width == Short.BYTES
              ? Short.toUnsignedInt(from.getShort(i * width))
              : from.getInt(i * width);
    }
    return size;
  }

  private ByteBuffer bytes(int chunk) {
    if (chunk < memory.size()) {
      return memory.get(chunk);
    }
    if (chunk == chunks - 1) {
      return last;
    }
    ByteBuffer buffer = ByteBuffer.allocate(chunkBytes());
    try {
      store.read(chunk - memory.size(), buffer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return buffer.clear();
  }
}
