package io.github.qcow2tostdout.source;

import io.github.qcow2tostdout.posix.FileDescription;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A temporary file that has no name, and is gone when the process is, however that ends.
 *
 * @param path leads to it, if anything does
 * @param channel for reading and writing
 * @param description for system calls, where they are here
 */
public record SpoolFile(Path path, FileChannel channel, Optional<FileDescription> description)
    implements Closeable {
  /**
   * Makes one.
   *
   * @throws FileSystemException if the directory can't have one; the reason is for the user
   */
  public static SpoolFile in(Path directory) throws IOException {
    Optional<FileDescription> description = FileDescription.ofNewUnnamed(directory);
    if (description.isPresent()) {
      Path path = description.get().descriptorPath();
      try {
        FileChannel channel =
            FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new SpoolFile(path, channel, description);
      } catch (IOException e) {
        // Without a /proc it can't be opened a second time.
        description.get().close();
      }
    }
    return named(directory);
  }

  /** One that has a name for a moment, where the file system can't do without. */
  private static SpoolFile named(Path directory) throws FileSystemException {
    Path path =
        directory.resolve(
            "qcow2-to-stdout." + ProcessHandle.current().pid() + "." + System.nanoTime());
    try {
      FileChannel channel =
          FileChannel.open(
              path,
              Set.of(
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  // On Unix that is at once.
                  StandardOpenOption.DELETE_ON_CLOSE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      return new SpoolFile(path, channel, Optional.empty());
    } catch (IOException | UnsupportedOperationException e) {
      String reason =
          switch (e) {
            case NoSuchFileException missing -> "no such directory";
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException file when file.getReason() != null -> file.getReason();
            default -> String.valueOf(e.getMessage());
          };
      throw refused(directory, "no temporary file can be made here: " + reason, e);
    }
  }

  @Override
  public void close() throws IOException {
    description.ifPresent(FileDescription::close);
    channel.close();
  }

  /** The error for a directory that can't have the file, or not all of it. */
  public static FileSystemException refused(Path directory, String reason, Throwable cause) {
    FileSystemException refused =
        new FileSystemException(
            directory.toString(), null, reason + "; name another directory (--spool-dir)");
    refused.initCause(cause);
    return refused;
  }
}
