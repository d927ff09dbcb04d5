package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.TableEntry;
import java.util.Optional;

/**
 * Why an L2 entry can't be followed, if it can't; what {@code check} calls corrupt, or QEMU answers
 * with an error. Where its data lies is not looked at, but whether it is at a cluster.
 */
public final class L2Problems {
  private final L2Format format;

  /** The problems of entries that are to be read like that. */
  public L2Problems(L2Format format) {
    this.format = format;
  }

  /**
   * What is wrong with an entry.
   *
   * @param bitmap of subclusters; 0 without extended L2 entries
   * @param guestOffset of its cluster
   */
  public Optional<String> find(long entry, long bitmap, long guestOffset) {
    if (L2Entry.isCompressed(entry)) {
      return compressed(entry, bitmap);
    }
    if ((entry & L2Entry.RESERVED) != 0) {
      return Optional.of("reserved bits are set");
    }
    if (L2Entry.isZero(entry) && format.version() == 2) {
      return Optional.of("bit 0 is set, which version 2 does not know");
    }
    if (format.kind(entry) == L2Format.Kind.UNALLOCATED) {
      return L2Entry.allocatedSubclusters(bitmap) == 0
          ? Optional.empty()
          : Optional.of("subclusters are allocated, but their cluster is not");
    }
    if ((L2Entry.allocatedSubclusters(bitmap) & L2Entry.zeroSubclusters(bitmap)) != 0) {
      return Optional.of("a subcluster is allocated, and zero too");
    }
    long host = TableEntry.hostOffset(entry);
    if ((host & ((1L << format.clusterBits()) - 1)) != 0) {
      return Optional.of("the data is not at a cluster");
    }
    if (format.dataFile() && format.kind(entry) == L2Format.Kind.NORMAL && host != guestOffset) {
      return Optional.of("the data is not at the same place in the external data file");
    }
    return Optional.empty();
  }

  private Optional<String> compressed(long entry, long bitmap) {
    if (TableEntry.isCopied(entry)) {
      return Optional.of("bit 63 is set for a compressed cluster");
    }
    if (format.dataFile()) {
      return Optional.of("the cluster is compressed, but data is in an external file");
    }
    if (bitmap != 0) {
      return Optional.of("the cluster is compressed, but has subclusters");
    }
    return Optional.empty();
  }
}
