package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.convert.LengthStore;
import io.github.qcow2tostdout.convert.SequentialOutput;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An image of which every byte is decided, and none is written yet. It can be written as often as
 * one likes, whole and in ranges, by several threads at once.
 *
 * {@snippet file="io/github/qcow2tostdout/api/LibraryExamples.java" region="range"}
 */
public final class PlannedImage implements AutoCloseable {
  /** What may wait in pipes as references to pages of the disk, and is copied instead. */
  private static final long HELD_BY_REFERENCE = 4L << 20;

  private final Conversion conversion;
  private final Optional<String> encoder;
  private final LengthStore lengths;

  /** Held while the disk is compared with what was written, which is for one at a time. */
  private final Optional<Lock> comparing;

  /**
   * @param lengths closed with this
   */
  PlannedImage(
      Conversion conversion, Optional<String> encoder, LengthStore lengths, boolean verify) {
    this.conversion = conversion;
    this.encoder = encoder;
    this.lengths = lengths;
    comparing = verify ? Optional.of(new ReentrantLock()) : Optional.empty();
  }

  /** Bytes of the image. */
  public long size() {
    return conversion.imageSize();
  }

  /** Bytes of the image if all of the disk were data that is not compressed. */
  public long fullyAllocatedSize() {
    return conversion.fullyAllocatedSize();
  }

  /** Bytes of the disk in the image: those of the disk, rounded up to 512. */
  public long virtualSize() {
    return conversion.diskSize();
  }

  /** Bytes of the disk's data that the image stores, in whole clusters, before compression. */
  public long allocatedBytes() {
    return conversion.allocatedClusters() << conversion.allocation().geometry().clusterBits();
  }

  /** Which encoder compresses, with what decides its bytes; empty if nothing is compressed. */
  public Optional<String> encoder() {
    return encoder;
  }

  /** Writes all of it; nobody watches. */
  public void writeTo(WritableByteChannel channel) throws IOException {
    writeTo(channel, 0, size(), new Control());
  }

  /** Writes all of it. */
  public void writeTo(WritableByteChannel channel, Control control) throws IOException {
    writeTo(channel, 0, size(), control);
  }

  /**
   * Writes the bytes [from, to) of the image to a channel, at its position, which stays open. What
   * the channel has when this fails is to be discarded.
   *
   * @throws IndexOutOfBoundsException if the image has no such range
   * @throws Qcow2Exception if the disk was written since it was planned
   * @throws IOException if the disk can't be read, or from the channel
   * @throws java.util.concurrent.CancellationException if it was cancelled
   */
  public void writeTo(WritableByteChannel channel, long from, long to, Control control)
      throws IOException {
    Objects.checkFromToIndex(from, to, size());
    control.requireWanted();
    comparing.ifPresent(Lock::lock);
    try {
      Failures.cancellable(() -> {
        SequentialOutput output =
            new SequentialOutput(channel, from, to, control.progress(), heldBy(channel));
        conversion.write(output);
      });
    } finally {
      comparing.ifPresent(Lock::unlock);
    }
  }

  /** What may still be read of the disk when it has been compared for the last time. */
  private static long heldBy(WritableByteChannel channel) {
    // Nobody knows what a socket holds.
    return channel instanceof FileChannel ? HELD_BY_REFERENCE : SequentialOutput.COPIES_ONLY;
  }

  /** Gives back what it holds; the disk stays open. */
  @Override
  public void close() throws IOException {
    lengths.close();
  }
}
