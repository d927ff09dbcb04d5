package io.github.qcow2tostdout.posix;

import io.github.qcow2tostdout.posix.SystemCalls.Function;
import io.github.qcow2tostdout.posix.SystemCalls.Outcome;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A block device that is opened for writing, so that as long as it is nobody can mount it, nor
 * claim it otherwise.
 */
public final class ClaimedDevice implements AutoCloseable {
  // O_EXCL on a block device: not if it is mounted, swapped to, or part of something else.
  private static final int O_RDWR_EXCL_CLOEXEC = 0x80082;
  private static final int FALLOC_FL_KEEP_SIZE = 1;
  private static final int FALLOC_FL_PUNCH_HOLE = 2;
  private static final int FALLOC_FL_ZERO_RANGE = 16;

  private final int descriptor;
  private boolean punches = true;

  private ClaimedDevice(int descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * What became of a claim.
   *
   * @param device that is ours now
   * @param refusal why it is not, for the user
   */
  public record Claim(Optional<ClaimedDevice> device, String refusal) {}

  /** Claims a device. */
  public static Claim claim(Path path) {
    try (Arena arena = Arena.ofConfined()) {
      Outcome outcome =
          SystemCalls.call(
              Function.OPEN,
              arena.allocateFrom(path.toString()).address(),
              O_RDWR_EXCL_CLOEXEC,
              0);
      return outcome.intResult() >= 0
          ? new Claim(Optional.of(new ClaimedDevice(outcome.intResult())), "")
          : new Claim(Optional.empty(), reason(outcome.errno()));
    }
  }

  private static String reason(int errno) {
    return switch (errno) {
      case Errno.EBUSY ->
          "is mounted, or in use by a volume manager, for swap or otherwise; release it first";
      case Errno.EACCES, Errno.EPERM, Errno.EROFS ->
          "can't be opened for writing: it is read-only, or you may not";
      default -> "can't be opened for writing (error " + errno + " of open)";
    };
  }

  /** A name for the device that is claimed, whatever happened to its path. */
  public Path descriptorPath() {
    return Path.of("/proc/self/fd/" + descriptor);
  }

  /**
   * Makes a range read as zeroes, by discarding it where the device says that this does so.
   *
   * @param offset bytes, a multiple of the device's block size, as is the length
   * @return false if zeroes have to be written
   */
  public boolean zero(long offset, long length) {
    punches = punches && allocate(FALLOC_FL_PUNCH_HOLE, offset, length);
    return punches || allocate(FALLOC_FL_ZERO_RANGE, offset, length);
  }

  private boolean allocate(int mode, long offset, long length) {
    return SystemCalls.call(
                Function.FALLOCATE, descriptor, mode | FALLOC_FL_KEEP_SIZE, offset, length, 0)
            .intResult()
        == 0;
  }

  @Override
  public void close() {
    SystemCalls.call(Function.CLOSE, descriptor, 0, 0);
  }
}
