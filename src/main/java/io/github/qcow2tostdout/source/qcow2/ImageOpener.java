package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.OpenRules;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.source.FileSource;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.qemu.ImageNode;
import io.github.qcow2tostdout.source.qemu.ImageTree;
import io.github.qcow2tostdout.source.qemu.QemuSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Opens the disk of an image, with all that the image names as far as that may be followed: qcow2
 * and raw by this program, everything else through QEMU.
 */
public final class ImageOpener {
  /** The format that is read without QEMU. */
  public static final String QCOW2 = "qcow2";

  private static final String RAW = "raw";

  private final ImageAccess access;
  private final ImageTree tree;

  private ImageOpener(ImageTree tree, ImageAccess access) {
    this.tree = tree;
    this.access = access;
  }

  /**
   * Opens it.
   *
   * @param format what QEMU calls it; not raw
   * @throws IOException if it can't be read, or names files that may not be opened; the reason is
   *     for the user
   */
  public static Source open(Path path, String format, ImageAccess access) throws IOException {
    ImageTree tree = new ImageTree(path, format, access.qemu());
    if (format.equals(QCOW2)) {
      access.refuseHeld(path.toString(), tree.paths());
    }
    Source disk = new ImageOpener(tree, access).source(tree.node(), access.snapshot());
    try {
      tree.verify();
      return disk;
    } catch (IOException | RuntimeException | Error e) {
      disk.close();
      throw e;
    }
  }

  private Source source(ImageNode node, Optional<String> snapshot) throws IOException {
    return switch (node.format()) {
      case RAW -> FileSource.open(node.path(), access.sparse());
      case QCOW2 -> qcow2(node, snapshot);
      default -> QemuSource.open(tree, node, access.sparse(), access.qemu());
    };
  }

  private Source qcow2(ImageNode node, Optional<String> snapshot) throws IOException {
    try (OpenSources opened = new OpenSources()) {
      Source container = opened.add(FileSource.open(node.path(), access.sparse()));
      Optional<Path> dataFile = node.dataFile().map(ImageNode.FileNode::path);
      Source data =
          dataFile.isPresent()
              ? opened.add(FileSource.open(dataFile.get(), access.sparse()))
              : container;
      OpenedImage image = image(container, opened.add(new FileHoles(node.path())));
      Optional<Source> backing =
          node.backing().isPresent()
              ? Optional.of(opened.add(source(node.backing().get(), Optional.empty())))
              : Optional.empty();
      Optional<Snapshot> then =
          snapshot.isPresent()
              ? Optional.of(SnapshotChoice.of(image, snapshot.get()))
              : Optional.empty();
      Source disk =
          Qcow2Source.of(
              new ImageParts(
                  image,
                  then,
                  container,
                  data,
                  opened.add(new FileHoles(dataFile.orElse(node.path()))),
                  backing));
      opened.keep();
      return disk;
    }
  }

  private static OpenedImage image(Source container, FileHoles holes) throws IOException {
    OpenedImage image =
        OpenRules.open(
            BoundedFile.of(container.name(), container::read, container.size(), holes));
    if (image.get(HeaderField.CRYPT_METHOD) != 0) {
      throw new ImageException.Unsupported(
          container.name(),
          image.crypto().isPresent()
              ? "the disk is encrypted with LUKS, and there is no way yet to give the key"
              : "the disk is encrypted, by a method of old",
          "decrypt it with qemu-img convert");
    }
    return image;
  }
}
