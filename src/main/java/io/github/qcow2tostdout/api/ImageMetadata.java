package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.image.OpenedImage;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What the header of an image says.
 *
 * @param virtualSize bytes of the disk
 * @param clusterSize bytes of a cluster
 * @param version 2 or 3
 * @param refcountBits bits of a refcount
 * @param extendedL2 whether its clusters have subclusters
 * @param compression of clusters that are compressed, if there are any
 * @param encryption what its clusters are encrypted with
 * @param features that are set, by the specification's names of them
 * @param backingFile the name of its backing file, as it is in the image; nobody has opened that
 * @param backingFormat what QEMU calls the format of that
 * @param dataFile the name of its external data file; as the other
 * @param snapshots how many internal snapshots it has
 */
public record ImageMetadata(
    long virtualSize,
    int clusterSize,
    int version,
    int refcountBits,
    boolean extendedL2,
    CompressionMethod compression,
    Encryption encryption,
    Set<String> features,
    Optional<String> backingFile,
    Optional<String> backingFormat,
    Optional<String> dataFile,
    long snapshots) {
  /** How clusters are encrypted. */
  public enum Encryption {
    NONE,
    AES,
    LUKS
  }

  /** The set of features is kept as it is now. */
  public ImageMetadata {
    features = Collections.unmodifiableSet(new LinkedHashSet<>(features));
  }

  static ImageMetadata of(OpenedImage image) {
    Set<String> features = new LinkedHashSet<>();
    for (Feature feature : Feature.values()) {
      if (feature.isSetIn(image.header())) {
        features.add(feature.specName());
      }
    }
    return new ImageMetadata(
        image.diskSize(),
        image.clusterSize(),
        (int) image.get(HeaderField.VERSION),
        1 << image.geometry().refcountOrder(),
        image.geometry().extendedL2(),
        image.isZstd() ? CompressionMethod.ZSTD : CompressionMethod.ZLIB,
        encryption(image.get(HeaderField.CRYPT_METHOD)),
        features,
        image.area().backingFile(),
        text(image, HeaderExtension.BACKING_FORMAT),
        image.hasDataFile() ? text(image, HeaderExtension.DATA_FILE_NAME) : Optional.empty(),
        image.get(HeaderField.NB_SNAPSHOTS));
  }

  private static Encryption encryption(long method) {
    return method == 0 ? Encryption.NONE : method == 1 ? Encryption.AES : Encryption.LUKS;
  }

  private static Optional<String> text(OpenedImage image, int extension) {
    return image.area().extension(extension).map(it -> it.text());
  }
}
