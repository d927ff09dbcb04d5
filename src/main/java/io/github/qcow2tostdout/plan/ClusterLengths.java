package io.github.qcow2tostdout.plan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * How many bytes each allocated cluster takes, in guest order; 0 for one that is stored plain. Kept
 * in chunks, with where the data of each chunk begins, so that any of them can be looked up.
 */
public final class ClusterLengths {
  /** Clusters of a chunk. */
  public static final int CHUNK = 1 << 16;

  /**
   * What they come to.
   *
   * @param count how many clusters there are
   * @param compressed how many of them are compressed
   * @param compressedBytes bytes of these
   */
  public record Totals(long count, long compressed, long compressedBytes) {}

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

  private final LengthMarks marks;
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
    marks = new LengthMarks();
    width = width(packing.clusterBits());
    chunksInMemory = (int) Math.min(Integer.MAX_VALUE, maxMemory / chunkBytes());
    last = ByteBuffer.allocateDirect(chunkBytes());
  }

  private ClusterLengths(Packing packing, LengthMarks marks, Totals totals, Store store) {
    this.packing = packing;
    this.marks = marks;
    this.store = store;
    width = width(packing.clusterBits());
    chunksInMemory = 0;
    last = ByteBuffer.allocate(0);
    count = totals.count();
    compressed = totals.compressed();
    compressedBytes = totals.compressedBytes();
  }

  /**
   * Those that are in a store, the last chunk too; they are read when they are asked for.
   *
   * @param packing as it is behind the last
   * @param marks of all chunks
   */
  public static ClusterLengths stored(
      Packing packing, LengthMarks marks, Totals totals, Store store) {
    return new ClusterLengths(packing, marks, totals, store);
  }

  /** Bytes of the length of a cluster of a size. */
  public static int width(int clusterBits) {
    return clusterBits <= Short.SIZE ? Short.BYTES : Integer.BYTES;
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
    if (marks.size() > 0) {
      endChunk();
    }
    marks.add(packing.end(), packing.refcount(), compressedBytes);
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

  /** How far the packing had come at each chunk. */
  public LengthMarks marks() {
    return marks;
  }

  /** How far the packing has come behind the last. */
  public Packing packed() {
    return packing;
  }

  /** Puts a packing into the state that it had at the beginning of a chunk. */
  void restore(Packing state, int chunk) {
    state.restore(marks.start(chunk), marks.refcount(chunk));
  }

  /** Reads a chunk; returns how many clusters it has. */
  public int read(int chunk, int[] to) {
    int size = sizeOf(chunk);
    ByteBuffer from = bytes(chunk);
    for (int i = 0; i < size; i++) {
      to[i] =
          width == Short.BYTES
              ? Short.toUnsignedInt(from.getShort(i * width))
              : from.getInt(i * width);
    }
    return size;
  }

  private int sizeOf(int chunk) {
    return (int) Math.min(CHUNK, count - (long) chunk * CHUNK);
  }

  private ByteBuffer bytes(int chunk) {
    if (chunk < memory.size()) {
      return memory.get(chunk);
    }
    if (chunk == marks.size() - 1 && last.capacity() > 0) {
      return last;
    }
    ByteBuffer buffer = ByteBuffer.allocate(sizeOf(chunk) * width);
    try {
      store.read(chunk - memory.size(), buffer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return buffer.clear();
  }
}
