package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.image.GuestMap;
import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Maps of the same disk, one for each thread that reads: none is used by two at once. */
final class GuestMaps {
  /** Makes a map. */
  @FunctionalInterface
  interface Maker {
    /** A new one. */
    GuestMap make() throws IOException;
  }

  private final Maker maker;
  private final ConcurrentLinkedQueue<GuestMap> idle = new ConcurrentLinkedQueue<>();

  GuestMaps(Maker maker) {
    this.maker = maker;
  }

  /** A map for the caller alone, until it gives it back. */
  GuestMap take() throws IOException {
    GuestMap map = idle.poll();
    return map == null ? maker.make() : map;
  }

  /** Takes a map back. */
  void giveBack(GuestMap map) {
    idle.add(map);
  }
}
