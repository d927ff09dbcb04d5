package io.github.qcow2tostdout.report;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.L2Format;
import io.github.qcow2tostdout.image.Validity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;

/**
 * Lines of the L2 entries that a large image has most of: clusters that are allocated, valid and
 * used once. Such a line is a copy of one that was made before, into which its numbers are put;
 * that takes half the time of making it.
 */
final class NormalRows {
  private static final byte[] TAIL = TextOut.encoded(" copied\n");

  private final TextOut out;
  private final Lines lines;

  /** What lines start with, up to the host offset's digits, by how many digits the index has. */
  private final byte[][] heads = new byte[Digits.MAX + 1][];

  /** Bytes in front of the index. */
  private int indexAt;

  NormalRows(TextOut out, Lines lines) {
    this.out = out;
    this.lines = lines;
  }

  /** Whether the line of an entry is one of these. */
  static boolean has(L2Row row) {
    return row.kind() == L2Format.Kind.NORMAL
        && row.validity() == Validity.VALID
        && TableEntry.isCopied(row.entry())
        && !row.format().extended();
  }

  /** Writes the line of an entry that {@link #has} is true of. */
  void write(L2Row row) throws IOException {
    int digits = Digits.count(row.index());
    byte[] head = heads[digits];
    if (head == null) {
      head = head(row);
      heads[digits] = head;
    }
    out.start(head, TAIL.length);
    if (lines.hasOffsets()) {
      out.hexInside(0, row.offset());
    }
    out.decimalInside(indexAt + digits, row.index());
    out.end(head.length).hexNumber(TableEntry.hostOffset(row.entry())).ascii(TAIL);
  }

  private byte[] head(L2Row row) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TextOut line = new TextOut(new ReportOutput(Channels.newChannel(bytes)));
    new TextTables(line, lines.on(line), true).anyL2Entry(row, 1);
    line.flush();
    String text = bytes.toString(US_ASCII);
    indexAt = text.indexOf('[') + 1;
    return TextOut.encoded(text.substring(0, text.lastIndexOf("0x") + 2));
  }
}
