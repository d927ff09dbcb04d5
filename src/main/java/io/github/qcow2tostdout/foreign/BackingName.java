package io.github.qcow2tostdout.foreign;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The name of a backing file, where a header says where it is.
 *
 * @param file what is named, if anything is
 * @param problem why the name can't be read, if it can't
 */
record BackingName(Optional<NamedFile> file, Optional<String> problem) {
  /**
   * Reads it.
   *
   * @param offset of the name; 0 if there is none
   * @param length of the name in bytes, not negative
   * @param field where the header says so
   * @param format of the backing file, if that is said
   */
  static BackingName read(
      ImageBytes bytes, long offset, long length, long field, Optional<String> format)
      throws IOException {
    if (offset == 0) {
      return new BackingName(Optional.empty(), Optional.empty());
    }
    if (offset < 0 || length > ForeignHeader.MAX_NAME) {
      return new BackingName(
          Optional.of(
              new NamedFile(
                  NamedFile.Role.BACKING,
                  "of a name at byte " + Long.toUnsignedString(offset),
                  format,
                  field)),
          Optional.of(
              "the name of its backing file has "
                  + length
                  + " bytes at byte "
                  + Long.toUnsignedString(offset)
                  + ", QEMU takes at most "
                  + ForeignHeader.MAX_NAME));
    }
    String name = ForeignHeader.name(bytes.read(offset, (int) length));
    return new BackingName(
        name.isEmpty()
            ? Optional.empty()
            : Optional.of(new NamedFile(NamedFile.Role.BACKING, name, format, field)),
        Optional.empty());
  }

  /** A header that has this name too. */
  ForeignHeader in(ForeignHeader header) {
    List<NamedFile> files = new ArrayList<>();
    file.ifPresent(files::add);
    files.addAll(header.files());
    ForeignHeader named =
        new ForeignHeader(
            header.format(),
            List.copyOf(files),
            header.diskSize(),
            header.encrypted(),
            header.problem(),
            header.descriptor());
    return problem.map(named::because).orElse(named);
  }
}
