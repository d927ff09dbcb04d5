package io.github.qcow2tostdout.posix;

import io.github.qcow2tostdout.posix.SystemCalls.Function;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Set;

/** What helps to get a part of a file into another one. */
public final class FileCopies {
  private static final int MADV_POPULATE_READ = 22;

  /** _IOW(0x94, 13, struct file_clone_range). */
  private static final int FICLONERANGE = 0x4020940D;

  /** Network file systems and FUSE: NFS, SMB, SMB 2, Ceph, FUSE, Lustre, OCFS2, 9P. */
  private static final Set<Long> WITH_SERVERS =
      Set.of(
          0x6969L,
          0x517BL,
          0xFE534D42L,
          0xFF534D42L,
          0x00C36400L,
          0x65735546L,
          0x0BD00BD0L,
          0x7461636FL,
          0x01021997L);

  private FileCopies() {}

  /**
   * The file system of an open file.
   *
   * @param hasServer whether somebody else holds the files, and may copy them where they are
   * @param blockSize bytes; what is shared is whole blocks
   */
  public record Place(boolean hasServer, long blockSize) {}

  /** Where an open file is. */
  public static Place place(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      // struct statfs { long f_type, f_bsize; … }, 120 bytes.
      MemorySegment statistics = arena.allocate(128, 8);
      long result =
          SystemCalls.call(Function.FSTATFS, descriptor, statistics.address(), 0).intResult();
      return result == 0
          ? new Place(
              WITH_SERVERS.contains(statistics.get(ValueLayout.JAVA_LONG, 0) & 0xFFFFFFFFL),
              Math.max(1, statistics.get(ValueLayout.JAVA_LONG, Long.BYTES)))
          : new Place(true, 1);
    }
  }

  /**
   * Lets two files share a range, if their file system can: then nothing is copied.
   *
   * @return whether it is done; if not, nothing is
   */
  static boolean share(int from, long offset, long count, int to, long position) {
    try (Arena arena = Arena.ofConfined()) {
      // struct file_clone_range { __s64 src_fd; __u64 src_offset, src_length, dest_offset; }
      MemorySegment range = arena.allocate(32, 8);
      range.set(ValueLayout.JAVA_LONG, 0, from);
      range.set(ValueLayout.JAVA_LONG, 8, offset);
      range.set(ValueLayout.JAVA_LONG, 16, count);
      range.set(ValueLayout.JAVA_LONG, 24, position);
      return SystemCalls.call(Function.IOCTL, to, FICLONERANGE, range.address()).intResult() == 0;
    }
  }

  /**
   * Writes a part of a file out of the page cache, without a copy in this process. Its pages are
   * put in place all at once, which is faster than to come upon each of them; what can't be read is
   * found when it is written.
   *
   * @return bytes written
   */
  public static int copy(FileChannel from, long offset, int count, WritableByteChannel to)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mapped = from.map(FileChannel.MapMode.READ_ONLY, offset, count, arena);
      long start = mapped.address() & -SystemCalls.pageSize();
      SystemCalls.call(
          Function.MADVISE, start, mapped.address() + count - start, MADV_POPULATE_READ);
      return to.write(mapped.asByteBuffer());
    }
  }
}
