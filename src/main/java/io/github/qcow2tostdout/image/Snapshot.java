package io.github.qcow2tostdout.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.SnapshotField;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * An entry of the snapshot table.
 *
 * @param offset of the entry in the file
 * @param size bytes of the entry, padding not in it
 * @param fixed the fixed part, for {@link SnapshotField#get} at index 0
 * @param extra the extra data
 * @param id its id
 * @param name its name
 */
public record Snapshot(
    long offset, int size, ByteBuffer fixed, ByteBuffer extra, String id, String name) {
  /** The most extra data that QEMU takes. */
  static final int MAX_EXTRA = 1024;

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
          "check where the image comes from");
    }
    int idSize = (int) SnapshotField.ID_STR_SIZE.get(fixed, 0);
    int nameSize = (int) SnapshotField.NAME_SIZE.get(fixed, 0);
    int rest = (int) extraSize + idSize + nameSize;
    ByteBuffer variable =
        padded
            ? file.readPadded(offset + SnapshotField.SIZE, rest, what)
            : file.read(offset + SnapshotField.SIZE, rest, what);
    return new Snapshot(
        offset,
        SnapshotField.SIZE + rest,
        fixed,
        variable.slice(0, (int) extraSize),
        UTF_8.decode(variable.slice((int) extraSize, idSize)).toString(),
        UTF_8.decode(variable.slice((int) extraSize + idSize, nameSize)).toString());
  }

  /** Where the entry behind this one starts. */
  long next() {
    return Math.addExact(offset, (size + 7L) & -8L);
  }
}
