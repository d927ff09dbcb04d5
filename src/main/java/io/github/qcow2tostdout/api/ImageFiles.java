package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.OpenRules;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.source.ChangeSign;
import io.github.qcow2tostdout.source.FileSource;
import io.github.qcow2tostdout.source.QemuLocks;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.SourceIdentity;
import io.github.qcow2tostdout.source.qcow2.FileHoles;
import io.github.qcow2tostdout.source.qcow2.ImageAccess;
import io.github.qcow2tostdout.source.qcow2.ImageOpener;
import io.github.qcow2tostdout.source.qemu.ImageNode;
import io.github.qcow2tostdout.source.qemu.ImageTree;
import io.github.qcow2tostdout.source.qemu.QemuAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The file of an image, and those that it names, opened anew each time.
 *
 * @param path as the user gave it
 * @param identity of the file when it was opened first
 */
record ImageFiles(Path path, Set<ImageOption> options, SourceIdentity identity) {
  private static final List<String> OWN_FORMATS = List.of("raw", ImageOpener.QCOW2);

  /** Something that is done with an image while it is open. */
  @FunctionalInterface
  interface Reading<T> {
    T read(OpenedImage image) throws IOException;
  }

  static ImageFiles of(Path path, Set<ImageOption> options) throws IOException {
    try (Source file = FileSource.open(path, true)) {
      ImageFiles files = new ImageFiles(path, options, file.identity());
      files.refuseHeld(Set.of(path));
      return files;
    }
  }

  String name() {
    return path.toString();
  }

  /** Opens the image and closes it again. */
  <T> T read(Reading<T> reading) throws IOException {
    try (Source file = FileSource.open(path, true)) {
      refuseOther(file);
      try (BoundedFile bounded =
          BoundedFile.of(name(), file::read, file.size(), new FileHoles(path))) {
        return reading.read(OpenRules.open(bounded));
      }
    }
  }

  /** Opens its disk. */
  Source openDisk(Optional<String> snapshot) throws IOException {
    ImageAccess access = access(snapshot);
    if (!options.contains(ImageOption.FOLLOW)) {
      refuseNames();
    }
    ImageTree tree = new ImageTree(path, ImageOpener.QCOW2, access.qemu());
    for (Optional<ImageNode> node = Optional.of(tree.node()); node.isPresent(); ) {
      refuseForeign(node.get());
      node = node.get().backing();
    }
    refuseHeld(tree.paths());
    Source disk = ImageOpener.open(path, ImageOpener.QCOW2, access);
    try {
      refuseOther(disk);
      return disk;
    } catch (IOException | RuntimeException | Error e) {
      disk.close();
      throw e;
    }
  }

  private ImageAccess access(Optional<String> snapshot) {
    QemuAccess qemu =
        new QemuAccess(
            options.contains(ImageOption.FOLLOW),
            true,
            QemuAccess.OPEN_TIMEOUT,
            QemuAccess.MEMORY,
            name -> {});
    // Who holds it is asked here.
    return new ImageAccess(qemu, true, true, snapshot, Optional.empty());
  }

  private void refuseNames() throws IOException {
    ImageMetadata metadata = read(ImageMetadata::of);
    Optional<String> name = metadata.backingFile().or(metadata::dataFile);
    if (name.isPresent() || metadata.features().contains("external data file")) {
      throw new ImageException.Unsupported(
          name(),
          "its disk is also in the file " + name.orElse("that it has no name of"),
          "open it with ImageOption.FOLLOW if you know who made the image");
    }
  }

  private void refuseForeign(ImageNode node) throws ImageException {
    if (!OWN_FORMATS.contains(node.format())) {
      throw new ImageException.Unsupported(
          name(),
          "the backing file " + node.path() + " is in the format " + node.format(),
          "convert that to qcow2");
    }
  }

  private void refuseHeld(Set<Path> paths) throws IOException {
    if (options.contains(ImageOption.FORCE_SHARE)) {
      return;
    }
    String locks = QemuLocks.list();
    for (Path file : paths) {
      if (QemuLocks.on(file, locks).forbidReading()) {
        throw new ImageException.SourceChanged(name(), "QEMU has " + file + " open for writing");
      }
    }
  }

  /** One that QEMU may write to changes all the time. */
  private void refuseOther(Source file) throws IOException {
    ChangeSign sign =
        options.contains(ImageOption.FORCE_SHARE) ? ChangeSign.INODE : ChangeSign.MODIFICATION_TIME;
    SourceIdentity first = identity.only(sign);
    SourceIdentity now = file.identity().only(sign);
    if (sign == ChangeSign.INODE) {
      first = new SourceIdentity(0, first.inode(), Optional.empty(), Optional.empty());
      now = new SourceIdentity(0, now.inode(), Optional.empty(), Optional.empty());
    }
    Optional<String> difference = first.differenceTo(now);
    if (difference.isPresent()) {
      throw new ImageException.SourceChanged(name(), difference.get());
    }
  }
}
