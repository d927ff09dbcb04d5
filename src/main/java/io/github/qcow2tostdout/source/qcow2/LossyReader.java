package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.GuestMap;
import io.github.qcow2tostdout.image.GuestRun;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.source.Offsets;
import io.github.qcow2tostdout.source.Zeroes;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/** Reads a damaged image: what is lost becomes zeroes, and is noted. For any thread. */
final class LossyReader {
  /** Of what can't be read in one piece so much is tried at a time. */
  private static final int PIECE = 4 << 10;

  /** Reads what is not damaged. */
  @FunctionalInterface
  interface Plain {
    /** Fills a buffer with a part of a run, which begins at an offset of the disk. */
    void fill(ByteBuffer buffer, GuestRun run) throws IOException;
  }

  private final OpenedImage image;
  private final Salvage salvage;
  private final HostClaims claims;
  private final long size;
  private final int entriesReadTogether;

  /**
   * Looks first for what is claimed twice.
   *
   * @param tablePart bytes of tables that are read at once
   */
  LossyReader(OpenedImage image, GuestMap map, Salvage salvage, int tablePart) throws IOException {
    this.image = image;
    entriesReadTogether = Math.min(image.clusterSize(), tablePart) / image.geometry().l2EntrySize();
    this.salvage = salvage;
    size = map.size();
    claims = HostClaims.of(image, map, this);
  }

  /** A run, which is corrupt if the tables can't be read. */
  GuestRun run(GuestMap map, long start, long end) {
    try {
      return map.run(start, end);
    } catch (IOException e) {
      long reach = (long) image.clusterSize() * entriesReadTogether;
      long next = Offsets.nextMultiple(start, reach, end);
      return new GuestRun.Corrupt(start, next - start, words(e));
    }
  }

  /** Notes that a run is lost. */
  void lose(GuestRun.Corrupt run) throws ImageException {
    lose(run.guestOffset(), run.end(), Salvage.Cause.CORRUPT, run.fact());
  }

  private void lose(long from, long to, Salvage.Cause cause, String fact) throws ImageException {
    salvage.add(new Salvage.Loss(from, Math.min(to, size), image.file().name(), cause, fact));
  }

  /** How many bytes of a run may be handed over as they are; 0 if the first may not. */
  long sound(GuestRun.Stored run) {
    if (image.hasDataFile()) {
      return run.length();
    }
    return claims.isContested(run.hostOffset())
        ? 0
        : claims.endOfLike(run.hostOffset(), run.hostOffset() + run.length()) - run.hostOffset();
  }

  /** Fills a buffer, which has room for a run. */
  void fill(ByteBuffer buffer, GuestRun run, Plain plain) throws IOException {
    switch (run) {
      case GuestRun.Corrupt corrupt -> {
        lose(corrupt);
        zeroes(buffer, buffer.position(), buffer.remaining());
      }
      case GuestRun.Compressed compressed -> compressed(buffer, compressed, plain);
      case GuestRun.Stored stored -> stored(buffer, stored, plain);
      case GuestRun.Zero zero -> plain.fill(buffer, zero);
      case GuestRun.Unallocated nothing -> plain.fill(buffer, nothing);
    }
  }

  private void compressed(ByteBuffer buffer, GuestRun.Compressed run, Plain plain)
      throws IOException {
    long start = run.guestOffset() - run.skipped();
    long end = start + image.clusterSize();
    int from = buffer.position();
    int count = buffer.remaining();
    if (claims.isContested(run)) {
      lose(start, end, Salvage.Cause.CLAIMED_TWICE, "compressed data at byte " + run.hostOffset());
      zeroes(buffer, from, count);
      return;
    }
    try {
      plain.fill(buffer, run);
    } catch (ImageException e) {
      lose(start, end, Salvage.Cause.UNDECODABLE, e.fact());
      zeroes(buffer, from, count);
    } catch (IOException e) {
      lose(start, end, Salvage.Cause.UNREADABLE, words(e));
      zeroes(buffer, from, count);
    }
  }

  private void stored(ByteBuffer buffer, GuestRun.Stored run, Plain plain) throws IOException {
    long at = run.guestOffset();
    while (at < run.end()) {
      long host = run.hostOffset() + at - run.guestOffset();
      GuestRun.Stored rest = new GuestRun.Stored(at, run.end() - at, host);
      long sound = sound(rest);
      if (sound > 0) {
        sound(buffer, new GuestRun.Stored(at, sound, host), plain);
        at += sound;
      } else {
        long length = claims.endOfLike(host, host + rest.length()) - host;
        lose(at, at + length, Salvage.Cause.CLAIMED_TWICE, "cluster at byte " + host);
        zeroes(buffer, buffer.position(), (int) length);
        at += length;
      }
    }
  }

  private void sound(ByteBuffer buffer, GuestRun.Stored run, Plain plain) throws IOException {
    int from = buffer.position();
    try {
      fillOne(buffer, run, plain);
      return;
    } catch (IOException e) {
      buffer.position(from);
    }
    for (long at = run.guestOffset(); at < run.end(); ) {
      long end = Offsets.nextMultiple(at, PIECE, run.end());
      long host = run.hostOffset() + at - run.guestOffset();
      int place = buffer.position();
      try {
        fillOne(buffer, new GuestRun.Stored(at, end - at, host), plain);
      } catch (IOException e) {
        lose(at, end, Salvage.Cause.UNREADABLE, words(e));
        zeroes(buffer, place, (int) (end - at));
      }
      at = end;
    }
  }

  private static void fillOne(ByteBuffer buffer, GuestRun.Stored run, Plain plain)
      throws IOException {
    int limit = buffer.limit();
    buffer.limit(buffer.position() + (int) run.length());
    try {
      plain.fill(buffer, run);
      if (buffer.hasRemaining()) {
        throw new EOFException("the file ends here");
      }
    } finally {
      buffer.limit(limit);
    }
  }

  private static void zeroes(ByteBuffer buffer, int from, int count) {
    buffer.position(from);
    Zeroes.put(buffer, count);
  }

  private static String words(IOException e) {
    return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
  }
}
