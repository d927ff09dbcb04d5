package io.github.qcow2tostdout.source.nbd;

/** Who is at the other end of a connection, for errors. */
public enum NbdPeer {
  /** A server that the user named. */
  SERVER("the server", "check the server and its disk"),

  /** A child of this process that reads an image: it is the image that has the fault. */
  QEMU("QEMU", "check the image, and the files that it names");

  private final String words;
  private final String remedy;

  NbdPeer(String words, String remedy) {
    this.words = words;
    this.remedy = remedy;
  }

  /** What it is called. */
  String words() {
    return words;
  }

  /** What to do about something that it can't read. */
  String remedy() {
    return remedy;
  }
}
