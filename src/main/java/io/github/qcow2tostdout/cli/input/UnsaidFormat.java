package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.foreign.KnownFormat;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Refuses a disk that is taken for raw because nothing else was said, and begins like an image or
 * like something compressed. Nothing is opened by what it looks like: the guest that writes to a
 * raw disk may want just that.
 */
final class UnsaidFormat {
  private UnsaidFormat() {}

  /** The format that a disk begins like, read as it is. */
  static Optional<KnownFormat> of(Source disk) throws IOException {
    ByteBuffer start = ByteBuffer.allocate((int) Math.min(KnownFormat.START, disk.size()));
    if (start.hasRemaining()) {
      disk.read(start, 0);
    }
    return KnownFormat.of(start);
  }

  /**
   * The format of QEMU's that a file is in by its first bytes, or by its last: a fixed disk of
   * Virtual PC, and a disk image of a Mac, show themselves there only.
   */
  static Optional<String> image(Source file) throws IOException {
    Optional<KnownFormat> first = of(file);
    if (first.isPresent()) {
      return first
          .filter(known -> known.kind() == KnownFormat.Kind.IMAGE)
          .map(KnownFormat::formatName);
    }
    if (file.size() < KnownFormat.START) {
      return Optional.empty();
    }
    ByteBuffer last = ByteBuffer.allocate(KnownFormat.START);
    file.read(last, file.size() - KnownFormat.START);
    return KnownFormat.ofLast(last);
  }

  /**
   * Throws if INPUT begins like something else than a disk. An encrypted disk is one.
   *
   * @param input what is read
   * @throws IllegalArgumentException with a message for the user
   */
  static void refuseInput(InputOptions input, Source disk) throws IOException {
    Optional<KnownFormat> known = of(disk);
    if (known.isEmpty() || known.get().kind() == KnownFormat.Kind.ENCRYPTED) {
      return;
    }
    String format = known.get().formatName();
    String raw = ", or -f raw if its bytes are the disk as they are";
    if (known.get().kind() == KnownFormat.Kind.COMPRESSED) {
      throw new IllegalArgumentException(
          input.shownName()
              + ": is compressed with "
              + format
              + "; say "
              + format
              + " -dc "
              + (input.isStandardInput() || input.path().isEmpty() ? "FILE" : input.shownName())
              + " | "
              + Program.NAME
              + " -"
              + raw);
    }
    String begins = input.shownName() + ": begins like a disk in the format " + format + "; ";
    if (input.isStandardInput()) {
      throw new IllegalArgumentException(
          begins
              + "give it as a file, with -f "
              + format
              + ", or say -f raw if its bytes are the"
              + " disk as they are");
    }
    if (input.path().isEmpty()) {
      throw new IllegalArgumentException(
          begins + "have the server export the disk in it" + raw.replace("or -f", "or say -f"));
    }
    throw new IllegalArgumentException(begins + "say -f " + format + raw);
  }

  /**
   * Throws if the disk that INPUT is compared with begins like one in another format.
   *
   * @param spelling how the user named it
   * @throws IllegalArgumentException with a message for the user
   */
  static void refuseBase(String spelling, Source disk) throws IOException {
    Optional<KnownFormat> known = of(disk);
    if (known.isEmpty()) {
      return;
    }
    String format = known.get().formatName();
    boolean compressed = known.get().kind() == KnownFormat.Kind.COMPRESSED;
    throw new IllegalArgumentException(
        spelling
            + (compressed
                ? ": the file is compressed with " + format + "; decompress it first, or say"
                : ": the file begins like a disk in the format "
                    + format
                    + "; say -F "
                    + format
                    + ", or")
            + " -F raw if its bytes are the disk as they are");
  }
}
