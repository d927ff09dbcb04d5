package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.foreign.KnownFormat;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.L2Format;
import io.github.qcow2tostdout.image.OpenedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Looks whether the disk begins like an image itself. Either one was wrapped by mistake, or the
 * guest has written it there, for somebody who copies the disk out and lets a program guess what it
 * is. Only what is stored plainly in the image's own file is looked at.
 */
final class GuestStart {
  private GuestStart() {}

  static void find(OpenedImage image, Findings findings) throws IOException {
    try {
      look(image, findings);
    } catch (IllegalStateException e) {
      // A table that a damaged stream did not keep, because nothing sound leads to it.
      if (image.file().starts().isEmpty()) {
        throw e;
      }
    }
  }

  private static void look(OpenedImage image, Findings findings) throws IOException {
    boolean elsewhere = image.hasDataFile() || image.get(HeaderField.CRYPT_METHOD) != 0;
    if (elsewhere || image.get(HeaderField.L1_SIZE) == 0 || image.diskSize() == 0) {
      return;
    }
    BoundedFile file = image.file();
    long clusterMask = image.clusterSize() - 1L;
    long table =
        TableEntry.hostOffset(
            file.readPadded(image.get(HeaderField.L1_TABLE_OFFSET), Long.BYTES, "L1 table")
                .getLong(0));
    if (table == 0 || (table & clusterMask) != 0 || !file.holds(table, Long.BYTES)) {
      return;
    }
    L2Format format = L2Format.of(image.header());
    ByteBuffer entry = file.readPadded(table, format.entrySize(), "L2 table");
    long host = TableEntry.hostOffset(entry.getLong(0));
    boolean plain =
        format.kind(entry.getLong(0)) == L2Format.Kind.NORMAL
            && (!format.extended()
                || (L2Entry.allocatedSubclusters(entry.getLong(Long.BYTES)) & 1) == 1);
    if (!plain || (host & clusterMask) != 0 || !file.holds(host, KnownFormat.START)) {
      return;
    }
    Optional<KnownFormat> known =
        file.starts().isPresent()
            ? file.starts().get().at(host)
            : KnownFormat.of(
                file.readPadded(host, KnownFormat.START, "first sector of the disk")
                    .position(KnownFormat.START));
    if (known.isPresent() && known.get().kind() == KnownFormat.Kind.IMAGE) {
      findings.add(
          Finding.at(
              FindingKind.DISK_LOOKS_LIKE_IMAGE,
              "first sector of the disk",
              host,
              "the magic of a " + known.get().formatName() + " image",
              "a raw disk"));
    }
  }
}
