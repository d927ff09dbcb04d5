package io.github.qcow2tostdout.posix;

/** The error numbers of Linux that make a difference here. */
final class Errno {
  /** A signal came before the end of a wait. */
  static final int EINTR = 4;

  /** No such address: SEEK_DATA finds no more data. */
  static final int ENXIO = 6;

  /** The system has no such call. */
  static final int ENOSYS = 38;

  private Errno() {}
}
