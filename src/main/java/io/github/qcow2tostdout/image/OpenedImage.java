package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.Limits;
import java.util.Optional;

/**
 * An image that QEMU would open: sizes and offsets of the header are within their limits.
 *
 * @param file the file
 * @param area its first cluster
 * @param geometry cluster size, refcount width, kind of L2 entries
 * @param crypto where the crypto header is, if there is one
 * @param bitmaps the bitmaps, if there are any and they are to be believed
 */
public record OpenedImage(
    BoundedFile file,
    HeaderArea area,
    Geometry geometry,
    Optional<CryptoHeader> crypto,
    Optional<BitmapDirectory> bitmaps) {

  /**
   * Where the crypto header is.
   *
   * @param offset in the file, a multiple of the cluster size; may be negative, being unsigned
   * @param length bytes; may be negative, being unsigned
   */
  public record CryptoHeader(long offset, long length) {}

  /** A field of the header. */
  public long get(HeaderField field) {
    return area.header().get(field);
  }

  /** The header. */
  public Header header() {
    return area.header();
  }

  /** Bytes of the disk: whole sectors. */
  public long diskSize() {
    return get(HeaderField.SIZE) & -Limits.SECTOR_SIZE;
  }

  /** Bytes of a cluster. */
  public int clusterSize() {
    return geometry.clusterSize();
  }

  /** Whether data is in another file. */
  public boolean hasDataFile() {
    return Feature.DATA_FILE.isSetIn(header());
  }

  /** Bytes of all L2 tables that the disk could have; the progress of a check counts them. */
  public long l2TableBytes() {
    return get(HeaderField.L1_SIZE) * clusterSize();
  }

  /** Whether compressed clusters are zstd, or else deflate. */
  public boolean isZstd() {
    return get(HeaderField.COMPRESSION_TYPE) != 0;
  }

  /** The file's length as QEMU counts it, in whole sectors. */
  public long fileEnd() {
    return Math.ceilDiv(file.size(), (long) Limits.SECTOR_SIZE) * Limits.SECTOR_SIZE;
  }
}
