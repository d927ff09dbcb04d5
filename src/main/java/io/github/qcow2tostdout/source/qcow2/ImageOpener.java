package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.foreign.ForeignHeader;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.GuestMap;
import io.github.qcow2tostdout.image.Holes;
import io.github.qcow2tostdout.image.OpenRules;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.source.FileSource;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.qemu.ImageNode;
import io.github.qcow2tostdout.source.qemu.ImageTree;
import io.github.qcow2tostdout.source.qemu.QemuSource;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Opens the disk of an image, with all that the image names as far as that may be followed: qcow2
 * and raw by this program, everything else through QEMU.
 */
public final class ImageOpener {
  /** The format that is read without QEMU. */
  public static final String QCOW2 = "qcow2";

  private static final String RAW = "raw";

  /** Up to so many images above each other have the usual memory each, and more of them less. */
  private static final int USUAL_DEPTH = 8;

  /** What they have at least: the smallest cluster. */
  private static final int MIN_PART = 512;

  private final ImageAccess access;
  private final ImageTree tree;
  private final int tablePart;

  private ImageOpener(ImageTree tree, ImageAccess access) {
    this.tree = tree;
    this.access = access;
    int depth = 0;
    for (Optional<ImageNode> node = Optional.of(tree.node()); node.isPresent(); ) {
      node = node.get().backing();
      depth++;
    }
    tablePart =
        Math.max(
            MIN_PART, Integer.highestOneBit(GuestMap.PART_SIZE / Math.ceilDiv(depth, USUAL_DEPTH)));
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
      access.refuseHeld(path.toString(), path, tree.paths());
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

  /**
   * Opens the disk of a qcow2 image that has no name: it may name no others, since nobody knows
   * from where they would be looked for.
   *
   * @param container the image's file; closed if this fails
   * @param path leads to it, if anything does
   */
  public static Source open(Source container, Optional<Path> path, ImageAccess access)
      throws IOException {
    try (OpenSources opened = new OpenSources()) {
      opened.add(container);
      if (path.isPresent()) {
        access.refuseHeld(container.name(), path.get(), Set.of(path.get()));
      }
      ForeignHeader header = ForeignHeader.read(QCOW2, new SourceBytes(container));
      if (!header.files().isEmpty()) {
        throw new FileSystemException(
            container.name(),
            null,
            "names the "
                + header.files().getFirst().words()
                + "; give the image as a file, by its name");
      }
      Optional<Path> asked = access.sparse() ? path : Optional.empty();
      Source disk =
          disk(
              new Opened(container, holes(asked), container, holes(asked), Optional.empty()),
              access.snapshot(),
              access,
              GuestMap.PART_SIZE);
      opened.keep();
      return disk;
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
      Optional<Source> backing =
          node.backing().isPresent()
              ? Optional.of(opened.add(source(node.backing().get(), Optional.empty())))
              : Optional.empty();
      Optional<Path> asked =
          access.sparse() ? Optional.of(dataFile.orElse(node.path())) : Optional.empty();
      Source disk =
          disk(
              new Opened(container, new FileHoles(node.path()), data, holes(asked), backing),
              snapshot,
              access,
              tablePart);
      opened.keep();
      return disk;
    }
  }

  private static Holes holes(Optional<Path> path) {
    return path.isPresent() ? new FileHoles(path.get()) : Holes.UNKNOWN;
  }

  /** The files of an image. */
  private record Opened(
      Source container, Holes holes, Source data, Holes dataHoles, Optional<Source> backing) {}

  private static Source disk(
      Opened from, Optional<String> snapshot, ImageAccess access, int tablePart)
      throws IOException {
    OpenedImage image = image(from.container(), from.holes(), access.salvage().isPresent());
    access.inspector().inspect(image);
    Optional<Snapshot> then =
        snapshot.isPresent()
            ? Optional.of(SnapshotChoice.of(image, snapshot.get()))
            : Optional.empty();
    return Qcow2Source.of(
        new ImageParts(
            image,
            then,
            from.container(),
            from.data(),
            from.dataHoles(),
            from.backing(),
            access.salvage(),
            tablePart));
  }

  private static OpenedImage image(Source container, Holes holes, boolean damaged)
      throws IOException {
    BoundedFile file = BoundedFile.of(container.name(), container::read, container.size(), holes);
    OpenedImage image = damaged ? OpenRules.openDamaged(file) : OpenRules.open(file);
    long method = image.get(HeaderField.CRYPT_METHOD);
    if (method != 0) {
      throw new ImageException.Unsupported(
          container.name(),
          "its disk is encrypted"
              + (method == OpenRules.CRYPT_LUKS ? " with LUKS" : "")
              + ", and there is no way yet to give the key",
          "decrypt it with qemu-img convert");
    }
    return image;
  }
}
