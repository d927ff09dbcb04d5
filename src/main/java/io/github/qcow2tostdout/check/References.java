package io.github.qcow2tostdout.check;

/** Is told of every use of host clusters. */
interface References {
  /**
   * A structure uses a range of bytes.
   *
   * @param number which one, as {@link Structure#name} wants it
   * @param length of what is in use; 0 is no use
   * @param weight how often this is so
   */
  void region(Structure structure, long number, long offset, long length, long weight);

  /**
   * Clusters of data that follow each other on the disk and in the file.
   *
   * @param number of the first; that of the next is larger by the cluster size
   * @param offset of the first, a multiple of the cluster size, not negative
   * @param count how many
   * @param weight how often this is so
   */
  void clusters(Structure structure, long number, long offset, long count, long weight);

  /**
   * A data cluster that may start anywhere, and of which only the first bytes are in use.
   *
   * @param used bytes of it that a reader needs
   */
  void partial(Structure structure, long number, long offset, long used, long weight);
}
