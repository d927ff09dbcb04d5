package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.convert.CompressionOptions;
import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.convert.LengthStore;
import io.github.qcow2tostdout.format.CompressionType;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.scan.ChangeDetection;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.source.ChangeSign;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes qcow2 images of disks: one set of options, for as many disks and threads as one likes.
 *
 * {@snippet file="io/github/qcow2tostdout/api/LibraryExamples.java" region="options"}
 *
 * <p>The same disk with the same options gives the same bytes, whenever and wherever it is planned;
 * of compressed images that holds where {@link PlannedImage#encoder()} is the same too.
 */
public final class Qcow2Conversion {
  private final ImageOptions image;
  private final Optional<Compression> compression;
  private final ScanOptions scan;
  private final boolean verify;
  private final long cacheBytes;
  private final Path temporaryDirectory;

  private Qcow2Conversion(Builder from) {
    image = from.image();
    compression = from.compression;
    scan = new ScanOptions(from.extentsOnly, from.zeroClusters, Optional.empty());
    verify = from.verify;
    cacheBytes = from.cacheBytes;
    temporaryDirectory = from.temporaryDirectory;
    if (scan.keepZeroes() && (image.version() == 2 || image.rawDataFile())) {
      throw new IllegalArgumentException(
          "zero clusters are neither in version 2 nor with a raw data file");
    }
    if (verify && !image.dataInside()) {
      throw new IllegalArgumentException("what is in a data file is not read a second time");
    }
  }

  /** With the options that are usual: clusters of 64 KiB, 16-bit refcounts, version 3. */
  public static Qcow2Conversion defaults() {
    return builder().build();
  }

  /** With options of one's own. */
  public static Builder builder() {
    return new Builder();
  }

  /** The same as {@link #plan(Disk, Control)}, with nobody watching. */
  public PlannedImage plan(Disk disk) throws IOException {
    return plan(disk, new Control());
  }

  /**
   * Scans a disk, and decides its image. The disk stays open as long as the image is written, and
   * must not change meanwhile.
   *
   * @throws IllegalStateException if there is a backing file: then it has to be a delta
   * @throws Qcow2Exception if QEMU would not open the image, if the encoder is missing, or if the
   *     disk was written meanwhile
   * @throws IOException if the disk can't be read
   * @throws java.util.concurrent.CancellationException if it was cancelled
   */
  public PlannedImage plan(Disk disk, Control control) throws IOException {
    if (image.backing().isPresent()) {
      throw new IllegalStateException("an image with a backing file is one of planDelta");
    }
    return plan(disk, Optional.empty(), control);
  }

  /**
   * As {@link #plan(Disk, Control)}, of what differs between a disk and another, its base. The
   * image shows the disk only above the base; it says so itself if there is a {@linkplain
   * Builder#backingFile backing file}.
   *
   * @param base stays open as long as the disk
   */
  public PlannedImage planDelta(Disk disk, Disk base, Control control) throws IOException {
    if (scan.extentsOnly() || scan.keepZeroes()) {
      throw new IllegalStateException("a comparison decides by itself what the image has");
    }
    if (image.rawDataFile()) {
      throw new IllegalStateException("a raw data file has all of the disk");
    }
    return plan(disk, Optional.of(base), control);
  }

  private PlannedImage plan(Disk disk, Optional<Disk> base, Control control) throws IOException {
    control.requireWanted();
    Source source = DiskSource.of(disk);
    LengthStore lengths = new LengthStore(temporaryDirectory);
    Optional<CompressionOptions> how = compression(source, lengths);
    try {
      Conversion conversion =
          Failures.cancellable(() ->
              Conversion.prepare(
                  source,
                  image,
                  base.isPresent() ? new ScanOptions(false, false, base.map(DiskSource::of)) : scan,
                  how,
                  new ChangeDetection(ChangeSign.CHANGE_TIME, verify),
                  control.progress()));
      return new PlannedImage(conversion, how.map(it -> it.encoding().identity()), lengths, verify);
    } catch (IOException | RuntimeException | Error e) {
      lengths.close();
      throw e;
    }
  }

  private Optional<CompressionOptions> compression(Source source, LengthStore lengths)
      throws IOException {
    if (compression.isEmpty()) {
      return Optional.empty();
    }
    Compression wanted = compression.get();
    if (!wanted.method().isAvailable()) {
      throw Qcow2Exception.of(
          new ImageException.Unsupported(
              source.name(),
              "there is no encoder for " + wanted.method().type().specName() + " here",
              "compress by zlib, or see docs/library.md for what zstd needs"));
    }
    return Optional.of(
        new CompressionOptions(wanted.encoding(), wanted.threads(), cacheBytes, lengths));
  }

  /** Options, by the names of the specification; not for several threads. */
  public static final class Builder {
    private static final long CACHE_BYTES = 64L << 20;

    private int clusterSize = 1 << ImageOptions.defaults().geometry().clusterBits();
    private int refcountBits = 1 << ImageOptions.defaults().geometry().refcountOrder();
    private int version = ImageOptions.defaults().version();
    private boolean extendedL2;
    private boolean lazyRefcounts;
    private Optional<Compression> compression = Optional.empty();
    private Optional<ImageOptions.BackingFile> backingFile = Optional.empty();
    private Optional<ImageOptions.DataFile> dataFile = Optional.empty();
    private boolean zeroClusters;
    private boolean extentsOnly;
    private boolean verify;
    private long cacheBytes = CACHE_BYTES;
    private Path temporaryDirectory = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));

    private Builder() {}

    /**
     * Bytes of a cluster.
     *
     * @param bytes a power of two, 512 to 2 MiB
     */
    public Builder clusterSize(int bytes) {
      requirePowerOfTwo(bytes, 1 << Limits.MIN_CLUSTER_BITS, 1 << Limits.MAX_CLUSTER_BITS);
      clusterSize = bytes;
      return this;
    }

    /**
     * Bits of a refcount.
     *
     * @param bits a power of two, 1 to 64
     */
    public Builder refcountBits(int bits) {
      requirePowerOfTwo(bits, 1, 1 << Limits.MAX_REFCOUNT_ORDER);
      refcountBits = bits;
      return this;
    }

    /** 2 or 3. Version 2 has 16-bit refcounts, and none of what its methods here say so of. */
    public Builder version(int number) {
      version = number;
      return this;
    }

    /** Extended L2 entries: holes inside of clusters; not in version 2, clusters of 16 KiB on. */
    public Builder extendedL2(boolean on) {
      extendedL2 = on;
      return this;
    }

    /** The lazy refcounts bit; not in version 2. */
    public Builder lazyRefcounts(boolean on) {
      lazyRefcounts = on;
      return this;
    }

    /** Compressed clusters. */
    public Builder compression(Compression how) {
      compression = Optional.of(how);
      return this;
    }

    /**
     * What a delta names as its backing file.
     *
     * @param format what QEMU calls its format
     */
    public Builder backingFile(String name, String format) {
      backingFile = Optional.of(new ImageOptions.BackingFile(name, format));
      return this;
    }

    /**
     * Metadata only: the disk itself, under this name, becomes the image's external data file; not
     * in version 2.
     *
     * @param raw whether it stays readable as a raw disk without the image
     */
    public Builder dataFile(String name, boolean raw) {
      dataFile = Optional.of(new ImageOptions.DataFile(name, raw));
      return this;
    }

    /** Written zeroes become zero clusters, and only holes stay unallocated; not in version 2. */
    public Builder zeroClusters(boolean on) {
      zeroClusters = on;
      return this;
    }

    /** What the disk says is no hole is data: no test for zeroes. */
    public Builder extentsOnly(boolean on) {
      extentsOnly = on;
      return this;
    }

    /**
     * All of the disk is read twice and compared: the image is the disk as it was at one moment.
     */
    public Builder verify(boolean on) {
      verify = on;
      return this;
    }

    /**
     * How much compressed data is kept, outside of the heap, from the scan to the writing (default:
     * 64 MiB); what is not has to be compressed twice.
     */
    public Builder cacheBytes(long bytes) {
      if (bytes < 0) {
        throw new IllegalArgumentException(bytes + " bytes");
      }
      cacheBytes = bytes;
      return this;
    }

    /** Where a temporary file may be made, for compressed disks of more than 2 TiB. */
    public Builder temporaryDirectory(Path directory) {
      temporaryDirectory = directory;
      return this;
    }

    /**
     * The conversion.
     *
     * @throws IllegalArgumentException if the options contradict each other
     */
    public Qcow2Conversion build() {
      return new Qcow2Conversion(this);
    }

    private ImageOptions image() {
      Geometry geometry =
          new Geometry(
              Integer.numberOfTrailingZeros(clusterSize),
              Integer.numberOfTrailingZeros(refcountBits),
              extendedL2);
      Optional<CompressionType> type = compression.map(it -> it.method().type());
      return new ImageOptions(geometry, version, lazyRefcounts, dataFile, backingFile, type);
    }

    private static void requirePowerOfTwo(int number, int least, int most) {
      if (number < least || number > most || Integer.bitCount(number) != 1) {
        throw new IllegalArgumentException(
            number + " is no power of two from " + least + " to " + most);
      }
    }
  }
}
