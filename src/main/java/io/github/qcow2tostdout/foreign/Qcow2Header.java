package io.github.qcow2tostdout.foreign;

import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What a qcow2 header names: a backing file, an external data file. */
final class Qcow2Header {
  static final String FORMAT = "qcow2";

  private static final int PREFIX = 8;

  private Qcow2Header() {}

  static ForeignHeader read(ImageBytes bytes) throws IOException {
    ByteBuffer start = bytes.read(0, Header.V3_LENGTH);
    if (start.getInt(0) != Header.MAGIC) {
      return ForeignHeader.silent(FORMAT);
    }
    Header header = Header.read(start);
    long version = header.get(HeaderField.VERSION);
    // QEMU has words for these, before it opens anything.
    if (start.getInt(HeaderField.VERSION.offset()) != version || !header.clusterBitsFit()) {
      return ForeignHeader.silent(FORMAT);
    }
    Extensions extensions = Extensions.read(bytes, header);
    ForeignHeader plain =
        ForeignHeader.of(
            FORMAT,
            dataFile(header, extensions),
            OptionalLong.of(header.get(HeaderField.SIZE)),
            header.get(HeaderField.CRYPT_METHOD) != 0);
    if (Feature.DATA_FILE.isSetIn(header) && plain.files().isEmpty()) {
      plain = plain.because("its data is in an external file, and no name of that was found");
    }
    return BackingName.read(
            bytes,
            header.get(HeaderField.BACKING_FILE_OFFSET),
            header.get(HeaderField.BACKING_FILE_SIZE),
            HeaderField.BACKING_FILE_OFFSET.offset(),
            extensions.backingFormat())
        .in(plain);
  }

  private static List<NamedFile> dataFile(Header header, Extensions extensions) {
    return Feature.DATA_FILE.isSetIn(header) && extensions.dataFile().isPresent()
        ? List.of(
            new NamedFile(
                NamedFile.Role.DATA,
                extensions.dataFile().get(),
                Optional.of("raw"),
                HeaderField.INCOMPATIBLE_FEATURES.offset()))
        : List.of();
  }

  /** The two that matter; of several of a kind QEMU takes the last. */
  private record Extensions(Optional<String> backingFormat, Optional<String> dataFile) {
    static Extensions read(ImageBytes bytes, Header header) throws IOException {
      Optional<String> format = Optional.empty();
      Optional<String> dataFile = Optional.empty();
      long clusterSize = 1L << header.get(HeaderField.CLUSTER_BITS);
      long backing = header.get(HeaderField.BACKING_FILE_OFFSET);
      long end = Math.min(clusterSize, backing > 0 ? backing : clusterSize);
      end = Math.min(end, bytes.size());
      long at = header.get(HeaderField.HEADER_LENGTH);
      while (at >= 0 && at + PREFIX <= end) {
        ByteBuffer prefix = bytes.read(at, PREFIX);
        long length = Integer.toUnsignedLong(prefix.getInt(4));
        int type = prefix.getInt(0);
        if (type == HeaderExtension.END || length > end - at - PREFIX) {
          break;
        }
        if (type == HeaderExtension.BACKING_FORMAT || type == HeaderExtension.DATA_FILE_NAME) {
          int taken = (int) Math.min(length, ForeignHeader.MAX_NAME + 1L);
          Optional<String> text = Optional.of(ForeignHeader.name(bytes.read(at + PREFIX, taken)));
          format = type == HeaderExtension.BACKING_FORMAT ? text : format;
          dataFile = type == HeaderExtension.DATA_FILE_NAME ? text : dataFile;
        }
        at += PREFIX + Math.ceilDiv(length, 8L) * 8;
      }
      return new Extensions(
          format.filter(name -> !name.isEmpty()), dataFile.filter(name -> !name.isEmpty()));
    }
  }
}
