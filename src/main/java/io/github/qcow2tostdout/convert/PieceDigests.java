package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.codec.TwinCrc;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.scan.SourceGuard;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.OrderedWork;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Digests of the data that is stored, one for each aligned piece of the disk that holds some: 2 MiB
 * of them for a TiB.
 */
final class PieceDigests {
  /** log2 of the bytes of a piece: as large as the largest clusters, at least. */
  private static final int PIECE_BITS = 22;

  private static final long PIECE_SIZE = 1L << PIECE_BITS;

  /** Read at a time. */
  private static final int BUFFER_SIZE = 256 << 10;

  private final Source source;
  private final IndexSet stored;
  private final int bits;
  private final IndexSet pieces;
  private final long[] digests;

  private PieceDigests(Source source, IndexSet stored, int bits) {
    this.source = source;
    this.stored = stored;
    this.bits = bits;
    pieces = stored.groups(PIECE_BITS - bits);
    digests = new long[Math.toIntExact(pieces.count())];
  }

  /**
   * Reads all that is stored.
   *
   * @param stored the clusters, or grains, whose bytes the image has
   * @param bits log2 of their size
   * @param threads that read
   * @param read is told how many bytes more have been read
   */
  static PieceDigests of(
      Source source, IndexSet stored, int bits, int threads, LongConsumer read, Progress progress)
      throws IOException {
    PieceDigests all = new PieceDigests(source, stored, bits);
    progress.report(Progress.Phase.DIGEST, 0, source.size());
    try (var work =
        new OrderedWork<Long, Digested>(
            threads, 2 * threads, all.numbers(), () -> all.new Reading()::digest)) {
      OrderedWork.Results<Long, Digested> results =
          (number, digested) -> {
            all.digests[digested.index()] = digested.digest();
            read.accept(digested.bytes());
            progress.report(
                Progress.Phase.DIGEST,
                Math.min((number + 1) << PIECE_BITS, source.size()),
                source.size());
          };
      while (work.next(results)) {
        // Until there is none.
      }
    }
    progress.report(Progress.Phase.DIGEST, source.size(), source.size());
    return all;
  }

  /**
   * Reads all once more.
   *
   * @throws ImageException.SourceChanged if any of it is not what it was
   */
  void verifyAll(int threads, Progress progress) throws IOException {
    try (var work =
        new OrderedWork<Long, Digested>(
            threads, 2 * threads, numbers(), () -> new Reading()::digest)) {
      OrderedWork.Results<Long, Digested> results =
          (number, digested) -> {
            long from = number << PIECE_BITS;
            long to = Math.min((number + 1) << PIECE_BITS, source.size());
            if (digests[digested.index()] != digested.digest()) {
              throw changed(source, from, to);
            }
            progress.report(Progress.Phase.VERIFY, to, source.size());
          };
      while (work.next(results)) {
        // Until there is none.
      }
    }
  }

  /** A comparison with what is read again, in ascending order. */
  Comparison comparison() {
    return new Comparison();
  }

  /**
   * What was read of a piece.
   *
   * @param index of its digest
   */
  private record Digested(int index, long digest, long bytes) {}

  /** The numbers of the pieces. */
  private OrderedWork.Tasks<Long> numbers() {
    IndexSet.Runs runs = pieces.runsFrom(0);
    return new OrderedWork.Tasks<>() {
      private long next;
      private long end;

      @Override
      public Optional<Long> next() {
        if (next == end && runs.next()) {
          next = runs.from();
          end = runs.to();
        }
        return next == end ? Optional.empty() : Optional.of(next++);
      }
    };
  }

  private int index(long piece) {
    return Math.toIntExact(pieces.rank(piece));
  }

  /** Reads what is stored of ranges; for one thread. */
  private final class Reading {
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
    private final TwinCrc digest = new TwinCrc();

    Digested digest(long piece) throws IOException {
      digest.reset();
      long bytes = addTo(digest, piece << PIECE_BITS, (piece + 1) << PIECE_BITS);
      return new Digested(index(piece), digest.value(), bytes);
    }

    /** Adds what is stored of a range; returns how many bytes that are. */
    long addTo(TwinCrc sum, long from, long to) throws IOException {
      long end = Math.min(to, source.size());
      long total = 0;
      for (IndexSet.Runs runs = stored.runsFrom(from >> bits);
          from < end && runs.next() && runs.from() << bits < end; ) {
        long runEnd = Math.min(end, runs.to() << bits);
        for (long at = Math.max(from, runs.from() << bits); at < runEnd; ) {
          buffer.clear().limit((int) Math.min(runEnd - at, BUFFER_SIZE));
          int wanted = buffer.remaining();
          int count = source.read(buffer, at);
          if (count < wanted) {
            throw SourceGuard.endedAt(source, at + count);
          }
          sum.update(buffer.flip());
          total += count;
          at += count;
        }
      }
      return total;
    }
  }

  /** What is written out, compared with what was read before. */
  final class Comparison {
    private final Reading reading = new Reading();
    private final TwinCrc digest = new TwinCrc();
    private long piece = -1;
    private long position;

    /** How many bytes from an offset on are in the same piece. */
    long inPiece(long offset, long count) {
      return Math.min(count, PIECE_SIZE - (offset & (PIECE_SIZE - 1)));
    }

    /**
     * Takes bytes that are stored, in one piece.
     *
     * @throws ImageException.SourceChanged if the piece before is not what it was
     */
    void take(long offset, ByteBuffer bytes) throws IOException {
      if (offset >> PIECE_BITS != piece) {
        finish();
        piece = offset >> PIECE_BITS;
        position = piece << PIECE_BITS;
        digest.reset();
      }
      // A range of the image may begin, or end, inside a piece.
      reading.addTo(digest, position, offset);
      position = offset + bytes.remaining();
      digest.update(bytes.duplicate());
    }

    /**
     * There is no more in this piece.
     *
     * @throws ImageException.SourceChanged if it is not what it was
     */
    void finish() throws IOException {
      if (piece < 0) {
        return;
      }
      long from = piece << PIECE_BITS;
      long to = from + PIECE_SIZE;
      reading.addTo(digest, position, to);
      if (digest.value() != digests[index(piece)]) {
        throw changed(source, from, Math.min(to, source.size()));
      }
      piece = -1;
    }
  }

  /** The error for a part of a source that is not what it was. */
  static ImageException.SourceChanged changed(Source source, long from, long to) {
    return new ImageException.SourceChanged(
        source.name(),
        "its bytes " + from + " to " + to + " were not the same when they were read again");
  }
}
