package io.github.qcow2tostdout.picture;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * How many bytes of each kind there are in each part of a range. Nobody has to say a byte twice:
 * then the sums are exact, however long the range is.
 */
final class Shares<K extends Enum<K>> {
  private final Scale scale;
  private final K[] kinds;

  /** Of each kind the bytes in each part. */
  private final Map<K, long[]> bytes;

  private final Map<K, Long> totals;

  /** Nothing is there yet. */
  Shares(Scale scale, Class<K> kinds) {
    this.scale = scale;
    this.kinds = kinds.getEnumConstants();
    bytes = new EnumMap<>(kinds);
    totals = new EnumMap<>(kinds);
    for (K kind : this.kinds) {
      bytes.put(kind, new long[scale.count()]);
    }
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
    totals.merge(kind, end - at, Long::sum);
    long[] parts = of(kind);
    for (int part = scale.partOf(at); at < end; part++) {
      long stop = Math.min(end, scale.start(part + 1));
      parts[part] += stop - at;
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
      of(kind)[part] += rest;
      totals.merge(kind, rest, Long::sum);
    }
  }

  /** Bytes of a kind in a part. */
  long get(int part, K kind) {
    return of(kind)[part];
  }

  private long[] of(K kind) {
    return Objects.requireNonNull(bytes.get(kind));
  }

  /** Bytes of a kind in all parts. */
  long total(K kind) {
    return totals.getOrDefault(kind, 0L);
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
        grouped.of(kind)[part / each] += get(part, kind);
      }
    }
    grouped.totals.putAll(totals);
    return grouped;
  }
}
