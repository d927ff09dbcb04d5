package io.github.qcow2tostdout.plan;

/** Sets of indexes out of others. */
public final class IndexSets {
  private IndexSets() {}

  /** All indexes that are in one set or in the other. */
  public static IndexSet union(IndexSet one, IndexSet other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() ? other : one;
    }
    IndexSet.Builder builder = new IndexSet.Builder();
    IndexSet.Runs a = one.runsFrom(0);
    IndexSet.Runs b = other.runsFrom(0);
    boolean inA = a.next();
    boolean inB = b.next();
    while (inA || inB) {
      // By their starts: then a builder takes runs that overlap.
      if (inA && (!inB || a.from() <= b.from())) {
        builder.add(a.from(), a.to());
        inA = a.next();
      } else {
        builder.add(b.from(), b.to());
        inB = b.next();
      }
    }
    return builder.build();
  }

  /** All indexes that are in one set and not in the other. */
  public static IndexSet difference(IndexSet one, IndexSet other) {
    IndexSet.Builder builder = new IndexSet.Builder();
    for (IndexSet.Runs runs = one.runsFrom(0); runs.next(); ) {
      long at = runs.from();
      for (IndexSet.Runs gone = other.runsFrom(at); at < runs.to(); at = Math.max(at, gone.to())) {
        long end = gone.next() ? Math.min(runs.to(), gone.from()) : runs.to();
        builder.add(at, end);
        if (end == runs.to()) {
          break;
        }
      }
    }
    return builder.build();
  }
}
