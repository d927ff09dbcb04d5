package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.format.BitmapFlag;
import io.github.qcow2tostdout.format.BitmapTableEntry;
import io.github.qcow2tostdout.format.BitmapsField;
import io.github.qcow2tostdout.format.FeatureName;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.BitmapDirectory;
import io.github.qcow2tostdout.image.BitmapEntry;
import io.github.qcow2tostdout.image.Extension;
import io.github.qcow2tostdout.image.Validity;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** The header extensions as text, in the layout of QEMU's {@code qcow2.py}. */
final class TextExtensions implements ExtensionView {
  private static final int INDEX_WIDTH = 14;
  private static final int TYPE_WIDTH = 15;
  private static final int SIZE_WIDTH = 12;

  private final TextOut out;
  private final Lines lines;

  TextExtensions(TextOut out, Lines lines) {
    this.out = out;
    this.lines = lines;
  }

  @Override
  public void beginExtensions() {}

  private void extensionStart(Extension extension) throws IOException {
    long at = extension.offset();
    out.text("Header extension:").line();
    lines
        .field(at, Validity.NO_OPINION, "magic")
        .hex(Integer.toUnsignedLong(extension.type()))
        .text(" (" + extension.typeName() + ")")
        .line();
    lines
        .field(extension.lengthOffset(), Validity.NO_OPINION, "length")
        .decimal(extension.length())
        .line();
  }

  @Override
  public void extension(Extension extension) throws IOException {
    extensionStart(extension);
    lines
        .field(extension.dataOffset(), Validity.NO_OPINION, "data")
        .text(Printable.escaped(Printable.quoted(extension.data())))
        .line();
    out.line();
  }

  @Override
  public void featureNames(Extension extension, List<FeatureName> names) throws IOException {
    extensionStart(extension);
    long at = extension.dataOffset();
    for (FeatureName name : names) {
      lines
          .field(at, Validity.NO_OPINION, name.kindName() + " bit " + name.bit())
          .text(Printable.escaped(name.name()))
          .line();
      at += FeatureName.SIZE;
    }
    out.line();
  }

  @Override
  public void beginBitmaps(Extension extension, BitmapDirectory directory) throws IOException {
    extensionStart(extension);
    long at = extension.dataOffset();
    lines
        .field(
            at + BitmapsField.NB_BITMAPS.offset(),
            Validity.of(
                directory.nbBitmaps() > 0 && directory.nbBitmaps() <= BitmapDirectory.MAX_BITMAPS),
            BitmapsField.NB_BITMAPS.specName())
        .decimal(directory.nbBitmaps())
        .line();
    lines
        .field(
            at + BitmapsField.RESERVED32.offset(),
            Validity.of(directory.reserved() == 0),
            BitmapsField.RESERVED32.specName())
        .decimal(directory.reserved())
        .line();
    Validity readable = Validity.of(directory.problem().isEmpty());
    field(at, BitmapsField.BITMAP_DIRECTORY_SIZE, readable).hex(directory.size()).line();
    field(at, BitmapsField.BITMAP_DIRECTORY_OFFSET, readable).hex(directory.offset()).line();
  }

  private TextOut field(long data, BitmapsField field, Validity validity) throws IOException {
    return lines.field(data + field.offset(), validity, field.specName());
  }

  @Override
  public void beginBitmap(BitmapEntry bitmap, BitmapValidity validity) throws IOException {
    out.line();
    lines
        .field(bitmap.nameOffset(), Validity.NO_OPINION, "Bitmap name")
        .text(Printable.escaped(bitmap.name()))
        .line();
    for (BitmapField field : BitmapField.values()) {
      long value = bitmap.get(field);
      lines.field(bitmap.offset() + field.offset(), validity.of(field), field.specName());
      switch (field) {
        case BITMAP_TABLE_OFFSET -> out.hex(value);
        case FLAGS -> out.hex(value).text(" (" + flags(value) + ")");
        default -> out.decimal(value);
      }
      out.line();
    }
    lines.startWithout(Validity.NO_OPINION);
    bitmapRow("Bitmap table", "type", "size").text("offset").line();
  }

  private static String flags(long flags) {
    return BitmapFlag.names(flags).stream()
        .map(name -> "'" + name + "'")
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private TextOut bitmapRow(String index, String type, String size) throws IOException {
    long from = out.position();
    out.text(index).pad(from, INDEX_WIDTH).put(' ');
    out.text(type).pad(from, INDEX_WIDTH + 1 + TYPE_WIDTH).put(' ');
    return out.text(size).pad(from, INDEX_WIDTH + TYPE_WIDTH + SIZE_WIDTH + 2).put(' ');
  }

  @Override
  public void bitmapTableEntry(
      long index, long offset, long entry, int clusterSize, Validity validity) throws IOException {
    BitmapTableEntry.Type type = BitmapTableEntry.type(entry);
    lines.start(offset, validity);
    bitmapRow(
            Long.toString(index),
            type.specName(),
            type == BitmapTableEntry.Type.SERIALIZED ? Integer.toString(clusterSize) : "0")
        .decimal(TableEntry.hostOffset(entry))
        .line();
  }

  @Override
  public void endBitmap() {}

  @Override
  public void endBitmaps() throws IOException {
    out.line();
  }

  @Override
  public void endExtensions() {}
}
