package io.github.qcow2tostdout.format;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/**
 * A header extension.
 *
 * <pre>
 * byte  0 - 3   type
 *       4 - 7   length of the data, the padding not in it
 *       8 - n   data, then zeroes up to a multiple of 8
 * </pre>
 *
 * <p>Source: qcow2 specification, "Header extensions".
 */
public final class HeaderExtension {
  /** Ends the extensions; has no data. */
  public static final int END = 0;

  /** A table of names of feature bits, for messages about unknown ones. */
  public static final int FEATURE_NAME_TABLE = 0x6803f857;

  /** The name of the external data file. */
  public static final int DATA_FILE_NAME = 0x44415441;

  /** The name of the backing file's format. */
  public static final int BACKING_FORMAT = 0xe2792aca;

  /** Where the bitmap directory is. */
  public static final int BITMAPS = 0x23852875;

  /** Where the crypto header is. */
  public static final int CRYPTO_HEADER = 0x0537be77;

  /** Bytes of type and length, before the data. */
  public static final int PREFIX_SIZE = 8;

  /** Where the length is. */
  public static final int LENGTH_OFFSET = 4;

  private static final int FEATURE_NAME_ENTRY_SIZE = 48;

  private final int type;
  private final byte[] data;

  private HeaderExtension(int type, byte[] data) {
    this.type = type;
    this.data = data;
  }

  /** The end of the extensions. */
  public static HeaderExtension end() {
    return new HeaderExtension(END, new byte[0]);
  }

  /** The name of the external data file, in UTF-8. */
  public static HeaderExtension dataFileName(String name) {
    return new HeaderExtension(DATA_FILE_NAME, name.getBytes(UTF_8));
  }

  /** Where the bitmap directory is. */
  public static HeaderExtension bitmaps(int count, long directorySize, long directoryOffset) {
    ByteBuffer data = ByteBuffer.allocate(BitmapsField.SIZE);
    BitmapsField.NB_BITMAPS.put(data, count);
    BitmapsField.BITMAP_DIRECTORY_SIZE.put(data, directorySize);
    BitmapsField.BITMAP_DIRECTORY_OFFSET.put(data, directoryOffset);
    return new HeaderExtension(BITMAPS, data.array());
  }

  /** The name of the backing file's format, in ASCII. */
  public static HeaderExtension backingFormat(String format) {
    return new HeaderExtension(BACKING_FORMAT, format.getBytes(US_ASCII));
  }

  /**
   * The names of all features that QEMU knows, for each one byte of kind, one byte of bit number,
   * 46 bytes of name.
   */
  public static HeaderExtension featureNameTable() {
    Feature[] features = Feature.values();
    ByteBuffer table = ByteBuffer.allocate(features.length * FEATURE_NAME_ENTRY_SIZE);
    int start = 0;
    for (Feature feature : features) {
      table.put(start, (byte) feature.kind().number());
      table.put(start + 1, (byte) feature.bit());
      table.put(start + 2, feature.specName().getBytes(US_ASCII));
      start += FEATURE_NAME_ENTRY_SIZE;
    }
    return new HeaderExtension(FEATURE_NAME_TABLE, table.array());
  }

  /** Bytes that the extension takes, padding in it. */
  public long size() {
    return size(data.length);
  }

  /** Bytes that an extension with so many bytes of data takes, padding in it. */
  public static long size(long length) {
    return PREFIX_SIZE + Math.ceilDiv(length, 8L) * 8;
  }

  /** Writes {@link #size()} bytes at the position of a zeroed buffer and moves behind them. */
  public void write(ByteBuffer cluster) {
    int end = Math.toIntExact(cluster.position() + size());
    cluster.putInt(type).putInt(data.length).put(data).position(end);
  }
}
