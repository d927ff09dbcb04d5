package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.format.BitmapTableEntry;
import io.github.qcow2tostdout.format.FeatureName;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.BitmapDirectory;
import io.github.qcow2tostdout.image.BitmapEntry;
import io.github.qcow2tostdout.image.Extension;
import io.github.qcow2tostdout.image.HeaderArea;
import io.github.qcow2tostdout.image.TableBudget;
import io.github.qcow2tostdout.image.TableReader;
import io.github.qcow2tostdout.image.Validity;
import java.io.IOException;
import java.util.Optional;

/** Dumps the header extensions, the bitmaps with all that they have. */
final class ExtensionSection {
  private final Target target;
  private final ExtensionView view;
  private final HeaderArea area;
  private final DumpParts parts;
  private final TableReader reader;

  private final TableBudget budget;

  ExtensionSection(Target target, HeaderArea area, DumpParts parts) {
    this.target = target;
    view = target.view().extensions();
    this.area = area;
    this.parts = parts;
    reader = new TableReader(target.file());
    budget = TableBudget.of(target.file());
  }

  void show() throws IOException {
    view.beginExtensions();
    for (Extension extension : area.extensions()) {
      if (parts.allExtensions() || extension.type() == HeaderExtension.BITMAPS) {
        show(extension);
      }
    }
    if (area.extensionProblem().isPresent()) {
      long end = target.header().get(HeaderField.HEADER_LENGTH);
      for (Extension extension : area.extensions()) {
        end = extension.end();
      }
      target.problem("header extension", end, area.extensionProblem().get());
    }
    view.endExtensions();
  }

  private void show(Extension extension) throws IOException {
    Optional<Extension> there = extension.upTo(target.fileSize());
    boolean isWhole = there.isPresent() && there.get().data().capacity() == extension.length();
    if (there.isEmpty()) {
      // Not even its length is there.
    } else if (extension.type() == HeaderExtension.FEATURE_NAME_TABLE) {
      view.featureNames(extension, FeatureName.readTable(there.get().data()));
    } else if (isWhole && extension.type() == HeaderExtension.BITMAPS) {
      bitmaps(extension);
    } else {
      view.extension(there.get());
    }
    if (!isWhole) {
      target.problem("header extension", extension.offset(), "the file ends in it");
    }
  }

  private void bitmaps(Extension extension) throws IOException {
    BitmapDirectory directory;
    try {
      directory = BitmapDirectory.read(target.file(), extension);
    } catch (ImageException e) {
      view.extension(extension);
      target.problem(
          "bitmaps extension", extension.offset(), "its length is " + extension.length());
      return;
    }
    view.beginBitmaps(extension, directory);
    for (BitmapEntry bitmap : directory.bitmaps()) {
      view.beginBitmap(bitmap, new BitmapValidity(target, bitmap));
      table(bitmap);
      view.endBitmap();
    }
    if (directory.problem().isPresent()) {
      target.problem("bitmap directory", directory.offset(), directory.problem().get());
    } else if (directory.nbBitmaps() != directory.bitmaps().size()) {
      target.problem(
          "bitmap directory",
          directory.offset(),
          "it has "
              + directory.bitmaps().size()
              + " bitmaps, the extension says "
              + directory.nbBitmaps());
    }
    view.endBitmaps();
  }

  private void table(BitmapEntry bitmap) throws IOException {
    long offset = bitmap.get(BitmapField.BITMAP_TABLE_OFFSET);
    long entries = bitmap.get(BitmapField.BITMAP_TABLE_SIZE);
    String what = "bitmap table of '" + Printable.escaped(bitmap.title()) + "'";
    long there = target.readable(what, offset, entries, entries);
    if (budget.take(there) < there) {
      target.problem(what, offset, "bitmap tables overlap; no more of them are read");
      return;
    }
    reader.forEach(
        what,
        offset,
        there,
        TableReader.ENTRY_SIZE,
        (index, at, entry, none) ->
            view.bitmapTableEntry(index, at, entry, target.clusterSize(), validity(entry)));
  }

  private Validity validity(long entry) {
    return Validity.of(
        (entry & BitmapTableEntry.RESERVED) == 0
            && switch (BitmapTableEntry.type(entry)) {
              case ALL_ONES, ALL_ZEROES -> true;
              case INVALID -> false;
              case SERIALIZED -> target.isCluster(TableEntry.hostOffset(entry));
            });
  }
}
