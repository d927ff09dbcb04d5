package io.github.qcow2tostdout.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.format.CompressionType;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.Limits;
import java.util.Optional;

/**
 * What kind of image is asked for.
 *
 * @param geometry cluster size, width of refcounts, kind of L2 entries (extended: version 3 only)
 * @param version 2 or 3
 * @param lazyRefcounts whether the lazy refcounts bit is set; version 3 only
 * @param dataFile the external data file, if the image is to hold metadata only; version 3 only
 * @param backing the file that shows through where the image has nothing; not with a raw data file
 * @param compression how clusters are compressed, if they are; not with a data file; zstd: version
 *     3 only
 * @param bitmaps that the disk has; version 3 only, and not with a data file
 */
public record ImageOptions(
    Geometry geometry,
    int version,
    boolean lazyRefcounts,
    Optional<DataFile> dataFile,
    Optional<BackingFile> backing,
    Optional<CompressionType> compression,
    BitmapsPlan bitmaps) {

  /** log2 of the width of refcounts that version 2 has. */
  public static final int V2_REFCOUNT_ORDER = 4;

  /**
   * An external data file.
   *
   * @param name what the image calls it
   * @param raw whether all clusters are mapped one to one, so that it can be read without the image
   */
  public record DataFile(String name, boolean raw) {
    public DataFile {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("the name of the data file is empty");
      }
    }
  }

  /**
   * A backing file.
   *
   * @param name what the image calls it, at most {@link Limits#MAX_BACKING_NAME} bytes
   * @param format what QEMU calls its format: left out, QEMU would guess it by the content
   */
  public record BackingFile(String name, String format) {
    public BackingFile {
      if (name.isEmpty() || name.getBytes(UTF_8).length > Limits.MAX_BACKING_NAME) {
        throw new IllegalArgumentException("the name of the backing file is empty or too long");
      }
      if (format.isEmpty() || format.length() > Limits.MAX_BACKING_FORMAT) {
        throw new IllegalArgumentException("the backing format is empty or too long");
      }
    }
  }

  public ImageOptions {
    if (version != 2 && version != 3) {
      throw new IllegalArgumentException("version " + version);
    }
    if (version == 2
        && (geometry.refcountOrder() != V2_REFCOUNT_ORDER
            || geometry.extendedL2()
            || lazyRefcounts
            || dataFile.isPresent())) {
      throw new IllegalArgumentException("not in version 2");
    }
    if (dataFile.isPresent() && compression.isPresent()) {
      throw new IllegalArgumentException("a data file has no compressed clusters");
    }
    if (version == 2 && compression.filter(CompressionType.ZSTD::equals).isPresent()) {
      throw new IllegalArgumentException("not in version 2");
    }
    if (!bitmaps.isEmpty() && (version == 2 || dataFile.isPresent())) {
      throw new IllegalArgumentException("bitmaps are in images of version 3 with their data");
    }
    if (dataFile.isPresent() && dataFile.get().raw() && backing.isPresent()) {
      throw new IllegalArgumentException("a raw data file hides the backing file");
    }
  }

  /** Without bitmaps. */
  public ImageOptions(
      Geometry geometry,
      int version,
      boolean lazyRefcounts,
      Optional<DataFile> dataFile,
      Optional<BackingFile> backing,
      Optional<CompressionType> compression) {
    this(geometry, version, lazyRefcounts, dataFile, backing, compression, BitmapsPlan.NONE);
  }

  /** The same with bitmaps. */
  public ImageOptions withBitmaps(BitmapsPlan plan) {
    return new ImageOptions(geometry, version, lazyRefcounts, dataFile, backing, compression, plan);
  }

  /** Without compression. */
  public ImageOptions(
      Geometry geometry,
      int version,
      boolean lazyRefcounts,
      Optional<DataFile> dataFile,
      Optional<BackingFile> backing) {
    this(geometry, version, lazyRefcounts, dataFile, backing, Optional.empty());
  }

  /** The same with compressed clusters. */
  public ImageOptions withCompression(CompressionType type) {
    return new ImageOptions(
        geometry, version, lazyRefcounts, dataFile, backing, Optional.of(type), bitmaps);
  }

  /** Without a backing file. */
  public ImageOptions(
      Geometry geometry, int version, boolean lazyRefcounts, Optional<DataFile> dataFile) {
    this(geometry, version, lazyRefcounts, dataFile, Optional.empty());
  }

  /** 64 KiB clusters, 16-bit refcounts, version 3. */
  public static ImageOptions defaults() {
    return new ImageOptions(new Geometry(16, 4), 3, false, Optional.empty());
  }

  /** Whether data clusters are part of the image. */
  public boolean dataInside() {
    return dataFile.isEmpty();
  }

  /** Whether every guest cluster is allocated whatever the disk holds. */
  public boolean rawDataFile() {
    return dataFile.isPresent() && dataFile.get().raw();
  }

  /** Whether the image has a feature name table, as QEMU decides it. */
  public boolean featureNames() {
    return version == 3 && geometry.clusterSize() > Limits.MAX_CLUSTER_SIZE_WITHOUT_FEATURE_NAMES;
  }

  /** The same with another cluster size, which may change how much bitmaps take: not counted. */
  ImageOptions withClusterBits(int clusterBits) {
    return new ImageOptions(
        new Geometry(clusterBits, geometry.refcountOrder(), geometry.extendedL2()),
        version,
        lazyRefcounts,
        dataFile,
        backing,
        compression);
  }
}
