package io.github.qcow2tostdout.check;

/** What a host cluster is used for. */
public enum Structure {
  HEADER("header", false),
  REFCOUNT_TABLE("refcount table", false),
  REFCOUNT_BLOCK("refcount block", true),
  L1_TABLE("L1 table", false),
  L2_TABLE("L2 table of L1 entry", true),
  DATA("data cluster at guest offset", true),
  COMPRESSED("compressed cluster at guest offset", true),
  SNAPSHOT_TABLE("snapshot table", false),
  SNAPSHOT_L1("L1 table of a snapshot", false),
  SNAPSHOT_L2("L2 table of a snapshot", false),
  SNAPSHOT_DATA("data cluster of a snapshot", false),
  SNAPSHOT_COMPRESSED("compressed cluster of a snapshot", false),
  CRYPTO_HEADER("crypto header", false),
  BITMAP_DIRECTORY("bitmap directory", false),
  BITMAP_TABLE("bitmap table", false),
  BITMAP_DATA("bitmap data", false);

  private final String words;
  private final boolean numbered;

  Structure(String words, boolean numbered) {
    this.words = words;
    this.numbered = numbered;
  }

  /** Its name, with a number that says which one, where it has one. */
  String name(long number) {
    return numbered && number >= 0 ? words + " " + number : words;
  }

  /** Whether it is a compressed cluster: those share host clusters. */
  boolean isCompressed() {
    return this == COMPRESSED || this == SNAPSHOT_COMPRESSED;
  }

  /** The same of a snapshot. */
  Structure kindOfSnapshot() {
    return switch (this) {
      case L1_TABLE -> SNAPSHOT_L1;
      case L2_TABLE -> SNAPSHOT_L2;
      case DATA -> SNAPSHOT_DATA;
      case COMPRESSED -> SNAPSHOT_COMPRESSED;
      default -> this;
    };
  }

  /** Whether a snapshot and the active disk, or two snapshots, may both use the cluster. */
  boolean isSharedBySnapshots() {
    return switch (this) {
      case L2_TABLE, DATA, SNAPSHOT_L2, SNAPSHOT_DATA -> true;
      default -> isCompressed();
    };
  }
}
