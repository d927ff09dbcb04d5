package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.posix.FileDescription;
import io.github.qcow2tostdout.source.FileKind;
import io.github.qcow2tostdout.source.FileSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A file that is not whole yet. If it is large, and the file system can, it has no name until it is
 * whole, so that nothing is left of it even if this process is killed; else it is beside the name
 * that it will get. It can be discarded by another thread, which a signal has started, at any time.
 */
public final class PartialFile {
  private enum State {
    NOT_MADE,
    MADE,
    DONE
  }

  private final Path target;
  private final Path path;
  private final boolean overwrite;
  private State state = State.NOT_MADE;

  /** The file, as long as it has no name. */
  private Optional<FileDescription> unnamed = Optional.empty();

  private PartialFile(Path target, boolean overwrite) {
    this.target = target;
    this.overwrite = overwrite;
    path =
        target.resolveSibling(
            ".qcow2-to-stdout." + ProcessHandle.current().pid() + "." + System.nanoTime());
  }

  /**
   * One for a name; nothing is made yet.
   *
   * @param overwrite whether a file may have that name already
   * @throws FileSystemException if it can't get that name; the reason is for the user
   */
  public static PartialFile of(Path name, boolean overwrite) throws IOException {
    if (!Files.exists(name)) {
      if (Files.exists(name, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileSystemException(
            name.toString(), null, "is a symbolic link that leads nowhere; name the file itself");
      }
      return new PartialFile(name.toAbsolutePath(), overwrite);
    }
    FileKind kind = FileKind.of(name);
    if (kind != FileKind.REGULAR) {
      throw new FileSystemException(
          name.toString(), null, kind.objection() + "; name a file or a block device");
    }
    if (!overwrite) {
      throw exists(name);
    }
    // A link stays one, and leads to the new file.
    return new PartialFile(name.toRealPath(), true);
  }

  private static FileSystemException exists(Path name) {
    return new FileSystemException(
        name.toString(), null, "exists already; name another file, or say --overwrite");
  }

  /** Where it is. */
  Path path() {
    return unnamed.isPresent() ? unnamed.get().descriptorPath() : path;
  }

  /**
   * Makes it, empty; only its owner may read it if that is so with what it replaces.
   *
   * @param size that it is going to have
   */
  synchronized void create(long size) throws IOException {
    if (state != State.NOT_MADE) {
      throw new IOException("interrupted");
    }
    if (size >= FileSource.MIN_SIZE_FOR_SYSTEM_CALLS) {
      unnamed = FileDescription.ofNewUnnamed(target.resolveSibling("."), attributes().isPresent());
    }
    if (unnamed.isEmpty()) {
      createNamed();
    }
    state = State.MADE;
  }

  private void createNamed() throws IOException {
    FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            attributes().isPresent()
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(attributes().get())}
                : new FileAttribute<?>[0])
        .close();
  }

  private Optional<Set<PosixFilePermission>> attributes() throws IOException {
    boolean known = target.getFileSystem().supportedFileAttributeViews().contains("posix");
    return overwrite && known && Files.exists(target)
        ? Optional.of(Files.getPosixFilePermissions(target))
        : Optional.empty();
  }

  /** It is whole, and on the disk: gives it its name, and returns when that is there too. */
  synchronized void commit() throws IOException {
    if (state != State.MADE) {
      throw new IOException("interrupted");
    }
    if (attributes().isPresent()) {
      Files.setPosixFilePermissions(path(), attributes().get());
      takeOwner();
    }
    if (unnamed.isPresent()) {
      takeName(unnamed.get());
    }
    if (overwrite) {
      Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    } else if (unnamed.isEmpty()) {
      nameAnew();
    }
    state = State.DONE;
    close();
    syncDirectory();
  }

  /** As far as that is allowed. */
  private void takeOwner() {
    try {
      // By its number: to look up a name takes longer than a small disk.
      Object owner = Files.getAttribute(target, "unix:uid");
      if (!owner.equals(Files.getAttribute(path(), "unix:uid"))) {
        Files.setAttribute(path(), "unix:uid", owner);
      }
    } catch (IOException | IllegalArgumentException | UnsupportedOperationException e) {
      // Then it is owned by who wrote it.
    }
  }

  /** To replace another file it needs a name of its own first, for a moment. */
  private void takeName(FileDescription file) throws IOException {
    try {
      file.name(overwrite ? path : target);
    } catch (FileAlreadyExistsException e) {
      throw exists(target);
    }
  }

  private void close() {
    unnamed.ifPresent(FileDescription::close);
    unnamed = Optional.empty();
  }

  /** A link fails if somebody else has taken the name meanwhile, where a move would not. */
  private void nameAnew() throws IOException {
    try {
      Files.createLink(target, path);
      Files.delete(path);
    } catch (FileAlreadyExistsException e) {
      throw exists(target);
    } catch (FileSystemException | UnsupportedOperationException e) {
      // There are file systems without links.
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        throw exists(target);
      }
      Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private void syncDirectory() throws IOException {
    FileChannel directory;
    try {
      directory = FileChannel.open(target.resolveSibling("."), StandardOpenOption.READ);
    } catch (IOException e) {
      // One that may be written but not read can't be asked.
      return;
    }
    try (directory) {
      directory.force(true);
    }
  }

  /** Removes it, unless it is whole; nothing can be made of it any more. */
  public synchronized void discard() {
    if (state == State.MADE) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        // Nobody is left who could do anything about it.
      }
    }
    state = State.DONE;
    close();
  }
}
