package io.github.qcow2tostdout.picture;

/**
 * In how many parts a disk and a file are counted.
 *
 * @param diskParts of the disk
 * @param fileParts of the file at most; a cluster has at most one
 */
public record Resolution(int diskParts, int fileParts) {
  /** Columns of the file in a picture. */
  private static final int FILE_COLUMNS = 228;

  private static final int MIN_ORDER = 2;
  private static final int MAX_ORDER = 6;

  /** Of strips with so many characters. */
  public static Resolution ofStrips(int cells) {
    return new Resolution(cells, cells);
  }

  /**
   * Of a picture.
   *
   * @param grains that the disk is mapped by
   */
  static Resolution ofPicture(long grains) {
    int order = MIN_ORDER;
    while (order < MAX_ORDER && 1L << (2 * order) < grains) {
      order++;
    }
    return new Resolution(1 << (2 * order), FILE_COLUMNS);
  }

  Scale file(long size, long clusterSize) {
    long clusters = Math.ceilDiv(size, clusterSize);
    return new Scale(size, clusterSize, Math.clamp(clusters, 1, fileParts));
  }

  Scale disk(long size) {
    return new Scale(size, diskParts);
  }
}
