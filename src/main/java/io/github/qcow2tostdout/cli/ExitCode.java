package io.github.qcow2tostdout.cli;

/** What the process ends with; a signal n ends it with 128 + n, which the VM does by itself. */
final class ExitCode {
  static final int OK = 0;

  /** It could not be done. */
  static final int FAILED = 1;

  /** The image is corrupt. */
  static final int CORRUPT = 2;

  /** Clusters are leaked, and nothing is worse. */
  static final int LEAKS = 3;

  /** It is nothing that can be checked. */
  static final int NOT_CHECKABLE = 63;

  /** The arguments are wrong ({@code EX_USAGE}). */
  static final int USAGE = 64;

  /** The reader of standard output went away: as if by SIGPIPE. */
  static final int READER_GONE = 141;

  private ExitCode() {}
}
