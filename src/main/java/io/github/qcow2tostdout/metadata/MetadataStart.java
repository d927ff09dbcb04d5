package io.github.qcow2tostdout.metadata;

import io.github.qcow2tostdout.format.ImageException;
import java.nio.ByteBuffer;

/**
 * What a file of metadata starts with; docs/metadata.md has all of it.
 *
 * <pre>
 *  0  8  magic
 *  8  4  version
 * 12  4  flags; bit 0: names are blanked
 * 16  8  bytes of the image's file
 * 24  8  bytes of all pieces
 * 32  8  how many pieces
 * 40  4  words between a word and the one that it is the difference to: 1 or 2
 * 44  4  0
 * </pre>
 *
 * @param flags see above
 * @param fileSize bytes of the image's file
 * @param kept bytes of all pieces
 * @param pieces how many
 * @param step words between a word and the one that it is the difference to
 */
record MetadataStart(int flags, long fileSize, long kept, long pieces, int step) {
  /** In ASCII. */
  static final long MAGIC = 0x71636f77_326d6574L; // qcow2met

  static final int VERSION = 1;
  static final int SIZE = 48;

  /** Bytes in front of each piece: where it starts, and how long it is. */
  static final int PIECE_PREFIX = 2 * Long.BYTES;

  static final int NAMES_BLANKED = 1;

  /** The most that is coded at once: a multiple of the words that differences are made of. */
  static final int PART = 64 << 10;

  private static final int MAX_STEP = 2;

  /** What to do with what can't be read. */
  static final String REMEDY = "get a whole copy, or have it made again";

  /** Its bytes, from index 0. */
  ByteBuffer toBytes() {
    return ByteBuffer.allocate(SIZE)
        .putLong(MAGIC)
        .putInt(VERSION)
        .putInt(flags)
        .putLong(fileSize)
        .putLong(kept)
        .putLong(pieces)
        .putInt(step)
        .putInt(0)
        .flip();
  }

  /**
   * Reads one.
   *
   * @param name of the file, for errors
   * @throws ImageException if it can't be right
   */
  static MetadataStart read(ByteBuffer bytes, String name) throws ImageException {
    if (bytes.getLong() != MAGIC) {
      throw new ImageException.Corrupt(name, "it does not begin as metadata does", REMEDY);
    }
    int version = bytes.getInt();
    if (version != VERSION) {
      throw new ImageException.Unsupported(
          name,
          "version " + Integer.toUnsignedString(version) + " of the format",
          "use a newer program");
    }
    MetadataStart start =
        new MetadataStart(
            bytes.getInt(), bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getInt());
    boolean right =
        (start.flags & ~NAMES_BLANKED) == 0
            && start.fileSize > 0
            && start.kept > 0
            && start.kept <= start.fileSize
            && start.pieces > 0
            && start.pieces <= start.kept
            && start.step >= 1
            && start.step <= MAX_STEP
            && bytes.getInt() == 0;
    if (!right) {
      throw new ImageException.Corrupt(name, "its first 48 bytes contradict each other", REMEDY);
    }
    return start;
  }
}
