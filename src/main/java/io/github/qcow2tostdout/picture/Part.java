package io.github.qcow2tostdout.picture;

/** Something that has a colour of its own, and a line in a legend. */
interface Part {
  /** What it is called in a legend. */
  String label();

  /** What it is called in a style sheet. */
  String style();
}
