package io.github.qcow2tostdout.source;

import io.github.qcow2tostdout.posix.FileLocks;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/**
 * The locks by which processes of QEMU keep out of each other's way: each holds some bytes of an
 * image's file, whatever is stored there. From 100 on a byte stands for something that it does,
 * from 200 on for something that no other may do.
 */
public final class QemuLocks {
  private static final long WRITES = 101;
  private static final long RESIZES = 103;
  private static final long LETS_NOBODY_READ = 200;

  private QemuLocks() {}

  /**
   * Refuses an image that changes while it is read, as QEMU does.
   *
   * @param name for the message
   * @throws FileSystemException if another process may write to it
   */
  public static void refuseHeld(String name, Path image) throws FileSystemException {
    if (FileLocks.anyOn(image, WRITES, RESIZES, LETS_NOBODY_READ)) {
      throw new FileSystemException(
          name,
          null,
          "is held by another process, which may write to it (it has QEMU's locks): shut the guest"
              + " down, or end that process; -U (--force-share) reads it all the same, and what it"
              + " finds may be half written");
    }
  }
}
