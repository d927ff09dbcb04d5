package io.github.qcow2tostdout.source;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;

/** What a path leads to, symbolic links followed. */
public enum FileKind {
  REGULAR("", Reading.ANYWHERE),
  BLOCK_DEVICE("", Reading.ANYWHERE),
  DIRECTORY("is a directory", Reading.NEVER),
  FIFO("is a FIFO", Reading.ONCE),
  CHARACTER_DEVICE("is a character device", Reading.ONCE),
  SOCKET("is a socket", Reading.ONCE),
  OTHER("is of an unknown kind", Reading.NEVER);

  /** How a file can be read. */
  public enum Reading {
    /** At any offset, as often as one likes. */
    ANYWHERE,
    /** From its beginning to its end. */
    ONCE,
    NEVER
  }

  private static final int TYPE_MASK = 0170000;
  private static final String UNIX_ATTRIBUTES = "unix:mode,dev,ino,rdev,lastModifiedTime,ctime";

  private final String objection;
  private final Reading reading;

  FileKind(String objection, Reading reading) {
    this.objection = objection;
    this.reading = reading;
  }

  /** How files of this kind can be read. */
  public Reading reading() {
    return reading;
  }

  /** What is wrong with it where a file is wanted that can be read anywhere. */
  public String objection() {
    return objection;
  }

  /** Looks without opening: to open a FIFO would wait for its writer. */
  public static FileKind of(Path path) throws IOException {
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

  /** Throws unless a file of this kind can be read at any offset. */
  public void refuseUnlessAnywhere(String name) throws FileSystemException {
    if (reading != Reading.ANYWHERE) {
      throw new FileSystemException(
          name, null, objection + "; give a regular file or a block device");
    }
  }

  /** Throws unless a disk can be read from a file of this kind by its name. */
  void refuseUnreadable(String name) throws FileSystemException {
    if (reading != Reading.ANYWHERE) {
      // A socket has a name, but nobody can open it by that.
      String way =
          reading == Reading.ONCE && this != SOCKET
              ? ", or - and redirect standard input from this"
              : "";
      throw new FileSystemException(
          name, null, objection + "; give a regular file or a block device" + way);
    }
  }

  /**
   * The identity of the file that the path leads to now.
   *
   * @param size bytes, from the open file: a block device has no size in its attributes
   */
  public SourceIdentity identity(Path path, long size) throws IOException {
    try {
      if (hasUnixAttributes(path)) {
        Map<String, Object> found = Files.readAttributes(path, UNIX_ATTRIBUTES);
        return this == BLOCK_DEVICE
            // The device itself: names of it come and go.
            ? new SourceIdentity(
                size,
                Optional.of(String.valueOf(found.get("rdev"))),
                Optional.empty(),
                Optional.empty())
            : new SourceIdentity(
                size,
                Optional.of(found.get("dev") + ":" + found.get("ino")),
                time(found, "lastModifiedTime"),
                time(found, "ctime"));
      }
      BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
      return new SourceIdentity(
          size,
          Optional.ofNullable(found.fileKey()).map(Object::toString),
          Optional.of(found.lastModifiedTime()),
          Optional.empty());
    } catch (NoSuchFileException e) {
      // Its name is gone, though it is still open: another may take the name at any time.
      return new SourceIdentity(size, Optional.empty(), Optional.empty(), Optional.empty());
    }
  }

  private static Optional<FileTime> time(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof FileTime time ? Optional.of(time) : Optional.empty();
  }

  private static boolean hasUnixAttributes(Path path) {
    return path.getFileSystem().equals(FileSystems.getDefault())
        && path.getFileSystem().supportedFileAttributeViews().contains("unix");
  }
}
