package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.foreign.KnownFormat;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Clusters of a stream that begin like an image; which of them is the guest's first is not known.
 */
public final class ImageStarts {
  /** More of them than that are no news. */
  private static final int MAX_KEPT = 4096;

  private final long clusterMask;
  private final Map<Long, KnownFormat> found = new HashMap<>();
  private final ByteBuffer start = ByteBuffer.allocate(KnownFormat.START);
  private long position;

  /** Those of a stream of which nothing has come. */
  public ImageStarts(int clusterSize) {
    clusterMask = clusterSize - 1L;
  }

  /** Takes the next bytes of the stream; the buffer stays as it is. */
  public void accept(ByteBuffer bytes) {
    int at = bytes.position();
    while (at < bytes.limit()) {
      long inCluster = position & clusterMask;
      if (inCluster < KnownFormat.START) {
        int taken = (int) Math.min(KnownFormat.START - inCluster, bytes.limit() - at);
        start.position((int) inCluster).put(start.position(), bytes, at, taken);
        start.position(start.position() + taken);
        at += taken;
        position += taken;
        if (inCluster + taken == KnownFormat.START) {
          look();
        }
      } else {
        int passed = (int) Math.min(clusterMask + 1 - inCluster, bytes.limit() - at);
        at += passed;
        position += passed;
      }
    }
  }

  private void look() {
    Optional<KnownFormat> known = KnownFormat.of(start);
    if (known.isPresent() && found.size() < MAX_KEPT) {
      found.put(position - KnownFormat.START, known.get());
    }
  }

  /** What the cluster at an offset begins like. */
  public Optional<KnownFormat> at(long offset) {
    return Optional.ofNullable(found.get(offset));
  }
}
