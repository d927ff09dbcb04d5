package io.github.qcow2tostdout.foreign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an image says of itself that matters before it is opened.
 *
 * @param format what QEMU calls it
 * @param files what it names, in the order of the file
 * @param diskSize bytes of the disk, if that is known; unsigned
 * @param encrypted whether its content is
 * @param problem why it must not be read, if that is so: what it names can't be told, or QEMU would
 *     read another disk than it holds
 * @param descriptor of VMware's, if the image is one
 */
public record ForeignHeader(
    String format,
    List<NamedFile> files,
    OptionalLong diskSize,
    boolean encrypted,
    Optional<String> problem,
    Optional<VmdkDescriptor> descriptor) {

  /** The most that is read at a time. */
  public static final int MAX_READ = 1 << 20;

  /** The longest name that QEMU takes, in bytes. */
  static final int MAX_NAME = 1023;

  /**
   * Reads the header of an image. One that is of another format, or of none that names anything,
   * names nothing: that it can't be read is for QEMU to say.
   *
   * @param format what QEMU calls it
   */
  public static ForeignHeader read(String format, ImageBytes bytes) throws IOException {
    return switch (format) {
      case "qcow2" -> Qcow2Header.read(bytes);
      case "qcow" -> QcowHeader.read(bytes);
      case "qed" -> QedHeader.read(bytes);
      case "vdi" -> VdiHeader.read(bytes);
      case "vhdx" -> VhdxHeader.read(bytes);
      case "vmdk" -> VmdkHeader.read(bytes);
      case "vpc" -> VpcHeader.read(bytes);
      default -> silent(format);
    };
  }

  /** Whether an image of a format is read here at all, so that silence means something. */
  public static boolean isRead(String format) {
    return List.of("qcow2", "qcow", "qed", "vdi", "vhdx", "vmdk", "vpc").contains(format);
  }

  /** One that says nothing. */
  static ForeignHeader silent(String format) {
    return of(format, List.of(), OptionalLong.empty(), false);
  }

  static ForeignHeader of(
      String format, List<NamedFile> files, OptionalLong diskSize, boolean encrypted) {
    return new ForeignHeader(
        format, files, diskSize, encrypted, Optional.empty(), Optional.empty());
  }

  /** The same that must not be read. */
  ForeignHeader because(String why) {
    return new ForeignHeader(format, files, diskSize, encrypted, Optional.of(why), descriptor);
  }

  /** The same of a descriptor. */
  ForeignHeader with(VmdkDescriptor what) {
    return new ForeignHeader(format, files, diskSize, encrypted, problem, Optional.of(what));
  }

  /** A name as C sees it: up to its first zero. */
  static String name(ByteBuffer bytes) {
    int end = 0;
    while (end < bytes.limit() && bytes.get(end) != 0) {
      end++;
    }
    return UTF_8.decode(bytes.slice(0, end)).toString();
  }
}
