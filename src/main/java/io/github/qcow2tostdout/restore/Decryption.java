package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.luks.Luks;
import io.github.qcow2tostdout.luks.LuksKey;
import io.github.qcow2tostdout.luks.SectorCipher;
import io.github.qcow2tostdout.luks.SectorThreads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Decrypts the data of an image that arrives, whose LUKS header has to come before it. */
final class Decryption implements AutoCloseable {
  private final OpenedImage image;
  private final BoundedFile header;
  private final LuksKey key;
  private Optional<SectorThreads> sectors = Optional.empty();
  private ByteBuffer plain = ByteBuffer.allocate(0);

  /**
   * @param kept of the stream; the LUKS header is read from it when it has come
   */
  Decryption(OpenedImage image, BoundedFile kept, LuksKey key) {
    this.image = image;
    header = kept;
    this.key = key;
  }

  /** Bytes of the LUKS header, as far as it is kept. */
  private static long headerLength(OpenedImage image) {
    long length = image.crypto().map(OpenedImage.CryptoHeader::length).orElse(0L);
    return Math.clamp(length, 1, Luks.MAX_LENGTH);
  }

  /**
   * Decrypts whole sectors; of the last as much as is whole.
   *
   * @param offset where in the image they are
   * @return holds until the next call
   */
  ByteBuffer decrypt(ByteBuffer bytes, long offset) throws IOException {
    if (sectors.isEmpty()) {
      requireHeaderBefore(offset);
      unlock(header);
    }
    int length = bytes.remaining() & -SectorCipher.SECTOR;
    if (plain.capacity() < length) {
      plain = ByteBuffer.allocateDirect(length);
    }
    plain.clear().put(bytes.slice(bytes.position(), length)).flip();
    sectors.orElseThrow().decrypt(plain, 0, length, offset);
    return plain;
  }

  private void requireHeaderBefore(long offset) throws ImageException {
    long start = image.crypto().map(OpenedImage.CryptoHeader::offset).orElse(0L);
    if (start < 0 || start > offset - headerLength(image)) {
      throw new ImageException.NotStreamable(
          image.file().name(),
          "its LUKS header at byte "
              + Long.toUnsignedString(start)
              + " comes behind the data at byte "
              + offset,
          "store the stream in a file and restore that");
    }
  }

  /**
   * Sees whether the key is right, if that is not known: when all has come and none of it was data.
   *
   * @param came of which the header is read
   */
  void unlock(BoundedFile came) throws IOException {
    if (sectors.isEmpty()) {
      OpenedImage.CryptoHeader place = image.crypto().orElse(new OpenedImage.CryptoHeader(0, 0));
      sectors =
          Optional.of(
              new SectorThreads(
                  Luks.open(
                      image.file().name(),
                      image.get(HeaderField.CRYPT_METHOD),
                      place.length(),
                      (from, length, what) -> came.read(place.offset() + from, length, what),
                      Optional.of(key))));
    }
  }

  @Override
  public void close() {
    sectors.ifPresent(SectorThreads::close);
  }
}
