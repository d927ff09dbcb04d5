package io.github.qcow2tostdout.work;

/** Is told how far the work has come, from the thread that does it; must return at once. */
@FunctionalInterface
public interface Progress {
  /**
   * The two passes; before them, a stream that can be read only once is spooled; before and behind
   * the second, what is to be compared is read; and those of a check, which shows its progress in
   * the same way.
   */
  enum Phase {
    SPOOL,
    SCAN,
    COMPRESS,
    DIGEST,
    WRITE,
    VERIFY,
    READ,
    CHECK
  }

  /** A total that is not known before the end of the phase. */
  long UNKNOWN = -1;

  /** Tells nobody. */
  Progress NONE = (phase, done, total) -> {};

  /**
   * Some of a phase is done. Comes at least with {@code done} 0 and with {@code done == total}.
   *
   * @param done bytes, of the disk or of the output
   * @param total bytes, or {@link #UNKNOWN}
   */
  void report(Phase phase, long done, long total);
}
