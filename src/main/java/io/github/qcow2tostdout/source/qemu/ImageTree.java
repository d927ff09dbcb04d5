package io.github.qcow2tostdout.source.qemu;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.foreign.ForeignHeader;
import io.github.qcow2tostdout.foreign.KnownFormat;
import io.github.qcow2tostdout.foreign.NamedFile;
import io.github.qcow2tostdout.foreign.VmdkDescriptor;
import io.github.qcow2tostdout.source.FileKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The files that a disk is in: the image, and if they are followed those that it names, and those
 * that they name. QEMU is told them one by one, and opens no others. All of them are looked at
 * before QEMU is started, and watched afterwards.
 */
public final class ImageTree {
  /** More images above each other than that are none that anybody made. */
  static final int MAX_DEPTH = 256;

  private static final String RAW = "raw";
  private static final int MAX_LISTED = 10;

  private final String name;
  private final QemuAccess access;
  private final WatchedFiles files = new WatchedFiles();
  private final List<String> descriptors = new ArrayList<>();
  private final ImageNode node;

  /**
   * Finds them.
   *
   * @throws FileSystemException if one is missing, or no file, or must not be read; the reason is
   *     for the user
   */
  public ImageTree(Path image, String format, QemuAccess access) throws IOException {
    name = image.toString();
    this.access = access;
    node = node(image, format, new ArrayList<>(), "");
  }

  /** What is to be opened. */
  public ImageNode node() {
    return node;
  }

  /** What the files in the child's own directory hold, by the numbers that are their names. */
  List<String> descriptors() {
    return List.copyOf(descriptors);
  }

  /** All files, as they were when they were found. */
  WatchedFiles files() {
    return files;
  }

  /** Where all of them are. */
  public Set<Path> paths() {
    return Set.copyOf(files.paths());
  }

  /** Throws if one of them is not what it was when it was found. */
  public void verify() throws IOException {
    Optional<Path> changed = files.changed();
    if (changed.isPresent()) {
      throw failed(
          (changed.get().toString().equals(name) ? "" : changed.get() + " ")
              + "was written or replaced while it was opened; run again");
    }
  }

  private ImageNode node(Path path, String format, List<String> above, String role)
      throws IOException {
    FileKind kind = take(path, role);
    if (format.equals(RAW)) {
      return ImageNode.alone(format, path, ImageNode.FileNode.of(kind, path));
    }
    String inode = kind.identity(path, 0).inode().orElse(path.toString());
    if (above.contains(inode)) {
      throw failed(role + path + " is below itself; no disk is made so, refuse it");
    }
    if (above.size() > MAX_DEPTH) {
      throw failed("more than " + MAX_DEPTH + " images are above each other; refuse it");
    }
    ForeignHeader header;
    try (ChannelBytes bytes = ChannelBytes.open(path)) {
      header = ForeignHeader.read(format, bytes);
    }
    if (header.problem().isPresent()) {
      throw failed(role + "can't be read as " + format + ": " + header.problem().get());
    }
    refuseUnfollowed(path, header);
    List<String> chain = new ArrayList<>(above);
    chain.add(inode);
    Optional<ImageNode> backing = Optional.empty();
    Optional<ImageNode.FileNode> dataFile = Optional.empty();
    for (NamedFile file : header.files()) {
      switch (file.role()) {
        case BACKING -> {
          Path found = say(file, directory(path).resolve(path(file)), path);
          backing = Optional.of(node(found, format(file, found), chain, file.role().words() + " "));
        }
        case DATA -> {
          // As for QEMU a relative name is one of the working directory.
          Path found = say(file, path(file).toAbsolutePath(), path);
          dataFile = Optional.of(ImageNode.FileNode.of(take(found, "data file "), found));
        }
        case EXTENT -> {
          // Those are in the descriptor.
        }
      }
    }
    ImageNode.FileNode own =
        header.descriptor().isPresent()
            ? descriptor(path, header.descriptor().get())
            : ImageNode.FileNode.of(kind, path);
    return new ImageNode(format, path, own, backing, dataFile);
  }

  /** Notes a file; QEMU must not see one that opening would wait for. */
  private FileKind take(Path path, String role) throws IOException {
    FileKind kind;
    try {
      kind = FileKind.of(path);
    } catch (NoSuchFileException e) {
      if (role.isEmpty()) {
        throw e;
      }
      throw failed(role + path + ": no such file or device; put it there");
    }
    if (role.isEmpty()) {
      kind.refuseUnlessAnywhere(name);
    } else if (kind.reading() != FileKind.Reading.ANYWHERE) {
      throw failed(role + path + " " + kind.objection() + ", and no part of a disk; refuse it");
    }
    if (!Files.isReadable(path)) {
      throw new AccessDeniedException(path.toString());
    }
    files.add(path, kind);
    return kind;
  }

  private void refuseUnfollowed(Path path, ForeignHeader header) throws IOException {
    if (access.follow()) {
      return;
    }
    List<NamedFile> foreign = new ArrayList<>();
    for (NamedFile file : header.files()) {
      if (file.role() != NamedFile.Role.EXTENT || !isOwnExtent(path, file.name())) {
        foreign.add(file);
      }
    }
    if (!foreign.isEmpty()) {
      List<String> words = foreign.stream().limit(MAX_LISTED).map(NamedFile::words).toList();
      int more = foreign.size() - words.size();
      throw failed(
          "names the "
              + String.join(", the ", words)
              + (more > 0 ? " and " + more + " more" : "")
              + "; what it names is in the disk that it shows, and is opened only with --follow:"
              + " say that if you know who made the image");
    }
  }

  /** Whether an extent is a file beside its descriptor that is called after it. */
  private static boolean isOwnExtent(Path descriptor, String extent) throws IOException {
    String own = descriptor.getFileName().toString();
    String stem = own.endsWith(".vmdk") ? own.substring(0, own.length() - 5) : own;
    return extent.startsWith(stem + "-")
        && extent.indexOf('/') < 0
        && !Files.isSymbolicLink(directory(descriptor).resolve(extent));
  }

  private static Path directory(Path image) {
    Path parent = image.toAbsolutePath().getParent();
    return parent == null ? image.toAbsolutePath() : parent;
  }

  /** The name as a path; QEMU takes what has a colon before the first slash for something else. */
  private Path path(NamedFile file) throws FileSystemException {
    int colon = file.name().indexOf(':');
    int slash = file.name().indexOf('/');
    if (colon >= 0 && (slash < 0 || colon < slash)) {
      throw failed(
          "names the "
              + file.words()
              + ", which is no file's name; only files are followed, give it one with qemu-img"
              + " rebase");
    }
    try {
      return Path.of(file.name());
    } catch (InvalidPathException e) {
      throw failed("names the " + file.words() + ", which is no file's name: " + e.getReason());
    }
  }

  /** Tells of a file that is followed. */
  private Path say(NamedFile file, Path found, Path from) {
    access
        .said()
        .accept("opening " + file.role().words() + " " + found + ", which " + from + " names");
    return found;
  }

  /** What a backing file is, by the image above it or, where that can't say so, by itself. */
  private String format(NamedFile file, Path found) throws IOException {
    if (file.format().isPresent()) {
      String format = file.format().get();
      if (!format.equals(RAW) && !QemuSource.FORMATS.contains(format)) {
        throw failed("calls the " + file.words() + " " + format + ", which can't be read");
      }
      return format;
    }
    take(found, file.role().words() + " ");
    ByteBuffer start;
    try (ChannelBytes bytes = ChannelBytes.open(found)) {
      int length = (int) Math.min(bytes.size(), KnownFormat.START);
      start = bytes.read(0, length).position(length);
    }
    Optional<KnownFormat> known =
        KnownFormat.of(start).filter(format -> format.kind() == KnownFormat.Kind.IMAGE);
    return known.map(KnownFormat::formatName).orElse(RAW);
  }

  /** QEMU gets a descriptor of ours, with absolute names: it reads more out of one than is here. */
  private ImageNode.FileNode descriptor(Path path, VmdkDescriptor descriptor) throws IOException {
    Map<String, Path> places = new HashMap<>();
    for (VmdkDescriptor.Extent extent : descriptor.extents()) {
      NamedFile file = new NamedFile(NamedFile.Role.EXTENT, extent.name(), Optional.empty(), 0);
      Path found = directory(path).resolve(path(file));
      String shown = found.toString();
      if (shown.getBytes(UTF_8).length > VmdkDescriptor.MAX_NAME
          || shown.indexOf('"') >= 0
          || shown.indexOf('\n') >= 0
          || shown.indexOf('\r') >= 0) {
        throw failed(
            "extent "
                + found
                + " has a name that is too long, or has a quote or a line's end in it; move it");
      }
      if (access.follow() && !files.contains(found)) {
        say(file, found, path);
      }
      take(found, "extent ");
      if (extent.isSparse()) {
        refuseNested(found);
      }
      places.put(extent.name(), found);
    }
    String text = descriptor.rewritten(extent -> String.valueOf(places.get(extent.name())));
    descriptors.add(text);
    return new ImageNode.FileNode("file", Path.of(Integer.toString(descriptors.size() - 1)));
  }

  /** QEMU would follow a descriptor that an extent has in it. */
  private void refuseNested(Path extent) throws IOException {
    try (ChannelBytes bytes = ChannelBytes.open(extent)) {
      ForeignHeader header = ForeignHeader.read("vmdk", bytes);
      if (header.problem().isPresent() || header.descriptor().isPresent()) {
        throw failed("extent " + extent + " is none: it has a descriptor, or is no image");
      }
    }
  }

  private FileSystemException failed(String reason) {
    return new FileSystemException(name, null, reason);
  }
}
