package io.github.qcow2tostdout.source;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A raw disk to read. Offsets and sizes are bytes. Reads may come from several threads at once; all
 * else is for one thread.
 */
public interface Source extends Closeable {
  /** The name that the user gave it. */
  String name();

  /** Bytes of the disk when it was opened. */
  long size();

  /**
   * Bytes of what {@link #identity} is of, when it was opened: more than {@link #size} where only a
   * part of it is the disk.
   */
  default long identifiedSize() {
    return size();
  }

  /** Where the disk begins in the file of that name; empty if that does not hold the disk as is. */
  default OptionalLong positionInFile() {
    return OptionalLong.empty();
  }

  /**
   * The ranges that may hold anything but zeroes, ascending and disjoint; all that is between them
   * reads as zeroes.
   *
   * @throws IOException if the source can't say and can't go on
   */
  DataExtents dataExtents() throws IOException;

  /**
   * As {@link #dataExtents}, and as exact as the system knows them, where that makes a difference
   * in the result: with {@link #dataExtents} a small disk may be one extent, because to read it is
   * faster than to ask.
   */
  default DataExtents exactDataExtents() throws IOException {
    return dataExtents();
  }

  /**
   * The size of blocks for which the data extents have been tested for zeroes already: each aligned
   * block of so many bytes that one of them touches holds a byte that is not zero.
   *
   * @return a power of two, in bytes; 0 if nothing is known
   */
  default long testedBlockSize() {
    return 0;
  }

  /**
   * Whether it is known, with less work than to read it, that a range holds a byte that is not
   * zero. That the range can be read is not known by that.
   */
  default boolean surelyHoldsData(long offset, long length) throws IOException {
    return false;
  }

  /**
   * Reads at an offset until the buffer is full or the source ends.
   *
   * @return bytes read; fewer than there was room for only at the source's end
   */
  int read(ByteBuffer buffer, long offset) throws IOException;

  /**
   * Hands bytes to a channel without a detour through this process where the system can do that.
   *
   * @param target a {@link FileOutput} where it leads to a regular file: there is more than one way
   * @return bytes that the channel took; 0 if this way is not open, and {@link #read} is to be used
   * @throws IOException from either side
   */
  long transferTo(long offset, long count, WritableByteChannel target) throws IOException;

  /** Says that a range is going to be read soon. */
  void willNeed(long offset, long count);

  /**
   * Whether each read is a wait, however small it is: then few large ones are better than many, and
   * nothing should be read twice.
   */
  default boolean isFar() throws IOException {
    return false;
  }

  /** How much data there is in extents of this source, and how much of it is in memory. */
  Residency residency(DataExtents extents) throws IOException;

  /** What tells this source, and this state of it, from another. */
  SourceIdentity identity() throws IOException;

  /** The same of further files that it is read from, by their names. */
  default Map<String, SourceIdentity> others() throws IOException {
    return Map.of();
  }
}
