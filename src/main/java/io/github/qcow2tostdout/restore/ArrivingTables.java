package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.stream.EntryHeap;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The L2 tables whose data is to come, as one list of data in the order of the stream. A table is
 * opened when its first data comes, and forgotten behind its last.
 */
final class ArrivingTables {
  private static final long INDEX_MASK = 0xffff_ffffL;

  private final KeptTables tables;
  private final int clusterBits;

  /** A cluster in the upper half of a word, and the L1 entry whose table has data there next. */
  private final EntryHeap queue = new EntryHeap(-1);

  /** Those that are in the queue once more. */
  private final Map<Long, ArrivingTable> opened = new HashMap<>();

  private Optional<ArrivingTable> current = Optional.empty();
  private long currentIndex;
  private long memory;

  ArrivingTables(KeptTables tables) {
    this.tables = tables;
    clusterBits = tables.format().clusterBits();
  }

  /** Bytes of memory that they take. */
  long memory() {
    return memory + queue.memory();
  }

  /**
   * A table that has come.
   *
   * @param first where its first data starts that is to come
   */
  void add(long l1Index, long first) {
    queue.add(first >>> clusterBits << Integer.SIZE | l1Index);
  }

  /** Goes to the data that comes next; false if it starts at a place of the stream or behind it. */
  boolean next(long end) throws IOException {
    if (current.isPresent() && current.get().start() < 0) {
      memory -= current.get().memory();
      current = Optional.empty();
    }
    if (current.isPresent()
        && !queue.isEmpty()
        && queue.peek() >>> Integer.SIZE < start() >>> clusterBits) {
      opened.put(currentIndex, current.get());
      add(currentIndex, start());
      current = Optional.empty();
    }
    if (current.isEmpty()
        && !queue.isEmpty()
        && queue.peek() >>> Integer.SIZE << clusterBits < end) {
      currentIndex = queue.peek() & INDEX_MASK;
      queue.remove();
      current = Optional.of(open(currentIndex));
    }
    return current.isPresent() && start() < end;
  }

  private ArrivingTable open(long l1Index) throws IOException {
    ArrivingTable again = opened.remove(l1Index);
    if (again != null) {
      return again;
    }
    long offset = TableEntry.hostOffset(tables.l1Entry(l1Index));
    ArrivingTable table = new ArrivingTable(tables, l1Index, offset);
    memory += table.memory();
    return table;
  }

  /** Goes on behind the data. */
  void advance() throws IOException {
    current.orElseThrow().advance();
  }

  /** Where the data starts in the stream. */
  long start() {
    return current.orElseThrow().start();
  }

  /** Where it belongs to on the disk. */
  long guestOffset() {
    return current.orElseThrow().guestOffset();
  }

  /** The entry that says so. */
  long entry() {
    return current.orElseThrow().entry();
  }

  /** The bitmap of subclusters beside it; 0 without extended L2 entries. */
  long bitmap() {
    return current.orElseThrow().bitmap();
  }
}
