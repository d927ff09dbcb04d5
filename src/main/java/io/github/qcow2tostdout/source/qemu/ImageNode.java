package io.github.qcow2tostdout.source.qemu;

import io.github.qcow2tostdout.source.FileKind;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * An image as a node of QEMU's. Everything that QEMU would else look up in the image is said: where
 * there is no backing file here, QEMU opens none, whatever the image names.
 *
 * @param format QEMU's name for it
 * @param path of the image, as it was found
 * @param file what QEMU reads it from
 * @param backing what is below it
 * @param dataFile where its data is, if that is not in the file
 */
public record ImageNode(
    String format,
    Path path,
    FileNode file,
    Optional<ImageNode> backing,
    Optional<FileNode> dataFile) {
  /** Formats to which QEMU takes the option; the others have no backing file for it. */
  private static final Set<String> WITH_BACKING = Set.of("qcow", "qcow2", "qed", "vmdk");

  /**
   * A file as a node.
   *
   * @param driver QEMU's name for what it is to its system
   * @param path absolute, or a name in the directory that the child has for itself
   */
  public record FileNode(String driver, Path path) {
    static FileNode of(FileKind kind, Path path) {
      return new FileNode(
          kind == FileKind.BLOCK_DEVICE ? "host_device" : "file", path.toAbsolutePath());
    }

    private String json(Path directory) {
      return "{\"driver\":"
          + quoted(driver)
          + ",\"filename\":"
          + quoted(directory.resolve(path).toString())
          + "}";
    }
  }

  /** A file that is no image of any kind. */
  static ImageNode alone(String format, Path path, FileNode file) {
    return new ImageNode(format, path, file, Optional.empty(), Optional.empty());
  }

  /**
   * The node, read-only.
   *
   * @param directory that the child has for itself
   * @param forceShare whether others may write meanwhile
   */
  String json(Path directory, boolean forceShare) {
    return json(
        directory,
        ",\"node-name\":\"image\",\"read-only\":true"
            + (forceShare ? ",\"force-share\":true" : ""));
  }

  private String json(Path directory, String more) {
    StringBuilder json = new StringBuilder("{\"driver\":").append(quoted(format)).append(more);
    json.append(",\"file\":").append(file.json(directory));
    if (WITH_BACKING.contains(format)) {
      json.append(",\"backing\":")
          .append(backing.isPresent() ? backing.get().json(directory, "") : "null");
    }
    if (dataFile.isPresent()) {
      json.append(",\"data-file\":").append(dataFile.get().json(directory));
    }
    return json.append('}').toString();
  }

  /** A string of JSON, in which a comma, a colon or a space is nothing special. */
  static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
