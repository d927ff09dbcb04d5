package io.github.qcow2tostdout.luks;

import java.nio.ByteBuffer;

/**
 * One of the places in a header that each have the key of the disk, for another password.
 *
 * <pre>
 * byte  0 -  3   whether it is in use
 *       4 -  7   iterations
 *       8 - 39   salt
 *      40 - 43   first sector of the key material
 *      44 - 47   stripes of that
 * </pre>
 *
 * @param number from 0 on
 * @param active whether it is in use
 * @param iterations of PBKDF2
 * @param salt of that
 * @param sector where its key material starts
 */
record KeySlot(int number, boolean active, long iterations, byte[] salt, long sector) {
  static final int COUNT = 8;
  static final int SIZE = 48;

  /** What all headers have. */
  static final int STRIPES = 4000;

  static final long ACTIVE = 0x00ac71f3;
  static final long INACTIVE = 0x0000dead;
  private static final int SALT_SIZE = 32;
  private static final int ITERATIONS = 4;
  private static final int SALT = 8;
  private static final int SECTOR = 40;
  private static final int STRIPE_COUNT = 44;

  /**
   * Reads one.
   *
   * @throws LuksHeader.Damaged if it can't be one
   */
  static KeySlot read(ByteBuffer header, int number) throws LuksHeader.Damaged {
    int at = LuksField.KEY_SLOTS.offset() + number * SIZE;
    long active = unsigned(header, at);
    if (active != ACTIVE && active != INACTIVE) {
      throw new LuksHeader.Damaged("key slot " + number + " is neither in use nor free");
    }
    long stripes = unsigned(header, at + STRIPE_COUNT);
    if (stripes != STRIPES) {
      throw new LuksHeader.Damaged(
          "key slot " + number + " has " + stripes + " stripes, expected " + STRIPES);
    }
    long iterations = unsigned(header, at + ITERATIONS);
    if (active == ACTIVE && iterations == 0) {
      throw new LuksHeader.Damaged("key slot " + number + " has 0 iterations");
    }
    byte[] salt = new byte[SALT_SIZE];
    header.get(at + SALT, salt);
    return new KeySlot(number, active == ACTIVE, iterations, salt, unsigned(header, at + SECTOR));
  }

  /** What a header says of one. */
  static LuksDescription.Slot describe(ByteBuffer header, int number) {
    int at = LuksField.KEY_SLOTS.offset() + number * SIZE;
    return new LuksDescription.Slot(
        unsigned(header, at) == ACTIVE,
        unsigned(header, at + ITERATIONS),
        unsigned(header, at + STRIPE_COUNT),
        unsigned(header, at + SECTOR) * SectorCipher.SECTOR);
  }

  private static long unsigned(ByteBuffer header, int at) {
    return Integer.toUnsignedLong(header.getInt(at));
  }

  /** Writes it. */
  void write(ByteBuffer header) {
    int at = LuksField.KEY_SLOTS.offset() + number * SIZE;
    header
        .putInt(at, (int) (active ? ACTIVE : INACTIVE))
        .putInt(at + ITERATIONS, (int) iterations)
        .put(at + SALT, salt)
        .putInt(at + SECTOR, (int) sector)
        .putInt(at + STRIPE_COUNT, STRIPES);
  }

  /** One that is free. */
  static KeySlot free(int number, long sector) {
    return new KeySlot(number, false, 0, new byte[SALT_SIZE], sector);
  }
}
