package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.format.BitmapFlag;
import io.github.qcow2tostdout.format.BitmapTableEntry;
import io.github.qcow2tostdout.format.FeatureName;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.BitmapDirectory;
import io.github.qcow2tostdout.image.BitmapEntry;
import io.github.qcow2tostdout.image.Extension;
import io.github.qcow2tostdout.image.Validity;
import java.io.IOException;
import java.util.List;

/** The header extensions as JSON, with the keys of QEMU's {@code qcow2.py}. */
final class JsonExtensions implements ExtensionView {
  private final JsonWriter json;
  private final JsonColumns columns;

  JsonExtensions(JsonWriter json, JsonColumns columns) {
    this.json = json;
    this.columns = columns;
  }

  @Override
  public void beginExtensions() throws IOException {
    json.beginArray("extensions");
  }

  private void extensionStart(Extension extension) throws IOException {
    json.beginObject();
    json.text("name", extension.typeName());
    json.number("magic", Integer.toUnsignedLong(extension.type()));
    json.number("length", extension.length());
  }

  @Override
  public void extension(Extension extension) throws IOException {
    extensionStart(extension);
    json.text("data_str", Printable.quoted(extension.data()));
    json.endObject();
  }

  @Override
  public void featureNames(Extension extension, List<FeatureName> names) throws IOException {
    extensionStart(extension);
    json.beginArray("data");
    for (FeatureName name : names) {
      json.beginRow();
      json.text("type", name.kindName());
      json.number("bit", name.bit());
      json.text("name", name.name());
      json.endObject();
    }
    json.endArray();
    json.endObject();
  }

  @Override
  public void beginBitmaps(Extension extension, BitmapDirectory directory) throws IOException {
    extensionStart(extension);
    json.beginObject("data");
    json.number("nb_bitmaps", directory.nbBitmaps());
    json.number("reserved32", directory.reserved());
    json.number("bitmap_directory_size", directory.size());
    json.number("bitmap_directory_offset", directory.offset());
    json.beginArray("bitmap_directory");
  }

  @Override
  public void beginBitmap(BitmapEntry bitmap, BitmapValidity validity) throws IOException {
    json.beginObject();
    json.text("name", bitmap.name());
    for (BitmapField field : BitmapField.values()) {
      json.number(field.specName(), bitmap.get(field));
    }
    json.beginArray("flag_names");
    for (String name : BitmapFlag.names(bitmap.get(BitmapField.FLAGS))) {
      json.text(name);
    }
    json.endArray();
    columns.invalid(
        "invalid_fields", List.of(BitmapField.values()), validity::of, BitmapField::specName);
    json.beginArray("bitmap_table");
  }

  @Override
  public void bitmapTableEntry(
      long index, long offset, long entry, int clusterSize, Validity validity) throws IOException {
    json.beginObject();
    json.text("type", BitmapTableEntry.type(entry).specName());
    json.number("offset", TableEntry.hostOffset(entry));
    json.number("reserved", entry & BitmapTableEntry.RESERVED);
    columns.valid(validity);
    json.endObject();
  }

  @Override
  public void endBitmap() throws IOException {
    json.endArray();
    json.endObject();
  }

  @Override
  public void endBitmaps() throws IOException {
    json.endArray();
    json.endObject();
    json.endObject();
  }

  @Override
  public void endExtensions() throws IOException {
    json.endArray();
  }
}
