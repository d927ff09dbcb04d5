package io.github.qcow2tostdout.inspect;

/** Is told how far a check has come, from the thread that does it; must return at once. */
@FunctionalInterface
public interface CheckProgress {
  /** Tells nobody. */
  CheckProgress NONE = (done, total) -> {};

  /**
   * Some of it is done. Comes at least with {@code done == total}.
   *
   * @param done bytes of the L2 tables
   * @param total bytes of all L2 tables that there could be
   */
  void report(long done, long total);
}
