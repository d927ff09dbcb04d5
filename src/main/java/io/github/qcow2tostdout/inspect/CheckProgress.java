package io.github.qcow2tostdout.inspect;

/** Is told how far a check has come, from the thread that does it; must return at once. */
@FunctionalInterface
public interface CheckProgress {
  /** A total that is not known yet: that of a stream of which the refcounts have not come. */
  long UNKNOWN = -1;

  /** Tells nobody. */
  CheckProgress NONE = (done, total) -> {};

  /**
   * Some of it is done. Comes at least with {@code done} 0 and with {@code done == total}.
   *
   * @param done bytes of the L2 tables, or of the stream
   * @param total bytes of all L2 tables that there could be; or those of the stream, by its
   *     refcounts until its end, or {@link #UNKNOWN}
   */
  void report(long done, long total);
}
