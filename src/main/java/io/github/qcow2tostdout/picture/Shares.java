package io.github.qcow2tostdout.picture;

/**
 * How many bytes of each kind there are in each part of a range. Nobody has to say a byte twice:
 * then the sums are exact, however long the range is.
 */
final class Shares<K extends Enum<K>> {
  private final Scale scale;
  private final K[] kinds;
  private final long[] bytes;
  private final long[] totals;

  /** Nothing is there yet. */
  Shares(Scale scale, Class<K> kinds) {
    this.scale = scale;
    this.kinds = kinds.getEnumConstants();
    bytes = new long[scale.count() * this.kinds.length];
    totals = new long[this.kinds.length];
  }

  Scale scale() {
    return scale;
  }

  /** All kinds, in their order. */
  K[] kinds() {
    return kinds.clone();
  }

  /** Adds bytes; what is outside of the range is not counted. */
  void add(K kind, long from, long to) {
    long end = Math.min(to, scale.size());
    long at = Math.max(0, from);
    if (at >= end) {
      return;
    }
    totals[kind.ordinal()] += end - at;
    for (int part = scale.partOf(at); at < end; part++) {
      long stop = Math.min(end, scale.start(part + 1));
      bytes[part * kinds.length + kind.ordinal()] += stop - at;
      at = stop;
    }
  }

  /** Makes all that was not added one kind. */
  void addRest(K kind) {
    for (int part = 0; part < scale.count(); part++) {
      long rest = scale.length(part);
      for (K other : kinds) {
        rest -= get(part, other);
      }
      bytes[part * kinds.length + kind.ordinal()] += rest;
      totals[kind.ordinal()] += rest;
    }
  }

  /** Bytes of a kind in a part. */
  long get(int part, K kind) {
    return bytes[part * kinds.length + kind.ordinal()];
  }

  /** Bytes of a kind in all parts. */
  long total(K kind) {
    return totals[kind.ordinal()];
  }

  /** The same in fewer parts. */
  Shares<K> grouped(int count) {
    Shares<K> grouped =
        new Shares<>(new Scale(scale.size(), scale.unit(), count), kinds[0].getDeclaringClass());
    int each = scale.count() / count;
    if (each * count != scale.count()) {
      throw new IllegalArgumentException(scale.count() + " parts in " + count);
    }
    for (int part = 0; part < scale.count(); part++) {
      for (K kind : kinds) {
        grouped.bytes[part / each * kinds.length + kind.ordinal()] += get(part, kind);
      }
    }
    System.arraycopy(totals, 0, grouped.totals, 0, totals.length);
    return grouped;
  }
}
