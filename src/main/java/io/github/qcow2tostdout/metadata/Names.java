package io.github.qcow2tostdout.metadata;

import io.github.qcow2tostdout.format.SnapshotField;
import io.github.qcow2tostdout.image.BitmapEntry;
import io.github.qcow2tostdout.image.Snapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the names of an image are, and what is written in their place: a number of the same length.
 * The same name gets the same number, since names that differ must go on to.
 */
final class Names {
  /** Keeps them all. */
  static final Names KEPT = new Names(false);

  private static final String DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";
  private static final byte FILLER = '-';

  /** What stands for zeroes. */
  private static final int ZEROES = -1;

  /** Bytes of a digest that two names share by chance no sooner than a disk lies. */
  private static final int KEY = 16;

  /** The longest id that is only a number. */
  private static final int MAX_NUMBER = 20;

  /**
   * A name.
   *
   * @param length bytes of it
   * @param number that stands for it, or {@link #ZEROES}
   */
  private record Blank(int length, int number) {}

  private final boolean blanked;
  private final TreeMap<Long, Blank> blanks = new TreeMap<>();
  private final Map<ByteBuffer, Integer> numbers = new HashMap<>();
  private final Map<Integer, Integer> counts = new HashMap<>();

  private Names(boolean blanked) {
    this.blanked = blanked;
  }

  /** Nothing has been named yet. */
  static Names blanked() {
    return new Names(true);
  }

  /** Whether names are replaced. */
  boolean areBlanked() {
    return blanked;
  }

  /** A name somewhere in the file. */
  void name(long offset, ByteBuffer name) {
    if (blanked && name.capacity() > 0) {
      blanks.put(offset, new Blank(name.capacity(), number(name)));
    }
  }

  /** Bytes of which nobody here knows what they say. */
  void unknown(long offset, int length) {
    if (blanked && length > 0) {
      blanks.put(offset, new Blank(length, ZEROES));
    }
  }

  /** The name of a bitmap. */
  void bitmap(BitmapEntry bitmap) throws IOException {
    if (blanked) {
      name(bitmap.nameOffset(), bitmap.nameBytes());
    }
  }

  /** The name of a snapshot; its id too, unless it is a number, as QEMU gives it. */
  void snapshot(Snapshot snapshot) throws IOException {
    if (!blanked) {
      return;
    }
    long at = snapshot.offset() + SnapshotField.SIZE + snapshot.extraSize();
    int idSize = (int) snapshot.get(SnapshotField.ID_STR_SIZE);
    ByteBuffer id = snapshot.file().readPadded(at, idSize, "id of a snapshot");
    if (!isNumber(id)) {
      name(at, id);
    }
    int nameSize = (int) snapshot.get(SnapshotField.NAME_SIZE);
    name(at + idSize, snapshot.file().readPadded(at + idSize, nameSize, "name of a snapshot"));
    if (snapshot.hasUnknownExtra()) {
      unknown(snapshot.unknownExtraOffset(), snapshot.unknownExtra().capacity());
    }
  }

  private static boolean isNumber(ByteBuffer id) {
    boolean number = id.capacity() <= MAX_NUMBER;
    for (int i = 0; number && i < id.capacity(); i++) {
      number = id.get(i) >= '0' && id.get(i) <= '9';
    }
    return number;
  }

  private int number(ByteBuffer name) {
    byte[] digest;
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(name.duplicate().rewind());
      digest = sha.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    return numbers.computeIfAbsent(
        ByteBuffer.wrap(digest, 0, KEY).slice(),
        key -> counts.merge(name.capacity(), 1, Integer::sum) - 1);
  }

  /** Replaces the names in bytes of the file. */
  void apply(ByteBuffer bytes, long at) {
    long end = at + bytes.capacity();
    Map.Entry<Long, Blank> before = blanks.lowerEntry(at);
    if (before != null) {
      replace(bytes, at, before.getKey(), before.getValue());
    }
    for (Map.Entry<Long, Blank> blank : blanks.subMap(at, end).entrySet()) {
      replace(bytes, at, blank.getKey(), blank.getValue());
    }
  }

  private static void replace(ByteBuffer bytes, long at, long from, Blank blank) {
    int left = blank.number();
    for (int i = blank.length() - 1; i >= 0; i--) {
      byte replacement = 0;
      if (blank.number() != ZEROES) {
        boolean digit = left > 0 || i == blank.length() - 1;
        replacement = digit ? (byte) DIGITS.charAt(left % DIGITS.length()) : FILLER;
        left /= DIGITS.length();
      }
      long place = from + i - at;
      if (place >= 0 && place < bytes.capacity()) {
        bytes.put((int) place, replacement);
      }
    }
  }
}
