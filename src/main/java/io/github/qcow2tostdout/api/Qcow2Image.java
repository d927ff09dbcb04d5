package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.check.CheckResult;
import io.github.qcow2tostdout.check.ImageCheck;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BitmapEntry;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.image.SnapshotTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A qcow2 image to read. It holds no file open: each disk and each check opens the file for itself,
 * by its name, and refuses another file that has taken the name since. So any thread may call its
 * methods, and there is nothing to close but the disks.
 *
 * {@snippet file="io/github/qcow2tostdout/api/LibraryExamples.java" region="read"}
 *
 * <p>No image is trusted: whatever is in one, its methods return, or throw what they say they
 * throw, and no file that an image names is opened unless {@link ImageOption#FOLLOW} says so.
 */
public final class Qcow2Image {
  private final ImageFiles files;
  private final ImageMetadata metadata;

  private Qcow2Image(ImageFiles files, ImageMetadata metadata) {
    this.files = files;
    this.metadata = metadata;
  }

  /**
   * Opens an image.
   *
   * @throws Qcow2Exception if it is none, or one that QEMU would not open, or if QEMU has it open
   *     for writing
   * @throws IOException if it can't be read
   */
  public static Qcow2Image open(Path path, ImageOption... options) throws IOException {
    return Failures.translated(() -> {
      ImageFiles files = ImageFiles.of(path, Set.of(options));
      return new Qcow2Image(files, files.read(ImageMetadata::of));
    });
  }

  /** What its header says. */
  public ImageMetadata metadata() {
    return metadata;
  }

  /**
   * Its internal snapshots, in the order of their table.
   *
   * @throws Qcow2Exception if the table can't be read
   */
  public List<SnapshotInfo> snapshots() throws IOException {
    return Failures.translated(() -> files.read(Qcow2Image::snapshots));
  }

  private static List<SnapshotInfo> snapshots(OpenedImage image) throws IOException {
    SnapshotTable table = SnapshotTable.read(image.file(), image.header());
    if (table.problem().isPresent()) {
      throw table.problem().get();
    }
    List<SnapshotInfo> snapshots = new ArrayList<>();
    for (Snapshot snapshot : table.snapshots()) {
      snapshots.add(SnapshotInfo.of(snapshot));
    }
    return List.copyOf(snapshots);
  }

  /** Its persistent dirty bitmaps, in the order of their directory. */
  public List<BitmapInfo> bitmaps() throws IOException {
    return Failures.translated(() -> files.read(Qcow2Image::bitmaps));
  }

  private static List<BitmapInfo> bitmaps(OpenedImage image) throws IOException {
    List<BitmapInfo> bitmaps = new ArrayList<>();
    if (image.bitmaps().isPresent()) {
      for (BitmapEntry entry : image.bitmaps().get().bitmaps()) {
        bitmaps.add(BitmapInfo.of(entry));
      }
    }
    return List.copyOf(bitmaps);
  }

  /**
   * Opens the disk in it, as the guest sees it. What is damaged is an error where it is read, never
   * zeroes.
   *
   * @throws Qcow2Exception if it is encrypted, or needs a file that is not to be opened
   * @throws IOException if it can't be read
   */
  public Disk disk() throws IOException {
    return disk(Optional.empty());
  }

  /**
   * Opens the disk as it was when an internal snapshot was taken.
   *
   * @param snapshot its ID, or its name if no ID is the same
   * @throws IOException if there is none, and as {@link #disk()}
   */
  public Disk disk(String snapshot) throws IOException {
    return disk(Optional.of(snapshot));
  }

  private Disk disk(Optional<String> snapshot) throws IOException {
    if (metadata.encryption() != ImageMetadata.Encryption.NONE) {
      throw Qcow2Exception.of(
          new ImageException.Unsupported(
              files.name(), "it is encrypted, and the library has no keys", "use the program"));
    }
    return Failures.translated(() -> new SourceDisk(files.openDisk(snapshot)));
  }

  /** The same as {@link #check(boolean, Control)}: tables and refcounts, with nobody watching. */
  public CheckOutcome check() throws IOException {
    return check(false, new Control());
  }

  /**
   * Checks it: counts what refers to each cluster, and collects what is wrong.
   *
   * @param deep whether compressed clusters are decoded too
   * @throws Qcow2Exception if it can't be checked
   * @throws IOException if it can't be read
   * @throws java.util.concurrent.CancellationException if it was cancelled
   */
  public CheckOutcome check(boolean deep, Control control) throws IOException {
    control.requireWanted();
    CheckResult result =
        Failures.cancellable(
            () -> files.read(image -> ImageCheck.check(image, deep, control.progress())));
    return CheckOutcome.of(result);
  }
}
