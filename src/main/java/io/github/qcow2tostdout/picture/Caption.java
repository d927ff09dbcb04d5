package io.github.qcow2tostdout.picture;

import io.github.qcow2tostdout.format.CompressionType;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.report.HumanSize;
import java.util.Optional;

/**
 * What stands above a picture.
 *
 * @param name of what it is of
 * @param what of that, with a comma in front
 * @param facts of the image in a line
 */
public record Caption(String name, String what, String facts) {
  /** Characters of a title that fit. */
  private static final int TITLE_WIDTH = 66;

  private static final String PLANNED = ", as it would be converted";

  /** That of an image. */
  public static Caption of(String name, OpenedImage image) {
    return new Caption(
        name,
        "",
        facts(
            image.get(HeaderField.VERSION),
            image.clusterSize(),
            Optional.of(image.isZstd() ? "zstd" : "zlib"),
            image.geometry().extendedL2()));
  }

  /** That of the image that a disk would become. */
  public static Caption of(String name, ImageOptions options) {
    return new Caption(
        name,
        PLANNED,
        facts(
            options.version(),
            options.geometry().clusterSize(),
            options.compression().map(CompressionType::specName),
            options.geometry().extendedL2()));
  }

  String title() {
    return name + what;
  }

  /** The same, as far as there is room. */
  String heading() {
    return XmlWriter.cut(name, TITLE_WIDTH - what.length()) + what;
  }

  private static String facts(
      long version, int clusterSize, Optional<String> compression, boolean extended) {
    return "qcow2 version "
        + version
        + ", clusters of "
        + HumanSize.of(clusterSize)
        + (extended ? " in 32 subclusters" : "")
        + compression.map(it -> ", compression " + it).orElse("");
  }
}
