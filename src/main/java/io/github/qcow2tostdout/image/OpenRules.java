package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.CryptoField;
import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.FeatureName;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.Limits;
import java.io.IOException;
import java.util.Optional;

/**
 * What QEMU refuses to open for a check, in QEMU's order and with its reasons. Names in the image
 * are looked at, never opened.
 */
public final class OpenRules {
  private static final int MAX_COMPRESSION_TYPE = 1;
  private static final int CRYPT_AES = 1;

  /** Where QEMU's block layer stops to address. */
  public static final long MAX_FILE = Long.MAX_VALUE & -(1L << 30);

  private final HeaderArea area;
  private final Header header;
  private final Refusal refusal;

  private OpenRules(HeaderArea area, Refusal refusal) {
    this.area = area;
    this.refusal = refusal;
    header = area.header();
  }

  /**
   * Reads the header area and holds it to the rules.
   *
   * @throws ImageException with QEMU's reason if it would not be opened
   */
  public static OpenedImage open(BoundedFile file) throws IOException {
    HeaderArea area = HeaderArea.read(file);
    Refusal refusal = new Refusal(file.name());
    OpenRules rules = new OpenRules(area, refusal);
    Geometry geometry = rules.checkHeader();
    rules.checkTables(geometry);
    ExtensionRules extensions = new ExtensionRules(file, area, geometry, refusal);
    extensions.check();
    rules.checkNames(geometry, extensions.crypto().isPresent());
    OpenedImage image =
        new OpenedImage(file, area, geometry, extensions.crypto(), extensions.bitmaps());
    if (image.bitmaps().isPresent()) {
      new BitmapRules(image, image.bitmaps().get()).check();
    }
    return image;
  }

  /**
   * As the other, but of a damaged image, of which only the disk is wanted: refcounts, extensions
   * and bitmaps may be anything.
   *
   * @throws ImageException if even the header or the place of the L1 table can't be right
   */
  public static OpenedImage openDamaged(BoundedFile file) throws IOException {
    HeaderArea area = HeaderArea.read(file);
    OpenRules rules = new OpenRules(area, new Refusal(file.name()));
    Geometry geometry = rules.checkHeader();
    rules.checkL1Table(geometry);
    return new OpenedImage(file, area, geometry, Optional.empty(), Optional.empty());
  }

  private long get(HeaderField field) {
    return header.get(field);
  }

  private Geometry checkHeader() throws ImageException {
    long version = get(HeaderField.VERSION);
    if (version < 2 || version > 3) {
      throw refusal.unsupported("Unsupported qcow2 version " + version, HeaderField.VERSION);
    }
    long clusterBits = get(HeaderField.CLUSTER_BITS);
    if (!header.clusterBitsFit()) {
      throw refusal.unsupported(
          "Unsupported cluster size: 2^" + clusterBits, HeaderField.CLUSTER_BITS);
    }
    long clusterSize = 1L << clusterBits;
    long length = get(HeaderField.HEADER_LENGTH);
    if (version == 3 && length < Header.V3_MIN_LENGTH) {
      throw refusal.corrupt("qcow2 header too short: " + length, HeaderField.HEADER_LENGTH);
    }
    if (length > clusterSize) {
      throw refusal.corrupt(
          "qcow2 header exceeds cluster size: " + length, HeaderField.HEADER_LENGTH);
    }
    long backing = get(HeaderField.BACKING_FILE_OFFSET);
    if (backing < 0 || backing > clusterSize) {
      throw refusal.corrupt(
          "Invalid backing file offset " + Long.toUnsignedString(backing),
          HeaderField.BACKING_FILE_OFFSET);
    }
    checkFeatures();
    boolean extendedL2 = Feature.EXTENDED_L2.isSetIn(header);
    if (extendedL2 && clusterSize / L2Entry.SUBCLUSTERS < Limits.SECTOR_SIZE) {
      throw refusal.unsupported(
          "Unsupported subcluster size: " + clusterSize / L2Entry.SUBCLUSTERS,
          HeaderField.CLUSTER_BITS);
    }
    long order = get(HeaderField.REFCOUNT_ORDER);
    if (order > Limits.MAX_REFCOUNT_ORDER) {
      throw refusal.unsupported(
          "Reference count entry width too large; may not exceed 64 bits: 2^" + order,
          HeaderField.REFCOUNT_ORDER);
    }
    return new Geometry((int) clusterBits, (int) order, extendedL2);
  }

  private void checkFeatures() throws ImageException {
    long type = get(HeaderField.COMPRESSION_TYPE);
    if (type > MAX_COMPRESSION_TYPE) {
      throw refusal.unsupported("unknown compression type: " + type, HeaderField.COMPRESSION_TYPE);
    }
    boolean flagged = Feature.COMPRESSION_TYPE.isSetIn(header);
    if (flagged != (type != 0)) {
      throw refusal.corrupt(
          "Compression type incompatible feature bit must " + (flagged ? "not " : "") + "be set",
          HeaderField.INCOMPATIBLE_FEATURES);
    }
    long unknown = get(HeaderField.INCOMPATIBLE_FEATURES) & ~Feature.Kind.INCOMPATIBLE.knownBits();
    if (unknown != 0) {
      throw refusal.unsupported(
          "Unsupported qcow2 feature(s): " + names(unknown), HeaderField.INCOMPATIBLE_FEATURES);
    }
  }

  /** What the image itself calls the bits. */
  private String names(long bits) {
    StringBuilder names = new StringBuilder();
    long left = bits;
    Optional<Extension> table = area.extension(HeaderExtension.FEATURE_NAME_TABLE);
    if (table.isPresent()) {
      for (FeatureName name : FeatureName.readTable(table.get().data())) {
        if (name.name().isEmpty()) {
          break;
        }
        if (name.kind() == 0 && (left >>> name.bit() & 1) == 1) {
          names.append(names.isEmpty() ? "" : ", ").append(name.name());
          left &= ~(1L << name.bit());
        }
      }
    }
    if (left != 0) {
      names
          .append(names.isEmpty() ? "" : ", ")
          .append("Unknown incompatible feature: ")
          .append(Long.toHexString(left));
    }
    return names.toString();
  }

  private void checkTables(Geometry geometry) throws ImageException {
    long clusterSize = geometry.clusterSize();
    long refcountTable = get(HeaderField.REFCOUNT_TABLE_CLUSTERS) * clusterSize;
    checkTable(
        "Reference count table",
        HeaderField.REFCOUNT_TABLE_OFFSET,
        refcountTable,
        Limits.MAX_REFCOUNT_TABLE_BYTES,
        clusterSize);
    checkL1Table(geometry);
    long method = get(HeaderField.CRYPT_METHOD);
    if (method > CryptoField.LUKS) {
      throw refusal.unsupported(
          "Unsupported encryption method " + method, HeaderField.CRYPT_METHOD);
    }
    checkReadable("refcount table", HeaderField.REFCOUNT_TABLE_OFFSET, refcountTable);
  }

  private void checkL1Table(Geometry geometry) throws ImageException {
    long l1Bytes = get(HeaderField.L1_SIZE) * Geometry.TABLE_ENTRY_SIZE;
    checkTable(
        "Active L1 table",
        HeaderField.L1_TABLE_OFFSET,
        l1Bytes,
        Limits.MAX_L1_BYTES,
        geometry.clusterSize());
    long size = get(HeaderField.SIZE);
    long l1Needed = size < 0 ? Long.MAX_VALUE : ceilShift(size, geometry.l2ReachBits());
    if (l1Needed > Integer.MAX_VALUE) {
      throw refusal.unsupported(
          "Image is too big: " + Long.toUnsignedString(size) + " bytes", HeaderField.SIZE);
    }
    if (get(HeaderField.L1_SIZE) < l1Needed) {
      throw refusal.corrupt(
          "L1 table is too small: " + get(HeaderField.L1_SIZE) + " entries, needed " + l1Needed,
          HeaderField.L1_SIZE);
    }
    checkReadable("L1 table", HeaderField.L1_TABLE_OFFSET, l1Bytes);
  }

  private static long ceilShift(long size, int bits) {
    return (size >>> bits) + ((size & ((1L << bits) - 1)) == 0 ? 0 : 1);
  }

  private void checkTable(String name, HeaderField field, long bytes, long max, long clusterSize)
      throws ImageException {
    if (bytes > max) {
      throw refusal.unsupported(name + " too large: " + bytes + " bytes, at most " + max, field);
    }
    checkOffset(name, field, bytes, clusterSize);
  }

  private void checkOffset(String name, HeaderField field, long bytes, long clusterSize)
      throws ImageException {
    long offset = get(field);
    if (offset < 0 || Long.MAX_VALUE - bytes < offset || offset % clusterSize != 0) {
      throw refusal.corrupt(name + " offset invalid: " + Long.toUnsignedString(offset), field);
    }
  }

  private void checkReadable(String name, HeaderField field, long bytes) throws ImageException {
    if (bytes > 0 && get(field) > MAX_FILE - bytes) {
      throw refusal.corrupt("Could not read " + name + ": byte " + get(field), field);
    }
  }

  private void checkNames(Geometry geometry, boolean hasCryptoHeader) throws ImageException {
    boolean dataFile = Feature.DATA_FILE.isSetIn(header);
    if (dataFile && area.extension(HeaderExtension.DATA_FILE_NAME).isEmpty()) {
      throw refusal.corrupt(
          "'data-file' is required for this image, and it names none",
          HeaderField.INCOMPATIBLE_FEATURES);
    }
    if (!dataFile && Feature.DATA_FILE_RAW.isSetIn(header)) {
      throw refusal.corrupt("data-file-raw requires a data file", HeaderField.AUTOCLEAR_FEATURES);
    }
    long method = get(HeaderField.CRYPT_METHOD);
    if (method > CRYPT_AES && !hasCryptoHeader) {
      throw refusal.corrupt(
          "Missing CRYPTO header for crypt method " + method, HeaderField.CRYPT_METHOD);
    }
    long backing = get(HeaderField.BACKING_FILE_OFFSET);
    long room = Math.min(HeaderArea.MAX_BACKING_NAME, geometry.clusterSize() - backing);
    if (backing != 0 && get(HeaderField.BACKING_FILE_SIZE) > room) {
      throw refusal.corrupt(
          "Backing file name too long: "
              + get(HeaderField.BACKING_FILE_SIZE)
              + " bytes, at most "
              + room,
          HeaderField.BACKING_FILE_SIZE);
    }
  }
}
