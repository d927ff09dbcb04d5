package io.github.qcow2tostdout.source;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Optional;

/** What a path leads to, symbolic links followed. */
enum FileKind {
  REGULAR(""),
  BLOCK_DEVICE(""),
  DIRECTORY("is a directory"),
  FIFO("is a FIFO"),
  CHARACTER_DEVICE("is a character device"),
  SOCKET("is a socket"),
  OTHER("is of an unknown kind");

  private static final int TYPE_MASK = 0170000;
  private static final String UNIX_ATTRIBUTES = "unix:mode,dev,ino,lastModifiedTime,ctime";

  private final String objection;

  FileKind(String objection) {
    this.objection = objection;
  }

  /** Looks without opening: to open a FIFO would wait for its writer. */
  static FileKind of(Path path) throws IOException {
    if (hasUnixAttributes(path)) {
      return switch ((int) Files.getAttribute(path, "unix:mode") & TYPE_MASK) {
        case 0100000 -> REGULAR;
        case 0060000 -> BLOCK_DEVICE;
        case 0040000 -> DIRECTORY;
        case 0010000 -> FIFO;
        case 0020000 -> CHARACTER_DEVICE;
        case 0140000 -> SOCKET;
        default -> OTHER;
      };
    }
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    return attributes.isRegularFile() ? REGULAR : attributes.isDirectory() ? DIRECTORY : OTHER;
  }

  /** Throws unless a disk can be read from a file of this kind. */
  void refuseUnreadable(Path path) throws FileSystemException {
    if (!objection.isEmpty()) {
      throw new FileSystemException(
          path.toString(), null, objection + "; give a regular file or a block device");
    }
  }

  /**
   * The identity of the file that the path leads to now.
   *
   * @param size bytes, from the open file: a block device has no size in its attributes
   */
  SourceIdentity identity(Path path, long size) throws IOException {
    try {
      if (hasUnixAttributes(path)) {
        Map<String, Object> found = Files.readAttributes(path, UNIX_ATTRIBUTES);
        Optional<String> inode = Optional.of(found.get("dev") + ":" + found.get("ino"));
        return this == BLOCK_DEVICE
            ? new SourceIdentity(size, inode, Optional.empty(), Optional.empty())
            : new SourceIdentity(
                size,
                inode,
                Optional.of(String.valueOf(found.get("lastModifiedTime"))),
                Optional.of(String.valueOf(found.get("ctime"))));
      }
      BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
      return new SourceIdentity(
          size,
          Optional.ofNullable(found.fileKey()).map(Object::toString),
          Optional.of(found.lastModifiedTime().toString()),
          Optional.empty());
    } catch (NoSuchFileException e) {
      // Its name is gone, though it is still open: another may take the name at any time.
      return new SourceIdentity(size, Optional.empty(), Optional.empty(), Optional.empty());
    }
  }

  private static boolean hasUnixAttributes(Path path) {
    return path.getFileSystem().equals(FileSystems.getDefault())
        && path.getFileSystem().supportedFileAttributeViews().contains("unix");
  }
}
