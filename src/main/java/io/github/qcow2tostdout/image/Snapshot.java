package io.github.qcow2tostdout.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.SnapshotField;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * An entry of the snapshot table. Of what may be long, which is its id, its name and extra data
 * that nobody knows, only the place is held: 65536 entries may have 128 KiB each.
 *
 * @param file that it is in
 * @param offset of the entry in the file
 * @param size bytes of the entry, padding not in it
 * @param known the fixed part, for {@link SnapshotField#get} at index 0, and behind it the extra
 *     data, as far as there is some and its fields are known
 */
public record Snapshot(BoundedFile file, long offset, int size, ByteBuffer known) {
  /** The most extra data that QEMU takes. */
  static final int MAX_EXTRA = 1024;

  /** Bytes of the extra data of which the fields are known. */
  private static final int KNOWN_EXTRA = 24;

  /** The most bytes of an id or a name in a message. */
  private static final int MAX_SHOWN = 255;

  /** A field of the fixed part; those of 8 bytes may come out negative. */
  public long get(SnapshotField field) {
    return field.get(known, 0);
  }

  /** Bytes of extra data. */
  public int extraSize() {
    return (int) get(SnapshotField.EXTRA_DATA_SIZE);
  }

  /** Bytes of VM state: the extra data's number replaces the fixed part's. */
  public long vmStateSize() {
    return vmStateSizeLarge().orElse(get(SnapshotField.VM_STATE_SIZE));
  }

  /** The extra data's number of bytes of VM state; empty if the entry does not say. */
  public OptionalLong vmStateSizeLarge() {
    return extra(0);
  }

  /** Bytes of the disk; empty if the entry does not say. */
  public OptionalLong diskSize() {
    return extra(8);
  }

  /** The replay instruction count; empty if the entry does not say. */
  public OptionalLong icount() {
    return extra(16);
  }

  private OptionalLong extra(int at) {
    int from = SnapshotField.SIZE + at;
    return known.capacity() >= from + 8
        ? OptionalLong.of(known.getLong(from))
        : OptionalLong.empty();
  }

  /** Where the extra data starts of which the fields are not known. */
  public long unknownExtraOffset() {
    return offset + SnapshotField.SIZE + Math.min(KNOWN_EXTRA, extraSize() & -Long.BYTES);
  }

  /** Reads the extra data of which the fields are not known. */
  public ByteBuffer unknownExtra() throws IOException {
    long end = offset + SnapshotField.SIZE + extraSize();
    return file.readPadded(
        unknownExtraOffset(), (int) (end - unknownExtraOffset()), "extra data of a snapshot");
  }

  /** Reads its id. */
  public String id() throws IOException {
    return id(Integer.MAX_VALUE);
  }

  /** Reads its name. */
  public String name() throws IOException {
    return name(Integer.MAX_VALUE);
  }

  private String id(int most) throws IOException {
    return text(extraSize(), get(SnapshotField.ID_STR_SIZE), most);
  }

  private String name(int most) throws IOException {
    long idSize = get(SnapshotField.ID_STR_SIZE);
    return text(extraSize() + idSize, get(SnapshotField.NAME_SIZE), most);
  }

  /** What messages call it: both, of which what is too long for a message is cut off. */
  public String title() {
    try {
      return "snapshot " + id(MAX_SHOWN) + " (" + name(MAX_SHOWN) + ")";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String text(long at, long length, int most) throws IOException {
    int shown = (int) Math.min(length, most);
    ByteBuffer bytes =
        file.readPadded(offset + SnapshotField.SIZE + at, shown, "id or name of a snapshot");
    return UTF_8.decode(bytes) + (shown < length ? "…" : "");
  }

  /**
   * Reads an entry.
   *
   * @param number of the snapshot, for errors
   * @param padded whether what lies behind the end of the file is zero, as it is for QEMU
   * @throws ImageException.Unsupported if it has more extra data than QEMU takes
   * @throws ImageException.Corrupt if the file ends in it
   */
  static Snapshot read(BoundedFile file, long offset, int number, boolean padded)
      throws IOException {
    String what = "snapshot table entry " + number;
    if (!padded) {
      file.require(offset, SnapshotField.SIZE, what);
    }
    ByteBuffer known = file.readPadded(offset, SnapshotField.SIZE + KNOWN_EXTRA, what);
    long extraSize = SnapshotField.EXTRA_DATA_SIZE.get(known, 0);
    if (extraSize > MAX_EXTRA) {
      throw new ImageException.Unsupported(
          file.name(),
          "Too much extra metadata in snapshot table entry "
              + number
              + ": "
              + extraSize
              + " bytes, at most "
              + MAX_EXTRA,
          "check where the image comes from");
    }
    int rest =
        (int)
            (extraSize
                + SnapshotField.ID_STR_SIZE.get(known, 0)
                + SnapshotField.NAME_SIZE.get(known, 0));
    if (!padded) {
      file.require(offset + SnapshotField.SIZE, rest, what);
    }
    int there = SnapshotField.SIZE + (int) Math.min(KNOWN_EXTRA, extraSize);
    return new Snapshot(file, offset, SnapshotField.SIZE + rest, known.slice(0, there));
  }

  /** Where the entry behind this one starts. */
  long next() {
    return Math.addExact(offset, (size + 7L) & -8L);
  }
}
