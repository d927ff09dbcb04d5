package io.github.qcow2tostdout.saved;

import io.github.qcow2tostdout.codec.TwinCrc;
import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes at some places of a disk, by which it is told from another: of its data, and of what is
 * between. Where the places are follows from the map, so that a plan has the digests only.
 */
final class DiskSample {
  /** How many grains of data are looked at, and the last one. */
  private static final int DATA_PLACES = 63;

  /** How many places of the rest. */
  private static final int REST_PLACES = 32;

  private static final long MAX_LENGTH = 64 << 10;

  /** A range of the disk. */
  record Place(long from, long to) {}

  private DiskSample() {}

  /**
   * The places of a disk.
   *
   * @param data the grains that hold data, as far as that is known
   * @param grainBits log2 of the bytes of one
   * @param size bytes of the disk
   * @param rest whether what is no data is looked at too
   */
  static List<Place> places(IndexSet data, int grainBits, long size, boolean rest) {
    List<Place> places = new ArrayList<>();
    long grains = data.count();
    if (grains > 0) {
      long step = Math.ceilDiv(grains, DATA_PLACES);
      for (long rank = 0; rank < grains; rank += step) {
        add(places, data.select(rank), grainBits, size);
      }
      add(places, data.select(grains - 1), grainBits, size);
    }
    if (rest) {
      long all = (size + (1L << grainBits) - 1) >> grainBits;
      long step = Math.max(1, all / REST_PLACES);
      long behind = 0;
      for (long grain = 0; grain < all; grain += step) {
        long gap = gap(data, Math.max(grain, behind));
        if (gap < all) {
          add(places, gap, grainBits, size);
        }
        behind = gap + 1;
      }
    }
    return places;
  }

  private static long gap(IndexSet data, long grain) {
    IndexSet.Runs runs = data.runsFrom(grain);
    return runs.next() && runs.from() == grain ? runs.to() : grain;
  }

  private static void add(List<Place> places, long grain, int grainBits, long size) {
    long from = grain << grainBits;
    long to = Math.min(size, from + Math.min(MAX_LENGTH, 1L << grainBits));
    if (from < to) {
      places.add(new Place(from, to));
    }
  }

  /** Reads them; a digest for each. */
  static List<Long> read(Source source, List<Place> places) throws IOException {
    for (Place place : places) {
      source.willNeed(place.from(), place.to() - place.from());
    }
    List<Long> digests = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.allocateDirect((int) MAX_LENGTH);
    TwinCrc digest = new TwinCrc();
    for (Place place : places) {
      source.read(buffer.clear().limit((int) (place.to() - place.from())), place.from());
      digest.reset();
      digest.update(buffer.flip());
      digests.add(digest.value());
    }
    return digests;
  }
}
