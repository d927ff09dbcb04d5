package io.github.qcow2tostdout.metadata;

import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.EntryReader;
import io.github.qcow2tostdout.image.TableBudget;
import io.github.qcow2tostdout.image.WeightedRanges;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Tables of one kind whose entries lead further. However many lie on each other, each byte is read
 * once.
 */
final class PointerTables {
  /** Takes an entry that is not 0. */
  @FunctionalInterface
  interface Visitor {
    void entry(long entry) throws IOException;
  }

  /**
   * A table that starts where no entry of the others does, as only a damaged image has it.
   *
   * @param from its first byte
   * @param to the byte behind it
   */
  private record Odd(long from, long to) {}

  private final BoundedFile file;
  private final long maxBytes;
  private final WeightedRanges tables = new WeightedRanges();
  private final List<Odd> odd = new ArrayList<>();

  /**
   * No table yet.
   *
   * @param maxBytes what QEMU takes of one; what a header claims beyond that is not believed
   */
  PointerTables(BoundedFile file, long maxBytes) {
    this.file = file;
    this.maxBytes = maxBytes;
  }

  /** Adds a table; offset and number of entries may be anything. */
  void add(long offset, long entries) {
    if (offset < 0 || offset >= file.size() || entries <= 0) {
      return;
    }
    long end = offset + Math.min(entries, maxBytes / Long.BYTES) * Long.BYTES;
    if (offset % Long.BYTES == 0) {
      tables.add(offset, end);
    } else {
      odd.add(new Odd(offset, end));
    }
  }

  /** All of them, as far as they are in the file. */
  void addTo(WeightedRanges ranges) throws IOException {
    tables.forEach((from, to, weight) -> ranges.add(from, Math.min(to, file.size())));
    for (Odd table : odd) {
      ranges.add(table.from(), Math.min(table.to(), file.size()));
    }
  }

  /** Reads them. */
  void forEach(String what, Visitor visitor) throws IOException {
    EntryReader reader = new EntryReader(file, EntryReader.MAX_ENTRIES / 8);
    EntryReader.Visitor entries =
        (values, count, at, weight) -> {
          for (int i = 0; i < count; i++) {
            if (values[i] != 0) {
              visitor.entry(values[i]);
            }
          }
        };
    reader.forEach(tables, file.size(), what, entries);
    TableBudget budget = TableBudget.of(file);
    for (Odd table : odd) {
      WeightedRanges one = new WeightedRanges();
      long taken = budget.take((table.to() - table.from()) / Long.BYTES);
      one.add(table.from(), table.from() + taken * Long.BYTES);
      reader.forEach(one, file.size(), what, entries);
    }
  }
}
