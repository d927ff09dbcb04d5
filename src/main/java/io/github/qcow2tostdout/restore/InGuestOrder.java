package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.GuestMap;
import io.github.qcow2tostdout.image.GuestRun;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Writes the bytes of a disk in its order; what comes before its turn is kept. What lies between is
 * zeroes if the tables that have come say so.
 */
final class InGuestOrder implements DiskBytes {
  private final String name;
  private final DiskTarget target;
  private final KeptTables tables;
  private final GuestMap map;
  private final MemoryBudget budget;

  /** What came before its turn, by its offset on the disk. */
  private final TreeMap<Long, ByteBuffer> waiting = new TreeMap<>();

  private long next;
  private long l2TablesUpTo;

  /**
   * Nothing is written yet.
   *
   * @param map of the disk, that may be asked where the tables have come
   */
  InGuestOrder(
      String name, DiskTarget target, KeptTables tables, GuestMap map, MemoryBudget budget) {
    this.name = name;
    this.target = target;
    this.tables = tables;
    this.map = map;
    this.budget = budget;
  }

  @Override
  public void data(ByteBuffer bytes, long guestOffset) throws IOException {
    if (guestOffset == next) {
      write(bytes);
    } else {
      keep(bytes, guestOffset);
    }
    advance();
  }

  private void write(ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    target.write(bytes, next);
    next += length;
  }

  private void keep(ByteBuffer bytes, long guestOffset) throws ImageException {
    Optional<ByteBuffer> room = budget.buffer(bytes.remaining());
    if (room.isEmpty()) {
      throw new ImageException.NotStreamable(
          name,
          "its data is not in the order of the disk: byte "
              + next
              + " of the disk has not come yet, and what is kept of those behind it is more than"
              + " --cache allows ("
              + budget.size()
              + " bytes)",
          "restore it to a file or a device (--to), which takes it in any order, or give a larger"
              + " --cache");
    }
    waiting.put(guestOffset, room.get().put(bytes).flip());
  }

  @Override
  public void tableHasCome(long upTo) throws IOException {
    l2TablesUpTo = upTo;
    advance();
  }

  /** Writes all whose turn it is. */
  private void advance() throws IOException {
    while (next < tables.diskSize()) {
      Map.Entry<Long, ByteBuffer> first = waiting.firstEntry();
      if (first != null && first.getKey() == next) {
        waiting.remove(first.getKey());
        write(first.getValue());
        budget.giveBack(first.getValue());
        continue;
      }
      if (!tableOfNextHasCome()) {
        return;
      }
      long reach = 1L << tables.reachBits();
      long end = Math.min(tables.diskSize(), (next & -reach) + reach);
      GuestRun run = map.run(next, end);
      if (run instanceof GuestRun.Corrupt corrupt) {
        throw corrupt.error(name);
      } else if (run instanceof GuestRun.Stored || run instanceof GuestRun.Compressed) {
        return;
      }
      zero(run.end());
    }
  }

  private void zero(long end) throws IOException {
    target.zero(next, end - next);
    next = end;
  }

  private boolean tableOfNextHasCome() throws IOException {
    if (l2TablesUpTo == 0) {
      return false;
    }
    return TableEntry.hostOffset(tables.l1Entry(next >>> tables.reachBits())) < l2TablesUpTo;
  }

  @Override
  public void finish() throws IOException {
    advance();
  }
}
