package io.github.qcow2tostdout.image;

/**
 * How many entries of tables are read together. Tables that don't overlap are not larger than the
 * file: what is beyond costs a reader time, and can only be there to do so.
 */
public final class TableBudget {
  private long left;

  /** Of that many entries. */
  public TableBudget(long entries) {
    left = entries;
  }

  /** As many as a file has room for. */
  public static TableBudget of(BoundedFile file) {
    return new TableBudget(file.size() / TableReader.ENTRY_SIZE);
  }

  /** Takes so many, or all that are left; gives how many. */
  public long take(long entries) {
    long taken = Math.min(entries, left);
    left -= taken;
    return taken;
  }
}
