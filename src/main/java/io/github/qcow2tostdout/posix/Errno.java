package io.github.qcow2tostdout.posix;

/** The error numbers of Linux that make a difference here. */
final class Errno {
  /** The user may not, or the device takes no writes. */
  static final int EPERM = 1;

  /** A signal came before the end of a wait. */
  static final int EINTR = 4;

  /** No such address: SEEK_DATA finds no more data. */
  static final int ENXIO = 6;

  /** The user may not, or the device takes no writes. */
  static final int EACCES = 13;

  /** Somebody else has it for himself. */
  static final int EBUSY = 16;

  /** There is one of that name. */
  static final int EEXIST = 17;

  /** What it is on takes no writes. */
  static final int EROFS = 30;

  /** The system has no such call. */
  static final int ENOSYS = 38;

  private Errno() {}
}
