package io.github.qcow2tostdout.posix;

import io.github.qcow2tostdout.posix.SystemCalls.Function;
import io.github.qcow2tostdout.posix.SystemCalls.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file opened for questions and advice that a {@code FileChannel} has no method for. Advice and
 * residency go by the file, not by the descriptor, so they hold for a channel on the same file.
 */
public final class FileDescription implements AutoCloseable {
  /** The system can't say. */
  public static final long UNKNOWN = -1;

  /** There is no data from the asked offset to the end of the file. */
  public static final long NO_MORE_DATA = -2;

  private static final int O_RDONLY_CLOEXEC = 0x80000;
  private static final int O_RDWR_CLOEXEC = 0x80002;

  /** O_TMPFILE, which contains O_DIRECTORY, and that is another bit on other machines. */
  private static final int O_TMPFILE =
      System.getProperty("os.arch", "").equals("aarch64") ? 0x404000 : 0x410000;

  private static final int OWNER_ONLY = 0600;
  private static final int ALL_BUT_UMASK = 0666;
  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_FOLLOW = 0x400;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int POSIX_FADV_WILLNEED = 3;
  private static final int SYS_CACHESTAT = 451;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BLOCKS = 0x400;
  private static final int STATX_BLOCK_SIZE = 512;

  private final int descriptor;

  private FileDescription(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Opens a file for reading; empty where that, or this package, does not work. */
  public static Optional<FileDescription> open(Path path) {
    if (!SystemCalls.AVAILABLE) {
      return Optional.empty();
    }
    return open(path, O_RDONLY_CLOEXEC, 0);
  }

  /**
   * Makes a file that never has a name, for reading and writing; empty where that does not work.
   *
   * @param directory on the file system that is to hold it
   */
  public static Optional<FileDescription> ofNewUnnamed(Path directory) {
    return ofNewUnnamed(directory, true);
  }

  /**
   * Makes a file that has no name yet, and is gone with this if it never gets one.
   *
   * @param directory on the file system that is to hold it
   * @param ownerOnly whether nobody else may open it, or else whoever the umask lets
   */
  public static Optional<FileDescription> ofNewUnnamed(Path directory, boolean ownerOnly) {
    if (!SystemCalls.AVAILABLE) {
      return Optional.empty();
    }
    return open(directory, O_TMPFILE | O_RDWR_CLOEXEC, ownerOnly ? OWNER_ONLY : ALL_BUT_UMASK);
  }

  /**
   * Gives a file that has no name one.
   *
   * @throws FileAlreadyExistsException if somebody else has that name
   * @throws FileSystemException if it can't have it
   */
  public void name(Path name) throws FileSystemException {
    try (Arena arena = Arena.ofConfined()) {
      Outcome outcome =
          SystemCalls.call(
              Function.LINKAT,
              AT_FDCWD,
              arena.allocateFrom(descriptorPath().toString()).address(),
              AT_FDCWD,
              arena.allocateFrom(name.toString()).address(),
              AT_SYMLINK_FOLLOW);
      if (outcome.intResult() != 0) {
        throw outcome.errno() == Errno.EEXIST
            ? new FileAlreadyExistsException(name.toString())
            : new FileSystemException(
                name.toString(), null, "can't be named (error " + outcome.errno() + " of linkat)");
      }
    }
  }

  private static Optional<FileDescription> open(Path path, int flags, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path.toString());
      int descriptor = SystemCalls.call(Function.OPEN, name.address(), flags, mode).intResult();
      return descriptor < 0 ? Optional.empty() : Optional.of(new FileDescription(descriptor));
    }
  }

  /** A name for the very file that is open here, whatever happened to its path. */
  public Path descriptorPath() {
    return Path.of("/proc/self/fd/" + descriptor);
  }

  /**
   * The first byte at or behind an offset that may hold data.
   *
   * @return its offset, {@link #NO_MORE_DATA} or {@link #UNKNOWN}
   */
  public long seekData(long offset) {
    Outcome outcome = SystemCalls.call(Function.LSEEK, descriptor, offset, SEEK_DATA);
    if (outcome.result() >= 0) {
      return outcome.result();
    }
    return outcome.errno() == Errno.ENXIO ? NO_MORE_DATA : UNKNOWN;
  }

  /**
   * The first byte at or behind an offset that is in a hole; the end of the file counts as one.
   *
   * @return its offset or {@link #UNKNOWN}
   */
  public long seekHole(long offset) {
    Outcome outcome = SystemCalls.call(Function.LSEEK, descriptor, offset, SEEK_HOLE);
    return outcome.result() >= 0 ? outcome.result() : UNKNOWN;
  }

  /** Asks the kernel to start reading a range of the file into the page cache. */
  public void willNeed(long offset, long count) {
    SystemCalls.call(Function.POSIX_FADVISE, descriptor, offset, count, POSIX_FADV_WILLNEED, 0);
  }

  /**
   * How many bytes of a range of the file are in the page cache (cachestat, Linux 6.5 and later).
   *
   * @return bytes, in whole pages, or {@link #UNKNOWN}
   */
  public long cachedBytes(long offset, long count) {
    try (Arena arena = Arena.ofConfined()) {
      // struct cachestat_range { __u64 off, len; }
      MemorySegment range = arena.allocate(16, 8);
      range.set(ValueLayout.JAVA_LONG, 0, offset);
      range.set(ValueLayout.JAVA_LONG, 8, count);
      // struct cachestat { __u64 nr_cache, nr_dirty, nr_writeback, nr_evicted, nr_recently_evicted;
      // }
      MemorySegment statistics = arena.allocate(40, 8);
      long result =
          SystemCalls.call(
                  Function.SYSCALL,
                  SYS_CACHESTAT,
                  descriptor,
                  range.address(),
                  statistics.address(),
                  0)
              .result();
      return result == 0
          ? statistics.get(ValueLayout.JAVA_LONG, 0) * SystemCalls.pageSize()
          : UNKNOWN;
    }
  }

  /**
   * How many bytes the file takes on its own disk, as {@code du} counts them.
   *
   * @return bytes, or {@link #UNKNOWN}
   */
  public long allocatedBytes() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment empty = arena.allocateFrom("");
      // struct statx { __u32 stx_mask, …; at byte 48 __u64 stx_blocks; … }
      MemorySegment status = arena.allocate(256, 8);
      int result =
          SystemCalls.call(
                  Function.STATX,
                  descriptor,
                  empty.address(),
                  AT_EMPTY_PATH,
                  STATX_BLOCKS,
                  status.address())
              .intResult();
      boolean known = result == 0 && (status.get(ValueLayout.JAVA_INT, 0) & STATX_BLOCKS) != 0;
      return known ? status.get(ValueLayout.JAVA_LONG, 48) * STATX_BLOCK_SIZE : UNKNOWN;
    }
  }

  /**
   * Lets another file share a range of this one, if their file system can: then nothing is copied.
   *
   * @param to descriptor of a file that is written
   * @return whether it is done; if not, nothing is
   */
  public boolean share(long offset, long count, int to, long position) {
    return FileCopies.share(descriptor, offset, count, to, position);
  }

  @Override
  public void close() {
    SystemCalls.call(Function.CLOSE, descriptor, 0, 0);
  }
}
