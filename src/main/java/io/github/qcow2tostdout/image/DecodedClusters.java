package io.github.qcow2tostdout.image;

import java.util.Map;
import java.util.Optional;

/**
 * What came of the compressed clusters of a stream, which were decoded as they went by.
 *
 * @param problems what is wrong with those that are damaged, by where their data is
 * @param stoppedAt the lowest offset of data that was not decoded; {@link Long#MAX_VALUE} if all
 *     was
 * @param stopReason why the rest was not decoded
 */
public record DecodedClusters(
    Map<Place, String> problems, long stoppedAt, Optional<String> stopReason) {
  /**
   * Where the data of a cluster is.
   *
   * @param offset in the file
   * @param length bytes, up to the end of the last sector
   */
  public record Place(long offset, int length) {}
}
