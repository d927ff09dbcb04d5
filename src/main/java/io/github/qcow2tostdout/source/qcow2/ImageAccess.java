package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.source.QemuLocks;
import io.github.qcow2tostdout.source.qemu.QemuAccess;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/**
 * How an image is opened.
 *
 * @param qemu whether what the image names is followed, and what QEMU may do where it reads
 * @param sparse whether what holds the disk is asked where data is
 * @param forceShare whether an image is read also while QEMU may write to it
 * @param salvage is told what is lost, if a damaged image is to be read all the same
 * @param snapshot the ID or name of the one whose disk is wanted, if not the present one
 * @param inspector is shown each qcow2 image that is read
 */
public record ImageAccess(
    QemuAccess qemu,
    boolean sparse,
    boolean forceShare,
    Optional<String> snapshot,
    Optional<Salvage> salvage,
    Inspector inspector) {
  /** Looks at images before they are read. */
  @FunctionalInterface
  public interface Inspector {
    /**
     * One that was opened.
     *
     * @throws IOException if it is not to be read
     */
    void inspect(OpenedImage image) throws IOException;
  }

  /** The image's own file, and no other; its present disk. */
  public static final ImageAccess DEFAULT =
      new ImageAccess(QemuAccess.DEFAULT, true, false, Optional.empty(), Optional.empty());

  /** One that reads whatever image there is. */
  public ImageAccess(
      QemuAccess qemu,
      boolean sparse,
      boolean forceShare,
      Optional<String> snapshot,
      Optional<Salvage> salvage) {
    this(qemu, sparse, forceShare, snapshot, salvage, image -> {});
  }

  /** The same with an inspector. */
  public ImageAccess with(Inspector another) {
    return new ImageAccess(qemu, sparse, forceShare, snapshot, salvage, another);
  }

  /**
   * Throws if QEMU has one of the files of an image open in a way that forbids to read it.
   *
   * @param name what the user calls the image
   * @param image its own file
   */
  void refuseHeld(String name, Path image, Collection<Path> files) throws IOException {
    if (forceShare) {
      return;
    }
    String locks = QemuLocks.list();
    for (Path file : files) {
      if (QemuLocks.on(file, locks).forbidReading()) {
        throw new FileSystemException(
            name,
            null,
            "QEMU has "
                + (file.equals(image) ? "it" : file)
                + " open for writing, and what is read may be half written; shut the guest down,"
                + " or say -U (--force-share)");
      }
    }
  }
}
