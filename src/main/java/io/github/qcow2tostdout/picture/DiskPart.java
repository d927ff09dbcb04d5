package io.github.qcow2tostdout.picture;

import io.github.qcow2tostdout.report.DiskUse;

/** How the bytes of a disk are kept. */
enum DiskPart implements Part {
  DAMAGED("damaged", "damaged", DiskUse.Kind.DAMAGED),
  DATA("data", "data", DiskUse.Kind.DATA),
  SHARED("data shared with a snapshot", "snapshots", DiskUse.Kind.DATA),
  COMPRESSED("compressed", "compressed", DiskUse.Kind.COMPRESSED),
  ZERO("zero clusters", "zero", DiskUse.Kind.ZERO),
  HOLE("holes, not allocated", "unused", DiskUse.Kind.NONE);

  private final String label;
  private final String style;
  private final DiskUse.Kind kind;

  DiskPart(String label, String style, DiskUse.Kind kind) {
    this.label = label;
    this.style = style;
    this.kind = kind;
  }

  /** What reports call it. */
  DiskUse.Kind kind() {
    return kind;
  }

  /** Whether it takes place in a file. */
  boolean isStored() {
    return this == DATA || this == SHARED || this == COMPRESSED;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public String style() {
    return style;
  }
}
