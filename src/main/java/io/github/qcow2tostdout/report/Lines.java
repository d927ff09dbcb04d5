package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.image.Validity;
import java.io.IOException;

/**
 * Lines of a name, padded to 25 columns, and a value; before them a column for the offset and one
 * for validity, if they are wanted.
 */
final class Lines {
  private static final int NAME_WIDTH = 25;
  private static final int OFFSET_DIGITS = 16;

  private final TextOut out;
  private final boolean offsets;
  private final boolean validity;

  Lines(TextOut out, boolean offsets, boolean validity) {
    this.out = out;
    this.offsets = offsets;
    this.validity = validity;
  }

  /** The same columns, elsewhere. */
  Lines on(TextOut other) {
    return new Lines(other, offsets, validity);
  }

  /** Whether lines start with an offset. */
  boolean hasOffsets() {
    return offsets;
  }

  /** Starts the line above those of a structure. */
  TextOut title(String structure, long offset) throws IOException {
    return out.text(structure).text(" at ").hex(offset).text(", ");
  }

  /** Starts a line of what is at an offset. */
  TextOut start(long offset, Validity valid) throws IOException {
    if (offsets) {
      out.hexDigits(offset, OFFSET_DIGITS).put(':').put(' ');
    }
    return mark(valid);
  }

  /** Starts a line of what is not in the file. */
  TextOut startWithout(Validity valid) throws IOException {
    if (offsets) {
      out.pad(out.position(), OFFSET_DIGITS + 2);
    }
    return mark(valid);
  }

  /** Starts a line with a name; the value comes next. */
  TextOut field(long offset, Validity valid, String name) throws IOException {
    start(offset, valid);
    return name(name);
  }

  /** A name behind the columns. */
  TextOut name(String name) throws IOException {
    long from = out.position();
    return out.text(name).pad(from, NAME_WIDTH).put(' ');
  }

  /** A name with an index, as in {@code l1[5]}. */
  TextOut name(byte[] name, long index) throws IOException {
    long from = out.position();
    return out.ascii(name).put('[').decimal(index).put(']').pad(from, NAME_WIDTH + 1);
  }

  /** A name with a range of indexes, as in {@code l1[5-7]}. */
  TextOut name(String name, long first, long last) throws IOException {
    long from = out.position();
    out.text(name).put('[').decimal(first).put('-').decimal(last).put(']');
    return out.pad(from, NAME_WIDTH).put(' ');
  }

  private TextOut mark(Validity valid) throws IOException {
    if (validity) {
      out.put(
              switch (valid) {
                case VALID -> '+';
                case INVALID -> '-';
                case NO_OPINION -> ' ';
              })
          .put(' ');
    }
    return out;
  }
}
