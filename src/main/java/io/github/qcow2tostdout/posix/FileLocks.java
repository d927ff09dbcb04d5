package io.github.qcow2tostdout.posix;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.StringTokenizer;

/**
 * Locks that other processes hold on bytes of a file. The kernel's list of all locks answers for
 * nearly every file; only one that it may be about, or that lies on another machine, is asked about
 * by a system call, of which the first takes 20 ms.
 */
public final class FileLocks {
  private static final Path LOCKS = Path.of("/proc/locks");
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final int PART = 8 << 10;
  private static final String TO_THE_END = "EOF";

  /** File systems whose locks other machines hold, which this one's list does not have. */
  private static final List<String> SHARED =
      List.of("nfs", "cifs", "smb", "ceph", "9p", "fuse", "virtiofs", "glusterfs", "lustre", "afs");

  private FileLocks() {}

  /**
   * Whether somebody holds a lock on one of some bytes of a file.
   *
   * @return false also where nobody can tell
   */
  public static boolean anyOn(Path file, long... offsets) {
    if (!mayBeLocked(file, offsets)) {
      return false;
    }
    Optional<FileDescription> opened = FileDescription.open(file);
    if (opened.isEmpty()) {
      return false;
    }
    try (FileDescription description = opened.get()) {
      for (long offset : offsets) {
        if (description.isLocked(offset)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean mayBeLocked(Path file, long... offsets) {
    try {
      if (Files.getAttribute(file, "unix:ino") instanceof Long inode
          && Files.getAttribute(file, "unix:dev") instanceof Long device) {
        return lists(read(LOCKS), inode, offsets)
            || (major(device) == 0 && isShared(read(MOUNTS), minor(device)));
      }
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      // Without a /proc the file itself must be asked.
    }
    return file.getFileSystem().equals(LOCKS.getFileSystem());
  }

  /** As glibc does it. */
  private static long major(long device) {
    return (device >>> 8 & 0xfff) | (device >>> 32 & 0xffff_f000L);
  }

  private static long minor(long device) {
    return (device & 0xff) | (device >>> 12 & 0xffff_ff00L);
  }

  /** What the kernel makes as it is read, and of which it says no size. */
  private static String read(Path path) throws IOException {
    StringBuilder text = new StringBuilder();
    try (FileChannel channel = FileChannel.open(path)) {
      ByteBuffer part = ByteBuffer.allocate(PART);
      while (channel.read(part) >= 0) {
        text.append(ISO_8859_1.decode(part.flip()));
        part.clear();
      }
    }
    return text.toString();
  }

  /**
   * Whether a list of locks has one on some bytes of a file of that number, on whatever file system:
   * some have another device's number in that list.
   *
   * @param locks as in {@code 3: OFDLCK ADVISORY READ -1 fe:00:2163418 100 101}
   */
  static boolean lists(String locks, long inode, long... offsets) {
    String ending = ":" + inode + " ";
    for (int at = locks.indexOf(ending); at >= 0; at = locks.indexOf(ending, at + 1)) {
      int lineEnd = locks.indexOf('\n', at);
      StringTokenizer range =
          new StringTokenizer(
              locks.substring(at + ending.length(), lineEnd < 0 ? locks.length() : lineEnd));
      if (range.countTokens() < 2 || touches(range.nextToken(), range.nextToken(), offsets)) {
        return true;
      }
    }
    return false;
  }

  private static boolean touches(String first, String last, long... offsets) {
    try {
      long from = Long.parseLong(first);
      long to = last.equals(TO_THE_END) ? Long.MAX_VALUE : Long.parseLong(last);
      for (long offset : offsets) {
        if (offset >= from && offset <= to) {
          return true;
        }
      }
      return false;
    } catch (NumberFormatException e) {
      return true;
    }
  }

  /**
   * Whether a device without a number of its own is a file system that other machines have, too.
   *
   * @param mounts as in {@code 36 35 0:52 / /mnt rw,noatime shared:1 - nfs4 host:/export rw}
   */
  static boolean isShared(String mounts, long minor) {
    for (String mount : mounts.split("\n")) {
      int type = mount.indexOf(" - ");
      if (type >= 0 && mount.contains(" 0:" + minor + " ")) {
        String name = mount.substring(type + 3);
        return SHARED.stream().anyMatch(name::startsWith);
      }
    }
    return false;
  }
}
