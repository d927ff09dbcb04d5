package io.github.qcow2tostdout.foreign;

import static java.nio.charset.StandardCharsets.UTF_16LE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Hyper-V's disk, little-endian: a table of regions, in one of them a table of metadata, among that
 * what the disk is and where its parent may be. QEMU refuses one with a parent.
 *
 * <pre>
 * regions      192 KiB and 256 KiB: "regi", at byte 8 the number of entries; from byte 16 on
 *              entries of 32 bytes: 16 identifier, 8 offset, 4 length
 * metadata     "metadata", at byte 10 the number of entries; from byte 32 on entries of 32 bytes:
 *              16 identifier, 4 offset in the region, 4 length
 * locator      at byte 18 the number of entries; from byte 20 on entries of 12 bytes:
 *              4 and 4 offsets of key and value, 2 and 2 their lengths
 * </pre>
 *
 * <p>Source: Microsoft's [MS-VHDX].
 */
final class VhdxHeader {
  static final String FORMAT = "vhdx";

  private static final long MAGIC = 0x656c696678646876L;
  private static final long[] REGION_TABLES = {192 << 10, 256 << 10};
  private static final int REGIONS_MAGIC = 0x69676572;
  private static final long METADATA_MAGIC = 0x617461646174656dL;
  private static final int TABLE = 64 << 10;
  private static final int ENTRY = 32;
  private static final int MAX_REGIONS = (TABLE - 16) / ENTRY;
  private static final int MAX_METADATA = (TABLE - ENTRY) / ENTRY;

  private static final Id METADATA_REGION = new Id(0x4b9a47908b7ca206L, 0x6e880f055f57feb8L);
  private static final Id FILE_PARAMETERS = new Id(0x4d43fa36caa16737L, 0x6be744aaf033b6b3L);
  private static final Id DISK_SIZE = new Id(0x4876cd1b2fa54224L, 0xb8f43bd8be5d11b2L);
  private static final Id PARENT_LOCATOR = new Id(0x454db30ba8d35f2dL, 0x0cab3448d8d3f7abL);
  private static final long HAS_PARENT = 2;

  private static final int LOCATOR = 64 << 10;
  private static final int MAX_VALUES = 64;

  /** Sixteen bytes as two numbers. */
  private record Id(long first, long second) {}

  private VhdxHeader() {}

  static ForeignHeader read(ImageBytes bytes) throws IOException {
    if (at(bytes, 0, Long.BYTES).getLong(0) != MAGIC) {
      return ForeignHeader.silent(FORMAT);
    }
    for (long table : REGION_TABLES) {
      ByteBuffer regions = at(bytes, table, TABLE);
      OptionalLong metadata =
          regions.getInt(0) == REGIONS_MAGIC
              ? find(regions, METADATA_REGION, 16, Math.min(regions.getInt(8), MAX_REGIONS), true)
              : OptionalLong.empty();
      if (metadata.isPresent()) {
        return ofMetadata(bytes, metadata.getAsLong());
      }
    }
    return unreadable();
  }

  private static ForeignHeader ofMetadata(ImageBytes bytes, long offset) throws IOException {
    if (offset < 0 || offset > bytes.size()) {
      return unreadable();
    }
    ByteBuffer table = at(bytes, offset, TABLE);
    int count = Math.min(Short.toUnsignedInt(table.getShort(10)), MAX_METADATA);
    if (table.getLong(0) != METADATA_MAGIC) {
      return unreadable();
    }
    OptionalLong size = find(table, DISK_SIZE, ENTRY, count, false);
    OptionalLong parameters = find(table, FILE_PARAMETERS, ENTRY, count, false);
    OptionalLong locator = find(table, PARENT_LOCATOR, ENTRY, count, false);
    if (parameters.isEmpty()) {
      return unreadable();
    }
    ForeignHeader plain =
        ForeignHeader.of(
            FORMAT,
            List.of(),
            size.isPresent()
                ? OptionalLong.of(at(bytes, offset + size.getAsLong(), Long.BYTES).getLong(0))
                : OptionalLong.empty(),
            false);
    boolean parent =
        (at(bytes, offset + parameters.getAsLong(), Long.BYTES).getInt(4) & HAS_PARENT) != 0;
    if (!parent && locator.isEmpty()) {
      return plain;
    }
    return new BackingName(
            Optional.of(
                new NamedFile(
                    NamedFile.Role.BACKING,
                    locator.isPresent()
                        ? parentName(bytes, offset + locator.getAsLong())
                        : "without a name",
                    Optional.of(FORMAT),
                    offset + locator.orElse(0))),
            Optional.of("it is a difference to a parent, which QEMU does not read"))
        .in(plain);
  }

  /** Nothing is known of it then, not even that it names nothing. */
  private static ForeignHeader unreadable() {
    return ForeignHeader.silent(FORMAT).because("its metadata is not where it should be");
  }

  /** The offset in the entry of an identifier. */
  private static OptionalLong find(ByteBuffer table, Id id, int start, int count, boolean wide) {
    for (int i = 0; i < count; i++) {
      int entry = start + i * ENTRY;
      if (new Id(table.getLong(entry), table.getLong(entry + Long.BYTES)).equals(id)) {
        return OptionalLong.of(
            wide ? table.getLong(entry + 16) : Integer.toUnsignedLong(table.getInt(entry + 16)));
      }
    }
    return OptionalLong.empty();
  }

  /** The paths of a parent locator, with their keys. */
  private static String parentName(ImageBytes bytes, long offset) throws IOException {
    ByteBuffer locator = at(bytes, offset, LOCATOR);
    StringBuilder names = new StringBuilder();
    int count = Math.min(Short.toUnsignedInt(locator.getShort(18)), MAX_VALUES);
    for (int entry = 20; entry < 20 + count * 12; entry += 12) {
      String key = text(locator, locator.getInt(entry), locator.getShort(entry + 8));
      if (key.endsWith("path")) {
        names
            .append(names.isEmpty() ? "" : ", ")
            .append(text(locator, locator.getInt(entry + 4), locator.getShort(entry + 10)));
      }
    }
    return names.isEmpty() ? "without a name" : names.toString();
  }

  private static String text(ByteBuffer locator, int offset, short length) {
    int end = Short.toUnsignedInt(length);
    return offset < 0 || offset > LOCATOR - end
        ? ""
        : UTF_16LE.decode(locator.slice(offset, end)).toString();
  }

  private static ByteBuffer at(ImageBytes bytes, long offset, int length) throws IOException {
    return bytes.read(offset, length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
