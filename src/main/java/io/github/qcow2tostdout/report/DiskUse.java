package io.github.qcow2tostdout.report;

import java.util.Map;

/**
 * How the bytes of a disk are kept.
 *
 * @param sums bytes of each kind; one that is not there has none
 */
public record DiskUse(Map<Kind, Long> sums) {
  public DiskUse {
    sums = Map.copyOf(sums);
  }

  /** How a byte is kept. */
  public enum Kind {
    DATA("data"),
    COMPRESSED("compressed"),
    ZERO("zero"),
    /** Nobody can tell, because a table is wrong. */
    DAMAGED("damaged"),
    /** It takes no place. */
    NONE("unallocated");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** For reports. */
    String word() {
      return word;
    }
  }

  /** How many bytes are kept in that way. */
  long bytes(Kind kind) {
    return sums.getOrDefault(kind, 0L);
  }
}
