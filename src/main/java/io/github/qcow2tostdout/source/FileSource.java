package io.github.qcow2tostdout.source;

import io.github.qcow2tostdout.posix.FileDescription;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;

/** A regular file or a block device, or a symbolic link to either. */
public final class FileSource implements Source {
  /** Below this size, linking the system calls costs more than reading everything. */
  public static final long MIN_SIZE_FOR_SYSTEM_CALLS = 64L << 20;

  /** Up to this size, more than any page has, a file may be made by the kernel as it is read. */
  private static final long MAX_SIZE_OF_GENERATED = 64 << 10;

  private final String name;
  private final Path path;
  private final FileChannel channel;
  private final long size;
  private final boolean sparse;
  private final FileKind kind;
  private final Optional<FileDescription> description;

  /** The same for a file that is too small to have one from the start. */
  private Optional<FileDescription> lateDescription = Optional.empty();

  FileSource(
      String name,
      Path path,
      FileChannel channel,
      FileKind kind,
      boolean sparse,
      Optional<FileDescription> description)
      throws IOException {
    this.name = name;
    this.path = path;
    this.channel = channel;
    this.size = channel.size();
    this.kind = kind;
    this.sparse = sparse;
    this.description = description;
  }

  /**
   * Opens a disk for reading.
   *
   * @param sparse whether the file system is asked for holes
   * @throws FileSystemException if it is missing or not readable, or if it is neither a regular
   *     file nor a block device; the reason is for the user
   */
  public static FileSource open(Path path, boolean sparse) throws IOException {
    FileKind kind = FileKind.of(path);
    kind.refuseUnreadable(path.toString());
    Optional<String> inode = kind.identity(path, 0).inode();
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return ofOpen(path.toString(), path, kind, inode, channel, sparse);
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  /**
   * A source on a channel that is open.
   *
   * @param name for messages
   * @param path leads to the file of the channel
   * @param inode what that was before the channel was opened
   */
  static FileSource ofOpen(
      String name,
      Path path,
      FileKind kind,
      Optional<String> inode,
      FileChannel channel,
      boolean sparse)
      throws IOException {
    if (kind == FileKind.BLOCK_DEVICE && channel.size() == 0) {
      throw new FileSystemException(
          name, null, "is a block device of 0 bytes; attach or insert what it is to be");
    }
    if (kind == FileKind.REGULAR && !endsWhereItSays(channel)) {
      throw new FileSystemException(
          name,
          null,
          "says that it has "
              + channel.size()
              + " bytes, but ends elsewhere, as files of /proc and /sys do; give -, and redirect"
              + " standard input from it");
    }
    Optional<FileDescription> description = describe(path, kind, channel, inode);
    try {
      if (!kind.identity(path, 0).inode().equals(inode)) {
        throw new FileSystemException(name, null, "was replaced while it was opened; run again");
      }
      return new FileSource(name, path, channel, kind, sparse, description);
    } catch (IOException | RuntimeException | Error e) {
      description.ifPresent(FileDescription::close);
      throw e;
    }
  }

  /**
   * Whether a regular file ends where its size says. Files that the kernel makes as they are read
   * say 0, or 4096; they are never large, and the end of a large file that lies is found when it is
   * read.
   */
  static boolean endsWhereItSays(FileChannel channel) throws IOException {
    long size = channel.size();
    if (size > MAX_SIZE_OF_GENERATED) {
      return true;
    }
    int last = size == 0 ? 0 : 1;
    ByteBuffer buffer = ByteBuffer.allocate(last + 1);
    try {
      return Math.max(0, channel.read(buffer, size - last)) == last || channel.size() != size;
    } catch (IOException e) {
      // Whoever reads the rest of it will say why that can't be done; an empty one has no rest.
      return size > 0;
    }
  }

  /** The same file opened for system calls, where they are here and worth their start. */
  private static Optional<FileDescription> describe(
      Path path, FileKind kind, FileChannel channel, Optional<String> inode) throws IOException {
    return channel.size() < MIN_SIZE_FOR_SYSTEM_CALLS
        ? Optional.empty()
        : describeAnySize(path, kind, inode);
  }

  private static Optional<FileDescription> describeAnySize(
      Path path, FileKind kind, Optional<String> inode) {
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      return Optional.empty();
    }
    Optional<FileDescription> opened = FileDescription.open(path);
    if (opened.isPresent() && !isThat(kind, opened.get().descriptorPath(), inode)) {
      opened.get().close();
      return Optional.empty();
    }
    return opened;
  }

  private static boolean isThat(FileKind kind, Path path, Optional<String> inode) {
    try {
      return kind.identity(path, 0).inode().equals(inode);
    } catch (IOException e) {
      // Without a /proc nobody can tell; then nobody is asked for holes either.
      return false;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public OptionalLong positionInFile() {
    return OptionalLong.of(0);
  }

  @Override
  public DataExtents dataExtents() {
    return sparse && description.isPresent()
        ? new SeekExtents(description.get(), size)
        : new WholeExtent(size);
  }

  @Override
  public DataExtents exactDataExtents() throws IOException {
    if (!sparse || description.isPresent()) {
      return dataExtents();
    }
    if (lateDescription.isEmpty()) {
      lateDescription = describeAnySize(path, kind, identity().inode());
    }
    return lateDescription.isPresent()
        ? new SeekExtents(lateDescription.get(), size)
        : dataExtents();
  }

  @Override
  public int read(ByteBuffer buffer, long offset) throws IOException {
    int total = 0;
    while (buffer.hasRemaining()) {
      int count = readSome(buffer, offset + total);
      if (count < 0) {
        break;
      }
      total += count;
    }
    return total;
  }

  private int readSome(ByteBuffer buffer, long offset) throws IOException {
    try {
      return channel.read(buffer, offset);
    } catch (IOException e) {
      throw (IOException)
          new FileSystemException(
                  name,
                  null,
                  "can't be read at byte "
                      + offset
                      + ": "
                      + e.getMessage()
                      + "; check the disk and the system's log")
              .initCause(e);
    }
  }

  @Override
  public long transferTo(long offset, long count, WritableByteChannel target) throws IOException {
    if (target instanceof FileOutput file) {
      return description.isPresent()
          ? file.take(channel, description.get(), offset, count)
          : channel.transferTo(offset, count, file.channel());
    }
    return channel.transferTo(offset, count, target);
  }

  @Override
  public void willNeed(long offset, long count) {
    if (description.isPresent()) {
      description.get().willNeed(offset, count);
    }
  }

  @Override
  public Residency residency(DataExtents extents) throws IOException {
    return description.isPresent()
        ? ResidencySurvey.of(extents, size, description.get())
        : Residency.ALL_CACHED;
  }

  @Override
  public SourceIdentity identity() throws IOException {
    return kind.identity(path, channel.size());
  }

  @Override
  public void close() throws IOException {
    lateDescription.ifPresent(FileDescription::close);
    if (description.isPresent()) {
      description.get().close();
    }
    channel.close();
  }
}
