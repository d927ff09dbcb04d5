package io.github.qcow2tostdout.source.qemu;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * What QEMU may do when it reads an image.
 *
 * @param follow whether files that the image names are opened
 * @param forceShare whether it reads also what another QEMU may write to
 * @param openTimeout how long it may take to open it
 * @param memory bytes of address space that it may have
 * @param said is told of each file that is opened because the image names it
 */
public record QemuAccess(
    boolean follow, boolean forceShare, Duration openTimeout, long memory, Consumer<String> said) {
  /** For the connection of a disk, or the opening of an image. */
  public static final Duration OPEN_TIMEOUT = Duration.ofSeconds(30);

  /** Ten times what QEMU has with an image of the usual kind. */
  public static final long MEMORY = 2L << 30;

  /** The image's own file, and no other. */
  public static final QemuAccess DEFAULT =
      new QemuAccess(false, false, OPEN_TIMEOUT, MEMORY, name -> {});
}
