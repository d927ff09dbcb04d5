package io.github.qcow2tostdout.convert;

/**
 * What came of compressing.
 *
 * @param clusters that became smaller
 * @param bytes that they take
 * @param cached bytes of them that are kept for the second pass
 * @param options how it was done
 */
public record CompressionStatistics(
    long clusters, long bytes, long cached, CompressionOptions options) {
  /** For the log. */
  @Override
  public String toString() {
    return clusters
        + " clusters in "
        + bytes
        + " bytes by "
        + options.encoding().identity()
        + ", "
        + options.threads()
        + " threads; cache: "
        + cached
        + " of "
        + options.cacheBytes()
        + " bytes";
  }
}
