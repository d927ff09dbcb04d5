package io.github.qcow2tostdout.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.SnapshotField;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * An entry of the snapshot table. Its id and its name, which may be long, stay in the file.
 *
 * @param offset of the entry in the file
 * @param size bytes of the entry, padding not in it
 * @param fixed the fixed part, for {@link SnapshotField#get} at index 0
 * @param extra the extra data
 */
public record Snapshot(long offset, int size, ByteBuffer fixed, ByteBuffer extra) {
  /** The most extra data that QEMU takes. */
  static final int MAX_EXTRA = 1024;

  /** Bytes of extra data that this program knows. */
  public static final int KNOWN_EXTRA = 24;

  /** What is shown of an id or a name where a message is about something else, in bytes. */
  private static final int MAX_SHOWN = 256;

  /** A field of the fixed part; those of 8 bytes may come out negative. */
  public long get(SnapshotField field) {
    return field.get(fixed, 0);
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

  /** What comes behind the extra data that is known, from index 0. */
  public ByteBuffer unknownExtra() {
    int known = Math.min(extra.capacity(), KNOWN_EXTRA);
    return extra.slice(known, extra.capacity() - known);
  }

  /** Its id; what is no UTF-8 in it is replaced. */
  public String id(BoundedFile file) throws IOException {
    return text(file, idOffset(), Integer.MAX_VALUE, SnapshotField.ID_STR_SIZE);
  }

  /** Its name; what is no UTF-8 in it is replaced. */
  public String name(BoundedFile file) throws IOException {
    return text(file, nameOffset(), Integer.MAX_VALUE, SnapshotField.NAME_SIZE);
  }

  /** What messages call it: id and name, each no longer than a line or two. */
  public String shown(BoundedFile file) throws IOException {
    return "snapshot "
        + text(file, idOffset(), MAX_SHOWN, SnapshotField.ID_STR_SIZE)
        + " ("
        + text(file, nameOffset(), MAX_SHOWN, SnapshotField.NAME_SIZE)
        + ")";
  }

  /** Where its id is in the file. */
  public long idOffset() {
    return offset + SnapshotField.SIZE + get(SnapshotField.EXTRA_DATA_SIZE);
  }

  /** Where its name is in the file. */
  public long nameOffset() {
    return idOffset() + get(SnapshotField.ID_STR_SIZE);
  }

  private String text(BoundedFile file, long at, int most, SnapshotField sizeField)
      throws IOException {
    int length = (int) get(sizeField);
    ByteBuffer bytes = file.readPadded(at, Math.min(length, most), sizeField.specName());
    return UTF_8.decode(bytes) + (length > most ? "..." : "");
  }

  /** It with no more extra data than is known, to be kept. */
  Snapshot compact() {
    int known = Math.min(extra.capacity(), KNOWN_EXTRA);
    return new Snapshot(
        offset, size, fixed, ByteBuffer.allocate(known).put(0, extra, 0, known));
  }

  private OptionalLong extra(int at) {
    return extra.capacity() >= at + 8 ? OptionalLong.of(extra.getLong(at)) : OptionalLong.empty();
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
    ByteBuffer fixed =
        padded
            ? file.readPadded(offset, SnapshotField.SIZE, what)
            : file.read(offset, SnapshotField.SIZE, what);
    long extraSize = SnapshotField.EXTRA_DATA_SIZE.get(fixed, 0);
    if (extraSize > MAX_EXTRA) {
      throw new ImageException.Unsupported(
          file.name(),
          "Too much extra metadata in snapshot table entry "
              + number
              + ": "
              + extraSize
              + " bytes, at most "
              + MAX_EXTRA,
          "qemu-img check -r all removes it, try that on a copy");
    }
    int idSize = (int) SnapshotField.ID_STR_SIZE.get(fixed, 0);
    int nameSize = (int) SnapshotField.NAME_SIZE.get(fixed, 0);
    int rest = (int) extraSize + idSize + nameSize;
    if (!padded) {
      file.checkHolds(offset + SnapshotField.SIZE, rest, what);
    }
    return new Snapshot(
        offset,
        SnapshotField.SIZE + rest,
        fixed,
        file.readPadded(offset + SnapshotField.SIZE, (int) extraSize, what));
  }

  /** Where the entry behind this one starts. */
  long next() {
    return Math.addExact(offset, (size + 7L) & -8L);
  }
}
