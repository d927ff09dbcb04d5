package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.FeatureName;
import io.github.qcow2tostdout.image.BitmapDirectory;
import io.github.qcow2tostdout.image.BitmapEntry;
import io.github.qcow2tostdout.image.Extension;
import io.github.qcow2tostdout.image.Validity;
import java.io.IOException;
import java.util.List;

/** What the header extensions look like in a dump, the bitmaps with all that they have. */
interface ExtensionView {
  /** The extensions. */
  void beginExtensions() throws IOException;

  /** An extension that is only its data. */
  void extension(Extension extension) throws IOException;

  /** The feature name table. */
  void featureNames(Extension extension, List<FeatureName> names) throws IOException;

  /** The bitmaps extension with its directory. */
  void beginBitmaps(Extension extension, BitmapDirectory directory) throws IOException;

  /** A bitmap. */
  void beginBitmap(BitmapEntry bitmap, BitmapValidity validity) throws IOException;

  /** An entry of the bitmap's table. */
  void bitmapTableEntry(long index, long offset, long entry, int clusterSize, Validity validity)
      throws IOException;

  void endBitmap() throws IOException;

  void endBitmaps() throws IOException;

  void endExtensions() throws IOException;
}
