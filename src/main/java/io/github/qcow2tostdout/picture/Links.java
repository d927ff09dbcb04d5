package io.github.qcow2tostdout.picture;

import java.util.function.IntConsumer;

/** Which parts of a disk lie in which parts of a file, and with how many bytes. */
final class Links {
  /** Parts of either: more lines than these lead to could not be told from each other. */
  static final int PARTS = 96;

  private final Scale guest;
  private final Scale host;
  private final long[] bytes = new long[PARTS * PARTS];

  /** Takes a link, and its bytes. */
  @FunctionalInterface
  interface Visitor {
    void visit(int guestPart, int hostPart, long bytes);
  }

  /** None yet between a disk and a file of these sizes. */
  Links(long diskSize, long fileSize) {
    guest = new Scale(diskSize, PARTS);
    host = new Scale(fileSize, PARTS);
  }

  /** Bytes that follow each other on the disk and in the file. */
  void addRun(long guestOffset, long length, long hostOffset) {
    add(guestOffset, length, hostOffset, true);
  }

  /** Bytes of the disk that come from one place of the file. */
  void addPoint(long guestOffset, long length, long hostOffset) {
    add(guestOffset, length, hostOffset, false);
  }

  private void add(long guestOffset, long length, long hostOffset, boolean follow) {
    long end = Math.min(guestOffset + length, guest.size());
    for (long at = guestOffset; at < end; ) {
      int part = guest.partOf(at);
      long stop = Math.min(end, guest.start(part + 1));
      long place = hostOffset + (follow ? at - guestOffset + (stop - at) / 2 : 0);
      if (place >= 0 && place < host.size()) {
        bytes[part * PARTS + host.partOf(place)] += stop - at;
      }
      at = stop;
    }
  }

  /** Goes through all links. */
  void forEach(Visitor visitor) {
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] > 0) {
        visitor.visit(i / PARTS, i % PARTS, bytes[i]);
      }
    }
  }

  /** How many there are. */
  int count() {
    int[] count = {0};
    IntConsumer add = one -> count[0] += one;
    forEach((from, to, weight) -> add.accept(1));
    return count[0];
  }

  /** Whether there is none. */
  boolean isEmpty() {
    return count() == 0;
  }
}
