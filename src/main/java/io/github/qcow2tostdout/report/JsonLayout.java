package io.github.qcow2tostdout.report;

/** What is between the parts of a JSON object or array. */
public enum JsonLayout {
  /** Nothing. */
  COMPACT("", ",", ":"),

  /** A line for each part, indented by 4 blanks, as QEMU's tools do. */
  LINES("", ",", ": "),

  /** All in one line. */
  ROW("", ", ", ": "),

  /** Lines that are not indented, the first right behind the bracket: {@code qemu-img map}'s. */
  MAP("", ",\n", ": "),

  /** A line of that. */
  MAP_ROW(" ", ", ", ": ");

  private final String start;
  private final String separator;
  private final String colon;

  JsonLayout(String start, String separator, String colon) {
    this.start = start;
    this.separator = separator;
    this.colon = colon;
  }

  /** What is before the first part. */
  String start() {
    return start;
  }

  /** What is between two parts. */
  String separator() {
    return separator;
  }

  /** What is between a name and its value. */
  String colon() {
    return colon;
  }
}
