package io.github.qcow2tostdout.source;

/**
 * Where a source's data is; estimates, for choosing a way to read it.
 *
 * @param data bytes of the source that may hold data
 * @param cached bytes of them that are in memory
 * @param available bytes of memory that could take more of them
 */
public record Residency(long data, long cached, long available) {
  /** For a source that can't say, or that is no slower to read than memory. */
  public static final Residency ALL_CACHED = new Residency(0, 0, 0);

  /** For a source at the other end of a connection: each read that was not announced is a wait. */
  public static final Residency REMOTE = new Residency(Long.MAX_VALUE, 0, 0);

  /** Whether it is {@link #REMOTE}. */
  public boolean isRemote() {
    return data == Long.MAX_VALUE;
  }

  /** Bytes that have to come from the medium. */
  public long missing() {
    return Math.max(0, data - cached);
  }
}
