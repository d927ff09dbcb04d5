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
 * @param title what it is of
 * @param facts of the image in a line
 */
public record Caption(String title, String facts) {
  /** That of an image. */
  public static Caption of(String name, OpenedImage image) {
    return new Caption(
        name,
        facts(
            image.get(HeaderField.VERSION),
            image.clusterSize(),
            Optional.of(image.isZstd() ? "zstd" : "zlib"),
            image.geometry().extendedL2()));
  }

  /** That of the image that a disk would become. */
  public static Caption of(String name, ImageOptions options) {
    return new Caption(
        name + ", as it would be converted",
        facts(
            options.version(),
            options.geometry().clusterSize(),
            options.compression().map(CompressionType::specName),
            options.geometry().extendedL2()));
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
