package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.Holes;
import io.github.qcow2tostdout.posix.FileDescription;
import io.github.qcow2tostdout.source.FileKind;
import io.github.qcow2tostdout.source.qcow2.FileHoles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;

/** Opens images to look into: {@code image} itself does not know what a path may lead to. */
public final class ImageFile {
  private ImageFile() {}

  /** Opens an image, and its holes with it. */
  public static BoundedFile open(Path path) throws IOException {
    return open(path, new FileHoles(path));
  }

  /**
   * Opens an image.
   *
   * @param holes of the file; closed with it
   * @throws FileSystemException if it is missing, not readable, or neither a regular file nor a
   *     block device
   */
  public static BoundedFile open(Path path, Holes holes) throws IOException {
    // Before it is opened: to open a FIFO waits for its writer.
    FileKind kind = FileKind.of(path);
    if (kind != FileKind.REGULAR && kind != FileKind.BLOCK_DEVICE) {
      throw new FileSystemException(
          path.toString(), null, "is neither a regular file nor a block device");
    }
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return BoundedFile.of(path.toString(), channel, holes);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** How many bytes a file takes on its own disk; empty for a device, or where nobody says. */
  public static OptionalLong bytesOnDisk(Path path) throws IOException {
    if (FileKind.of(path) != FileKind.REGULAR) {
      return OptionalLong.empty();
    }
    Optional<FileDescription> description = FileDescription.open(path);
    if (description.isEmpty()) {
      return OptionalLong.empty();
    }
    try (FileDescription file = description.get()) {
      long bytes = file.allocatedBytes();
      return bytes == FileDescription.UNKNOWN ? OptionalLong.empty() : OptionalLong.of(bytes);
    }
  }
}
