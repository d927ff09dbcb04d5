package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.CryptoField;
import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import java.io.IOException;
import java.util.Optional;

/** What QEMU refuses of the header extensions; where those lead that it takes. */
final class ExtensionRules {
  private static final int MAX_FORMAT_NAME = 15;

  private final BoundedFile file;
  private final HeaderArea area;
  private final Geometry geometry;
  private final Refusal refusal;
  private Optional<OpenedImage.CryptoHeader> crypto = Optional.empty();
  private Optional<BitmapDirectory> bitmaps = Optional.empty();

  ExtensionRules(BoundedFile file, HeaderArea area, Geometry geometry, Refusal refusal) {
    this.file = file;
    this.area = area;
    this.geometry = geometry;
    this.refusal = refusal;
  }

  /** Where the crypto header is, if there is one. */
  Optional<OpenedImage.CryptoHeader> crypto() {
    return crypto;
  }

  /** The bitmaps, if there are any and they are to be believed. */
  Optional<BitmapDirectory> bitmaps() {
    return bitmaps;
  }

  /** Looks at all of them, in their order. */
  void check() throws IOException {
    for (Extension extension : area.extensions()) {
      switch (extension.type()) {
        case HeaderExtension.BACKING_FORMAT -> {
          if (extension.length() > MAX_FORMAT_NAME) {
            throw refusal.corrupt(
                "backing format too large: "
                    + extension.length()
                    + " bytes, at most "
                    + MAX_FORMAT_NAME,
                extension);
          }
        }
        case HeaderExtension.CRYPTO_HEADER -> crypto = Optional.of(cryptoHeader(extension));
        case HeaderExtension.BITMAPS -> {
          BitmapDirectory.checkLength(file.name(), extension);
          // Without the feature bit nobody believes, or reads, the directory.
          if (Feature.BITMAPS.isSetIn(area.header())) {
            BitmapDirectory directory = BitmapDirectory.read(file, extension);
            checkBitmaps(directory, extension);
            bitmaps = Optional.of(directory);
          }
        }
        default -> {}
      }
    }
    if (area.extensionProblem().isPresent()) {
      throw refusal.corrupt(area.extensionProblem().get());
    }
  }

  private OpenedImage.CryptoHeader cryptoHeader(Extension extension) throws ImageException {
    if (area.header().get(HeaderField.CRYPT_METHOD) != CryptoField.LUKS) {
      throw refusal.corrupt(
          "CRYPTO header extension only expected with LUKS encryption method", extension);
    }
    if (extension.length() != CryptoField.SIZE || extension.data().capacity() != CryptoField.SIZE) {
      throw refusal.corrupt(
          "CRYPTO header extension size "
              + extension.length()
              + ", but expected size "
              + CryptoField.SIZE,
          extension);
    }
    long offset = CryptoField.OFFSET.get(extension.data());
    if ((offset & (geometry.clusterSize() - 1)) != 0) {
      throw refusal.corrupt(
          "Encryption header offset '"
              + Long.toUnsignedString(offset)
              + "' is not a multiple of cluster size",
          extension);
    }
    return new OpenedImage.CryptoHeader(offset, CryptoField.LENGTH.get(extension.data()));
  }

  private void checkBitmaps(BitmapDirectory directory, Extension extension) throws ImageException {
    if (directory.reserved() != 0) {
      throw refusal.corrupt("bitmaps_ext: Reserved field is not zero", extension);
    }
    if (directory.nbBitmaps() > BitmapDirectory.MAX_BITMAPS) {
      throw refusal.unsupported(
          "bitmaps_ext: Image has "
              + directory.nbBitmaps()
              + " bitmaps, exceeding the QEMU supported maximum of "
              + BitmapDirectory.MAX_BITMAPS);
    }
    if (directory.nbBitmaps() == 0) {
      throw refusal.corrupt("found bitmaps extension with zero bitmaps", extension);
    }
    if ((directory.offset() & (geometry.clusterSize() - 1)) != 0) {
      throw refusal.corrupt("bitmaps_ext: invalid bitmap directory offset", extension);
    }
    if (directory.size() < 0 || directory.size() > BitmapDirectory.MAX_SIZE) {
      throw refusal.unsupported(
          "bitmaps_ext: bitmap directory size ("
              + Long.toUnsignedString(directory.size())
              + ") exceeds the maximum supported size ("
              + BitmapDirectory.MAX_SIZE
              + ")");
    }
  }
}
