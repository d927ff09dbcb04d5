package io.github.qcow2tostdout.picture;

import io.github.qcow2tostdout.check.Structure;
import io.github.qcow2tostdout.plan.Region;
import java.util.Locale;

/** What a cluster of an image's file is used for. */
enum FilePart implements Part {
  HEADER("header"),
  REFCOUNTS("refcount table and blocks"),
  L1("L1 table"),
  L2("L2 tables"),
  BITMAPS("bitmaps"),
  SNAPSHOTS("of snapshots only"),
  ENCRYPTION("encryption header"),
  DATA("data"),
  COMPRESSED("compressed data"),
  LEAKED("leaked"),
  UNUSED("not used");

  private final String label;

  FilePart(String label) {
    this.label = label;
  }

  /** That of a structure that a check came to. */
  static FilePart of(Structure structure) {
    return switch (structure) {
      case HEADER -> HEADER;
      case REFCOUNT_TABLE, REFCOUNT_BLOCK -> REFCOUNTS;
      case L1_TABLE -> L1;
      case L2_TABLE -> L2;
      case DATA -> DATA;
      case COMPRESSED -> COMPRESSED;
      case SNAPSHOT_TABLE, SNAPSHOT_L1, SNAPSHOT_L2, SNAPSHOT_DATA, SNAPSHOT_COMPRESSED ->
          SNAPSHOTS;
      case CRYPTO_HEADER -> ENCRYPTION;
      case BITMAP_DIRECTORY, BITMAP_TABLE, BITMAP_DATA -> BITMAPS;
    };
  }

  /** That of a region of a planned image; of the data it is that of plain clusters. */
  static FilePart of(Region.Kind kind) {
    return switch (kind) {
      case HEADER -> HEADER;
      case REFCOUNT_TABLE, REFCOUNT_BLOCKS -> REFCOUNTS;
      case L1_TABLE -> L1;
      case L2_TABLES -> L2;
      case CRYPTO_HEADER -> ENCRYPTION;
      case BITMAPS -> BITMAPS;
      case DATA -> DATA;
    };
  }

  /** Whether a reader of the disk's bytes passes it by. */
  boolean isMetadata() {
    return switch (this) {
      case HEADER, REFCOUNTS, L1, L2, BITMAPS, ENCRYPTION -> true;
      case SNAPSHOTS, DATA, COMPRESSED, LEAKED, UNUSED -> false;
    };
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public String style() {
    return name().toLowerCase(Locale.ROOT);
  }
}
