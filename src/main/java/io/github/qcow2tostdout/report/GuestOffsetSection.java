package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.L2Format;
import io.github.qcow2tostdout.image.TableReader;
import io.github.qcow2tostdout.image.Validity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** Dumps the two entries that map a byte of the disk, and where it is by them. */
final class GuestOffsetSection {
  private final Target target;
  private final TableView view;
  private final L2Format format;
  private final long guest;
  private final long clusterMask;

  /**
   * @param guest offset of the byte on the disk
   */
  GuestOffsetSection(Target target, long guest) {
    this.target = target;
    this.guest = guest;
    view = target.view().tables();
    format = L2Format.of(target.header());
    clusterMask = target.clusterSize() - 1L;
  }

  void show() throws IOException {
    long size = target.header().get(HeaderField.SIZE);
    if (Long.compareUnsigned(guest, size) >= 0) {
      target.problem(
          "disk",
          HeaderField.SIZE.offset(),
          "has "
              + Long.toUnsignedString(size)
              + " bytes; guest offset "
              + guest
              + " lies behind its end");
      return;
    }
    long cluster = guest >>> format.clusterBits();
    long l1Index = cluster / format.entries();
    long offset = target.header().get(HeaderField.L1_TABLE_OFFSET);
    long entries = target.header().get(HeaderField.L1_SIZE);
    long place = offset + l1Index * TableReader.ENTRY_SIZE;
    if (l1Index >= entries) {
      target.problem("L1 table", offset, "has no entry " + l1Index + ", but " + entries);
    } else if (!target.isAligned(offset) || !target.file().holds(place, TableReader.ENTRY_SIZE)) {
      target.cannotFollow("L1 table", target.isAligned(offset) ? place : offset);
    } else {
      long entry = words(place, 1, "L1 table").getLong(0);
      view.beginL1Table(offset, entries);
      if (entry != 0) {
        view.l1Entry(l1Index, place, entry, MappingSection.l1Validity(target, entry));
      }
      view.endL1Table();
      l2Table(l1Index, entry, (int) (cluster % format.entries()));
    }
  }

  private void l2Table(long l1Index, long l1Entry, int index) throws IOException {
    long offset = TableEntry.hostOffset(l1Entry);
    long place = offset + (long) index * format.entrySize();
    if (offset == 0) {
      say(0, 0);
    } else if (!target.isAligned(offset) || !target.file().holds(place, format.entrySize())) {
      target.cannotFollow(
          "L2 table of L1 entry " + l1Index, target.isAligned(offset) ? place : offset);
    } else {
      ByteBuffer words = words(place, format.entrySize() / Long.BYTES, "L2 table");
      long entry = words.getLong(0);
      long bitmap = format.extended() ? words.getLong(Long.BYTES) : 0;
      view.beginL2Tables();
      view.beginL2Table(l1Index, offset, (l1Index * format.entries()) << format.clusterBits());
      if ((entry | bitmap) != 0) {
        long start = guest & ~clusterMask;
        Validity validity = format.judge(entry, bitmap, target.fileSize(), start);
        view.l2Entry(
            new L2Row(format.kind(entry), format, index, place, start, entry, bitmap, validity));
      }
      view.endL2Table();
      view.endL2Tables(0);
      say(entry, bitmap);
    }
  }

  private ByteBuffer words(long offset, int count, String what) throws IOException {
    return target.file().read(offset, count * Long.BYTES, what);
  }

  private void say(long entry, long bitmap) throws IOException {
    long inCluster = guest & clusterMask;
    L2Format.Kind kind = format.kind(entry);
    if (format.extended() && kind != L2Format.Kind.COMPRESSED) {
      int subcluster = (int) ((inCluster * L2Entry.SUBCLUSTERS) >>> format.clusterBits());
      if ((L2Entry.zeroSubclusters(bitmap) >>> subcluster & 1) != 0) {
        kind = kind == L2Format.Kind.NORMAL ? L2Format.Kind.ZERO_ALLOCATED : L2Format.Kind.ZERO;
      } else if ((L2Entry.allocatedSubclusters(bitmap) >>> subcluster & 1) == 0) {
        kind = L2Format.Kind.UNALLOCATED;
      }
    }
    OptionalLong hostOffset =
        switch (kind) {
          case NORMAL, ZERO_ALLOCATED -> OptionalLong.of(TableEntry.hostOffset(entry) + inCluster);
          case COMPRESSED -> OptionalLong.of(L2Entry.compressedOffset(entry, format.clusterBits()));
          case UNALLOCATED, ZERO -> OptionalLong.empty();
        };
    target
        .view()
        .guestPlace(
            new GuestPlace(
                guest,
                kind,
                hostOffset,
                inCluster,
                format.dataFile() && kind != L2Format.Kind.COMPRESSED));
  }
}
