package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.image.EncryptionOptions;
import io.github.qcow2tostdout.cli.input.ImageFile;
import io.github.qcow2tostdout.format.CryptoField;
import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.Extension;
import io.github.qcow2tostdout.image.HeaderArea;
import io.github.qcow2tostdout.luks.LuksKey;
import io.github.qcow2tostdout.luks.NewHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.SecureRandom;

/** Makes the LUKS header of an image, or takes that of another. */
final class ImageEncryption {
  private ImageEncryption() {}

  /**
   * The header that is asked for.
   *
   * @throws IOException if the key can't be read, or is not that of the header
   */
  static NewHeader header(EncryptionOptions options) throws IOException {
    LuksKey key = options.keyFile().key();
    if (!key.isText()) {
      throw new FileSystemException(
          options.keyFile().name(),
          null,
          "is no key that QEMU takes, which wants UTF-8 without zeroes; take base64 of it");
    }
    return options.luksHeader().isPresent()
        ? existing(options.luksHeader().get(), key)
        : NewHeader.of(key, new SecureRandom());
  }

  private static NewHeader existing(Path path, LuksKey key) throws IOException {
    try (BoundedFile file = ImageFile.open(path)) {
      long from = 0;
      long length = file.size();
      if (file.readPadded(0, Integer.BYTES, "magic").getInt(0) == Header.MAGIC) {
        ByteBuffer place = place(HeaderArea.read(file), file.name());
        from = CryptoField.OFFSET.get(place);
        length = CryptoField.LENGTH.get(place);
      }
      long start = from;
      return NewHeader.existing(
          file.name(), length, (at, count, what) -> file.read(start + at, count, what), key);
    }
  }

  private static ByteBuffer place(HeaderArea area, String name) throws IOException {
    ByteBuffer data =
        area.extension(HeaderExtension.CRYPTO_HEADER)
            .map(Extension::data)
            .orElse(ByteBuffer.allocate(0));
    if (data.capacity() < CryptoField.SIZE) {
      throw new FileSystemException(name, null, "is not encrypted; give an image that is");
    }
    return data;
  }
}
