package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.TableReader;
import java.io.IOException;

/**
 * What is dumped and where to; what all sections share.
 *
 * @param file the image
 * @param header its header, in which {@code cluster_bits} fits
 * @param view what shows it
 * @param problems what could not be read
 */
record Target(BoundedFile file, Header header, DumpView view, Problems problems) {
  /** Bytes of a cluster. */
  int clusterSize() {
    return 1 << header.get(HeaderField.CLUSTER_BITS);
  }

  /** Bytes of the image's file. */
  long fileSize() {
    return file.size();
  }

  /** Whether clusters start there, and the file has the first byte of one. */
  boolean isCluster(long offset) {
    return isAligned(offset) && offset >= 0 && offset < file.size();
  }

  /** Whether clusters start there. */
  boolean isAligned(long offset) {
    return (offset & (clusterSize() - 1)) == 0;
  }

  /** Shows and counts something that could not be read. */
  void problem(String structure, long offset, String text) throws IOException {
    Problems.Problem problem = new Problems.Problem(structure, offset, text);
    problems.add(problem);
    view.problem(problem);
  }

  /**
   * Says what is missing of a table, and how many entries there are to read.
   *
   * @param limit the most entries that QEMU takes
   */
  long readable(String structure, long offset, long entries, long limit) throws IOException {
    long wanted = Math.min(entries, limit);
    if (wanted < entries) {
      problem(
          structure,
          offset,
          entries + " entries; only the first " + limit + " are read, the limit");
    }
    if (wanted > 0 && !isAligned(offset)) {
      problem(structure, offset, "is not at the start of a cluster; it is not read");
      return 0;
    }
    long there = TableReader.entriesInFile(file, offset, wanted, TableReader.ENTRY_SIZE);
    if (there < wanted) {
      problem(
          structure,
          offset,
          "goes " + beyondEnd() + " after " + there + " of " + wanted + " entries");
    }
    return there;
  }

  /** Says if the file ends in a table of one cluster. */
  void checkWhole(String structure, long offset) throws IOException {
    if (!file.holds(offset, clusterSize())) {
      problem(
          structure,
          offset,
          "goes "
              + beyondEnd()
              + " after "
              + (file.size() - offset)
              + " of "
              + clusterSize()
              + " bytes");
    }
  }

  /** Says why a pointer can't be followed. */
  void cannotFollow(String structure, long offset) throws IOException {
    problem(
        structure,
        offset,
        isAligned(offset)
            ? "lies " + beyondEnd() + "; it is not read"
            : "is not at the start of a cluster; it is not read");
  }

  private String beyondEnd() {
    return "beyond the end of the file at byte " + file.size();
  }
}
