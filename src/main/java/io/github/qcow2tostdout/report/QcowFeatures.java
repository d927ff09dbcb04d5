package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.image.OpenedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What kind of qcow2 an image is.
 *
 * @param version 2 or 3
 * @param clusterSize bytes
 * @param refcountBits how wide refcounts are
 * @param compression how clusters would be compressed, as QEMU calls it
 * @param encryption how they are encrypted, as QEMU calls it
 * @param features those whose bits are set, but for the kind of compression
 * @param snapshots how many
 * @param bitmaps how many
 */
record QcowFeatures(
    long version,
    int clusterSize,
    int refcountBits,
    String compression,
    Optional<String> encryption,
    List<Feature> features,
    long snapshots,
    long bitmaps) {
  private static final int AES = 1;

  static QcowFeatures of(OpenedImage image) {
    Geometry geometry = image.geometry();
    List<Feature> features = new ArrayList<>();
    for (Feature feature : Feature.values()) {
      if (feature != Feature.COMPRESSION_TYPE && feature.isSetIn(image.header())) {
        features.add(feature);
      }
    }
    long method = image.get(HeaderField.CRYPT_METHOD);
    return new QcowFeatures(
        image.get(HeaderField.VERSION),
        geometry.clusterSize(),
        1 << geometry.refcountOrder(),
        image.isZstd() ? "zstd" : "zlib",
        method == 0 ? Optional.empty() : Optional.of(method == AES ? "aes" : "luks"),
        List.copyOf(features),
        image.get(HeaderField.NB_SNAPSHOTS),
        image.bitmaps().map(it -> it.nbBitmaps()).orElse(0L));
  }

  boolean has(Feature feature) {
    return features.contains(feature);
  }

  /** The version as QEMU calls it. */
  String compat() {
    return version == 2 ? "0.10" : "1.1";
  }

  String clusters() {
    return HumanSize.of(clusterSize) + ", refcounts of " + refcountBits + " bits";
  }

  String words() {
    List<String> words = new ArrayList<>(List.of("version " + version));
    words.add(compression);
    features.forEach(feature -> words.add(feature.specName()));
    encryption.ifPresent(words::add);
    if (snapshots > 0) {
      words.add(snapshots + (snapshots == 1 ? " snapshot" : " snapshots"));
    }
    if (bitmaps > 0) {
      words.add(bitmaps + (bitmaps == 1 ? " bitmap" : " bitmaps"));
    }
    return String.join(", ", words);
  }
}
