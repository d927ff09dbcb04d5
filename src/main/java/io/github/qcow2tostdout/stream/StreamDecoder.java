package io.github.qcow2tostdout.stream;

import io.github.qcow2tostdout.codec.ClusterDecoder;
import io.github.qcow2tostdout.codec.DamagedDataException;
import io.github.qcow2tostdout.codec.DecodeBudget;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.DecodedClusters;
import io.github.qcow2tostdout.image.OpenedImage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Decodes the compressed clusters of a stream as they go by. The last megabytes of the stream are
 * held for that: a compressed cluster may share a host cluster with others of which the L2 table
 * came earlier, and lie in front of its own.
 */
final class StreamDecoder implements StreamFollower {
  /**
   * What is held: the largest data, the most that is taken from the stream at once, and that again,
   * because data waits for what starts before it.
   */
  private static final int WINDOW = 8 << 20;

  /** How far in front of its L2 table data may start. */
  private static final int MAX_BACK = WINDOW / 2;

  /** How many damaged clusters are remembered. */
  private static final int MAX_PROBLEMS = 100_000;

  private final OpenedImage image;
  private final ClusterDecoder decoder;
  private final DecodeBudget budget;
  private final int clusterBits;
  private final int entrySize;
  private final byte[] window = new byte[WINDOW];
  private final EntryHeap wanted;
  private final Map<DecodedClusters.Place, String> problems = new HashMap<>();
  private long position;
  private long stoppedAt = Long.MAX_VALUE;
  private Optional<String> stopReason = Optional.empty();

  /** A decoder for a stream of which nothing was taken yet. */
  StreamDecoder(OpenedImage image) {
    this.image = image;
    decoder = new ClusterDecoder(image.clusterSize(), BoundedFile.MAX_READ, image.isZstd());
    budget = new DecodeBudget(image.clusterSize(), "what came of the stream");
    clusterBits = image.geometry().clusterBits();
    entrySize = image.geometry().l2EntrySize();
    wanted = new EntryHeap(L2Entry.compressedOffset(-1, clusterBits));
  }

  @Override
  public String purpose() {
    return "with --deep: ";
  }

  @Override
  public long memory() {
    return wanted.memory();
  }

  @Override
  public void addTable(long offset, ByteBuffer table) throws ImageException {
    for (int at = 0; at < image.clusterSize(); at += entrySize) {
      long entry = table.getLong(at);
      if (L2Entry.isCompressed(entry)) {
        long data = L2Entry.compressedOffset(entry, clusterBits);
        if (data < position - MAX_BACK) {
          throw new ImageException.NotStreamable(
              image.file().name(),
              "with --deep: compressed data at byte "
                  + data
                  + " comes long before its L2 table at byte "
                  + offset);
        }
        if (stopReason.isPresent()) {
          stoppedAt = Math.min(stoppedAt, data);
        } else {
          wanted.add(entry);
        }
      }
    }
    decode(position);
  }

  @Override
  public void accept(ByteBuffer bytes, boolean mayBeNamedLater) {
    int length = bytes.remaining();
    int at = (int) (position % WINDOW);
    int first = Math.min(length, WINDOW - at);
    bytes.get(window, at, first);
    bytes.get(window, 0, length - first);
    position += length;
    decode(position);
  }

  @Override
  public Optional<DecodedClusters> finish() {
    decode(Long.MAX_VALUE);
    return Optional.of(new DecodedClusters(problems, stoppedAt, stopReason));
  }

  /** Decodes what ends at a place or before it. */
  private void decode(long end) {
    while (!wanted.isEmpty()) {
      long offset = L2Entry.compressedOffset(wanted.peek(), clusterBits);
      int length =
          (int)
              Math.min(L2Entry.compressedLength(wanted.peek(), clusterBits), BoundedFile.MAX_READ);
      if (offset + length > end || stopReason.isPresent()) {
        return;
      }
      checkBudget(offset);
      if (stopReason.isEmpty()) {
        wanted.remove();
        decode(offset, length);
      }
    }
  }

  private void checkBudget(long offset) {
    Optional<String> refusal = budget.exceeded(decoder, position);
    if (refusal.isPresent()) {
      stop(offset, refusal.get());
    } else if (problems.size() == MAX_PROBLEMS) {
      stop(offset, "more than " + MAX_PROBLEMS + " damaged clusters before it");
    }
  }

  private void stop(long offset, String reason) {
    stoppedAt = offset;
    stopReason = Optional.of(reason);
  }

  private void decode(long offset, int length) {
    if (offset > position + Limits.SECTOR_SIZE + image.clusterSize()) {
      // It lies so far behind the end of the stream that nobody asks for it.
      return;
    }
    byte[] input = decoder.input();
    int there = (int) Math.max(0, Math.min(length, position - offset));
    int at = (int) (offset % WINDOW);
    int first = Math.min(there, WINDOW - at);
    System.arraycopy(window, at, input, 0, first);
    System.arraycopy(window, 0, input, first, there - first);
    Arrays.fill(input, there, length, (byte) 0);
    try {
      decoder.decode(length);
    } catch (DamagedDataException e) {
      problems.put(new DecodedClusters.Place(offset, length), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    decoder.close();
  }
}
