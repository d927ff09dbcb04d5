package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.GuestMap;
import io.github.qcow2tostdout.image.GuestRun;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.image.PointerTable;
import io.github.qcow2tostdout.image.SnapshotWalk;
import io.github.qcow2tostdout.image.StructureListener;
import io.github.qcow2tostdout.image.StructureWalk;
import io.github.qcow2tostdout.image.TableBudget;
import io.github.qcow2tostdout.image.TableReader;
import java.io.IOException;
import java.util.BitSet;

/**
 * Who claims which cluster of an image's file: of what two claim nobody can say whose it is.
 * Compressed clusters may share one, and snapshots share theirs with the disk.
 */
final class HostClaims implements StructureListener {
  /** A bit for each of four claims: 64 MiB. */
  private static final long MAX_CLUSTERS = 1L << 27;

  private final BoundedFile file;
  private final int clusterBits;
  private final long clusters;
  private final boolean dataFile;
  private final TableBudget budget;
  private final BitSet tables = new BitSet();
  private final BitSet stored = new BitSet();
  private final BitSet storedTwice = new BitSet();
  private final BitSet packed = new BitSet();
  private final PackedStarts packedStarts = new PackedStarts();
  private long lastGuestCluster = -1;

  private HostClaims(OpenedImage image) throws ImageException {
    file = image.file();
    clusterBits = image.geometry().clusterBits();
    clusters = Math.ceilDiv(file.size(), (long) image.clusterSize());
    budget = TableBudget.of(file);
    dataFile = image.hasDataFile();
    if (clusters > MAX_CLUSTERS) {
      throw new ImageException.Unsupported(
          file.name(),
          clusters + " clusters are too many to look for what is claimed twice",
          "read it without --salvage");
    }
  }

  /**
   * Finds all claims.
   *
   * @param map of the disk that is wanted
   * @param reader of the map
   */
  static HostClaims of(OpenedImage image, GuestMap map, LossyReader reader) throws IOException {
    HostClaims claims = new HostClaims(image);
    claims.tables(image);
    ClaimBudget budget = new ClaimBudget(image);
    for (long at = 0; at < map.size(); ) {
      GuestRun run = reader.run(map, at, map.size());
      budget.take(run);
      claims.take(run);
      at = run.end();
    }
    claims.packedStarts.complete();
    return claims;
  }

  private void tables(OpenedImage image) throws IOException {
    claim(tables, 0, 1);
    StructureWalk walk = new StructureWalk(file, image.header(), this);
    walk.refcountTable();
    walk.l1Table();
    SnapshotWalk snapshots = new SnapshotWalk(file, image.header());
    try {
      walk.snapshots(snapshots);
    } catch (ImageException e) {
      // As far as they can be read.
    }
    claim(tables, image.get(HeaderField.SNAPSHOTS_OFFSET), snapshots.size());
    if (image.bitmaps().isPresent()) {
      claim(tables, image.bitmaps().get().offset(), image.bitmaps().get().size());
      walk.bitmaps(image.bitmaps().get());
    }
    if (image.crypto().isPresent()) {
      claim(tables, image.crypto().get().offset(), image.crypto().get().length());
    }
  }

  @Override
  public Reading table(PointerTable table, long there) {
    claim(tables, table.offset(), table.size());
    boolean aligned = (table.offset() & ((1L << clusterBits) - 1)) == 0;
    long most = Limits.MAX_L1_BYTES / TableReader.ENTRY_SIZE;
    return new Reading("table", aligned ? budget.take(Math.min(there, most)) : 0, false);
  }

  @Override
  public void entry(PointerTable table, long index, long entry) {
    long target = table.target(entry);
    if (target > 0 && (target & ((1L << clusterBits) - 1)) == 0) {
      claim(tables, target, 1);
    }
  }

  /** Claims all clusters that a range touches, as far as there are any. */
  private void claim(BitSet claims, long offset, long length) {
    long first = offset >>> clusterBits;
    if (offset < 0 || length <= 0 || first >= clusters) {
      return;
    }
    long last =
        Math.min(clusters - 1, (offset + Math.min(length, file.size()) - 1) >>> clusterBits);
    claims.set((int) first, (int) last + 1);
  }

  private void take(GuestRun run) throws ImageException {
    if (run instanceof GuestRun.Compressed compressed) {
      if (!packedStarts.add(compressed.hostOffset())) {
        throw new ImageException.Unsupported(
            file.name(),
            "more than "
                + PackedStarts.MAX
                + " compressed clusters are too many to look for what is claimed twice",
            "read it without --salvage");
      }
      claim(packed, compressed.hostOffset(), compressed.hostLength());
    } else if (run instanceof GuestRun.Stored data && !dataFile) {
      // A cluster of which only some subclusters are stored comes in several runs.
      boolean again = run.guestOffset() >>> clusterBits == lastGuestCluster;
      long first = (data.hostOffset() >>> clusterBits) + (again ? 1 : 0);
      long last = (data.hostOffset() + data.length() - 1) >>> clusterBits;
      for (int cluster = (int) first; cluster <= last; cluster++) {
        if (stored.get(cluster)) {
          storedTwice.set(cluster);
        }
        stored.set(cluster);
      }
      lastGuestCluster = (run.end() - 1) >>> clusterBits;
    }
  }

  /** Whether something else claims a part of the data of a compressed cluster too. */
  boolean isContested(GuestRun.Compressed run) {
    int end = (int) ((run.hostOffset() + run.hostLength() - 1) >>> clusterBits) + 1;
    int first = (int) (run.hostOffset() >>> clusterBits);
    return isSet(stored, first, end)
        || isSet(tables, first, end)
        || packedStarts.isTwice(run.hostOffset());
  }

  private static boolean isSet(BitSet claims, int first, int end) {
    int next = claims.nextSetBit(first);
    return next >= 0 && next < end;
  }

  /** Whether something else claims the cluster of a stored byte too. */
  boolean isContested(long hostOffset) {
    int cluster = (int) (hostOffset >>> clusterBits);
    return storedTwice.get(cluster) || tables.get(cluster) || packed.get(cluster);
  }

  /** The byte behind the stored ones from an offset on that are like it, up to an end. */
  long endOfLike(long hostOffset, long end) {
    boolean contested = isContested(hostOffset);
    long at = hostOffset;
    while (at < end && isContested(at) == contested) {
      at = ((at >>> clusterBits) + 1) << clusterBits;
    }
    return Math.min(at, end);
  }
}
