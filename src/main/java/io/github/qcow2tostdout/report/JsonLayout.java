package io.github.qcow2tostdout.report;

/** What is between the parts of a JSON object or array. */
public enum JsonLayout {
  /** Nothing. */
  COMPACT(false, false, false),

  /** A line for each part, indented by 4 blanks, as QEMU's tools do. */
  LINES(false, false, true),

  /** All in one line. */
  ROW(false, true, true),

  /** Lines that are not indented, the first right behind the bracket: {@code qemu-img map}'s. */
  MAP(false, false, true),

  /** A line of that. */
  MAP_ROW(true, true, true);

  private final boolean blankAtStart;
  private final boolean blankBehindComma;
  private final boolean blankBehindColon;

  JsonLayout(boolean blankAtStart, boolean blankBehindComma, boolean blankBehindColon) {
    this.blankAtStart = blankAtStart;
    this.blankBehindComma = blankBehindComma;
    this.blankBehindColon = blankBehindColon;
  }

  /** Whether there is a blank before the first part. */
  boolean hasBlankAtStart() {
    return blankAtStart;
  }

  /** Whether there is one between two parts, behind the comma. */
  boolean hasBlankBehindComma() {
    return blankBehindComma;
  }

  /** Whether there is one between a name and its value, behind the colon. */
  boolean hasBlankBehindColon() {
    return blankBehindColon;
  }
}
