package io.github.qcow2tostdout.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.RefcountEntries;
import io.github.qcow2tostdout.format.TableEntry;
import java.nio.ByteBuffer;

/**
 * Images in the layout of a stream: header, refcount table, refcount blocks, L1 table, L2 tables,
 * data, each right behind the other. Made without the conversion, and with more kinds of entries.
 *
 * @param version 2 or 3
 * @param extended whether L2 entries have subcluster bitmaps
 * @param featureNames whether there is a feature name table
 * @param backing the name of a backing file; none if empty
 */
public record StreamableImage(
    int version, Geometry geometry, boolean extended, boolean featureNames, String backing) {

  /** Plain images of that cluster size. */
  public static StreamableImage ofClusterBits(int clusterBits) {
    return new StreamableImage(3, new Geometry(clusterBits, 4), false, false, "");
  }

  /**
   * Makes one.
   *
   * @param guest a character for each cluster of the disk: {@code D} data, {@code Z} reads as
   *     zeroes, {@code A} the same with a cluster, {@code H} a cluster of which the first half is
   *     there (extended L2 entries only), anything else nothing
   */
  public byte[] make(String guest) {
    int clusterSize = geometry.clusterSize();
    int perTable = clusterSize / (extended ? 16 : 8);
    long l1Size = Math.ceilDiv(guest.length(), perTable);
    long l1Clusters = geometry.tableClusters(l1Size);
    long data = guest.chars().filter(c -> c == 'D' || c == 'A' || c == 'H').count();
    long others = 1 + l1Clusters + l1Size + data;
    long blocks = 0;
    long table = 0;
    long clusters = 0;
    while (clusters != others + blocks + table) {
      clusters = others + blocks + table;
      blocks = Math.ceilDiv(clusters, geometry.refcountBlockEntries());
      table = geometry.tableClusters(blocks);
    }
    ByteBuffer image = ByteBuffer.allocate(Math.toIntExact(clusters * clusterSize));
    long l1 = (1 + table + blocks) * clusterSize;
    long l2 = l1 + l1Clusters * clusterSize;
    header(guest.length(), l1Size, l1, table).write(image);
    extensions(image);
    for (int i = 0; i < blocks; i++) {
      image.putLong(clusterSize + i * 8, (1 + table + i) * clusterSize);
    }
    ByteBuffer counts =
        image.slice((int) ((1 + table) * clusterSize), (int) (blocks * clusterSize));
    RefcountEntries.writeOnes(counts, geometry.refcountOrder(), 0, clusters);
    for (int i = 0; i < l1Size; i++) {
      image.putLong((int) l1 + i * 8, TableEntry.copied(l2 + (long) i * clusterSize));
    }
    entries(guest, image, (int) l2, l2 + l1Size * clusterSize);
    return image.array();
  }

  private Header header(long guestClusters, long l1Size, long l1, long tableClusters) {
    Header header =
        Header.ofVersion(version)
            .with(HeaderField.CLUSTER_BITS, geometry.clusterBits())
            .with(HeaderField.SIZE, guestClusters * geometry.clusterSize())
            .with(HeaderField.L1_SIZE, l1Size)
            .with(HeaderField.L1_TABLE_OFFSET, l1)
            .with(HeaderField.REFCOUNT_TABLE_OFFSET, geometry.clusterSize())
            .with(HeaderField.REFCOUNT_TABLE_CLUSTERS, tableClusters)
            .with(HeaderField.REFCOUNT_ORDER, geometry.refcountOrder());
    if (!backing.isEmpty()) {
      header =
          header
              .with(HeaderField.BACKING_FILE_OFFSET, backingOffset())
              .with(HeaderField.BACKING_FILE_SIZE, backing.length());
    }
    return extended
        ? header.with(HeaderField.INCOMPATIBLE_FEATURES, 1L << Feature.EXTENDED_L2.bit())
        : header;
  }

  private long backingOffset() {
    return (version == 2 ? Header.V2_LENGTH : Header.V3_LENGTH)
        + (featureNames ? HeaderExtension.featureNameTable().size() : 0)
        + HeaderExtension.end().size();
  }

  private void extensions(ByteBuffer image) {
    image.position(version == 2 ? Header.V2_LENGTH : Header.V3_LENGTH);
    if (featureNames) {
      HeaderExtension.featureNameTable().write(image);
    }
    HeaderExtension.end().write(image);
    image.put(backing.getBytes(UTF_8)).clear();
  }

  private void entries(String guest, ByteBuffer image, int l2, long data) {
    int entrySize = extended ? 16 : 8;
    long host = data;
    for (int i = 0; i < guest.length(); i++) {
      int at = l2 + i * entrySize;
      char kind = guest.charAt(i);
      boolean allocated = kind == 'D' || kind == 'A' || kind == 'H';
      long entry = allocated ? TableEntry.copied(host) : 0;
      if (extended) {
        image.putLong(
            at + 8,
            switch (kind) {
              case 'D' -> 0x0000_0000_ffff_ffffL;
              case 'A', 'Z' -> 0xffff_ffff_0000_0000L;
              case 'H' -> 0xffff_0000_0000_ffffL;
              default -> 0;
            });
      } else if (kind == 'Z' || kind == 'A') {
        entry |= 1;
      }
      image.putLong(at, entry);
      if (allocated) {
        for (int b = 0; b < geometry.clusterSize(); b++) {
          image.put((int) host + b, (byte) (i + 1));
        }
        host += geometry.clusterSize();
      }
    }
  }
}
