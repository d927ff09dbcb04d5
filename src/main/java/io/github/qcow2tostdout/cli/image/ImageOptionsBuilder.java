package io.github.qcow2tostdout.cli.image;

import io.github.qcow2tostdout.cli.input.BaseDisk;
import io.github.qcow2tostdout.cli.input.InputOptions;
import io.github.qcow2tostdout.cli.option.ByteSize;
import io.github.qcow2tostdout.cli.option.FileName;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.format.CompressionType;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.luks.NewHeader;
import io.github.qcow2tostdout.plan.ImageOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the options that say what kind of image is wanted, in both spellings. */
public final class ImageOptionsBuilder {
  public static final List<String> CLUSTER_SIZES =
      powersOfTwo(Limits.MIN_CLUSTER_BITS, Limits.MAX_CLUSTER_BITS);
  static final List<String> REFCOUNT_BITS = powersOfTwo(0, Limits.MAX_REFCOUNT_ORDER);
  static final List<String> VERSIONS = List.of("2", "3");
  static final List<String> COMPRESSION_TYPES = List.of("zlib", "zstd");

  private static final ImageOptions DEFAULTS = ImageOptions.defaults();

  private final ImageValues settings = new ImageValues();
  private final BackingBuilder backing = new BackingBuilder(settings);

  /** {@code -c}. */
  public void clusterSize(String value, String spelling) {
    long size = ByteSize.parse(value).orElse(0);
    if (Long.bitCount(size) != 1 || !CLUSTER_SIZES.contains(ByteSize.of(size))) {
      // To qemu-img convert -c says something else, and takes no value.
      boolean name = !value.isEmpty() && !Character.isDigit(value.charAt(0));
      throw OptionSpecs.refused(
          spelling,
          String.join(", ", CLUSTER_SIZES) + (name ? "; to compress clusters say -z" : ""));
    }
    settings.set(ImageValues.Key.CLUSTER_SIZE, Long.toString(size), spelling);
  }

  /** {@code -r}. */
  void refcountBits(String value, String spelling) {
    if (!REFCOUNT_BITS.contains(value)) {
      throw OptionSpecs.refused(spelling, value, REFCOUNT_BITS);
    }
    settings.set(ImageValues.Key.REFCOUNT_BITS, value, spelling);
  }

  /** {@code -v}. */
  void version(String value, String spelling) {
    if (!VERSIONS.contains(value)) {
      throw OptionSpecs.refused(spelling, value, VERSIONS);
    }
    settings.set(ImageValues.Key.VERSION, value, spelling);
  }

  /** {@code -o extended_l2}. */
  void extendedL2(boolean on, String spelling) {
    set(ImageValues.Key.EXTENDED_L2, on, spelling);
  }

  /** {@code -o lazy_refcounts}. */
  void lazyRefcounts(boolean on, String spelling) {
    set(ImageValues.Key.LAZY_REFCOUNTS, on, spelling);
  }

  /** {@code --zero-clusters}. */
  void zeroClusters(String spelling) {
    set(ImageValues.Key.ZERO_CLUSTERS, true, spelling);
  }

  /** {@code -z}. */
  void compress(String spelling) {
    set(ImageValues.Key.COMPRESSION, true, spelling);
  }

  /** {@code -z=TYPE}, and {@code -o compression_type}, which alone compresses nothing. */
  void compressionType(String value, String spelling) {
    if (CompressionType.ofName(value).isEmpty()) {
      throw OptionSpecs.refused(spelling, value, COMPRESSION_TYPES);
    }
    settings.set(ImageValues.Key.COMPRESSION_TYPE, value, spelling);
  }

  /** {@code --encrypt}. */
  void encrypt(String spelling) {
    set(ImageValues.Key.ENCRYPTION, true, spelling);
  }

  /** {@code -d}. */
  void dataFile(String spelling) {
    set(ImageValues.Key.DATA_FILE, true, spelling);
  }

  /** {@code -R}, and {@code -o data_file_raw}. */
  void dataFileRaw(boolean on, String spelling) {
    set(ImageValues.Key.DATA_FILE_RAW, on, spelling);
  }

  /** {@code --data-file-name}. */
  void dataFileName(String value, String spelling) {
    settings.set(ImageValues.Key.DATA_FILE_NAME, FileName.checked(value, spelling), spelling);
  }

  /** What INPUT is compared with. */
  public BackingBuilder backing() {
    return backing;
  }

  private void set(ImageValues.Key key, boolean on, String spelling) {
    settings.set(key, on ? "on" : "off", spelling);
  }

  /** Whether zeroes are to be kept. */
  public boolean keepsZeroes() {
    return settings.isOn(ImageValues.Key.ZERO_CLUSTERS);
  }

  /**
   * All together.
   *
   * @param source the disk, whose name is the default one of a data file
   * @param base what it is compared with
   * @throws IllegalArgumentException with a message for the user, if they don't fit each other
   */
  public ImageOptions toOptions(InputOptions source, Optional<BaseDisk> base) {
    boolean raw = settings.isOn(ImageValues.Key.DATA_FILE_RAW);
    boolean external = raw || settings.isOn(ImageValues.Key.DATA_FILE);
    Optional<String> name = settings.get(ImageValues.Key.DATA_FILE_NAME);
    if (name.isPresent() && !external) {
      throw new IllegalArgumentException(
          settings.spelling(ImageValues.Key.DATA_FILE_NAME)
              + " needs -d or -R: without them the data is inside");
    }
    if (external && name.isEmpty()) {
      refuseUnlessRawFile(source, raw ? ImageValues.Key.DATA_FILE_RAW : ImageValues.Key.DATA_FILE);
    }
    settings.refuseTogether(
        ImageValues.Key.ZERO_CLUSTERS,
        ImageValues.Key.DATA_FILE_RAW,
        "a raw data file holds everything");
    int version =
        settings.get(ImageValues.Key.VERSION).map(Integer::valueOf).orElse(DEFAULTS.version());
    if (version == 2) {
      refuseWhatVersion2Lacks(raw);
    }
    Optional<CompressionType> compression = compression();
    if (external && compression.isPresent()) {
      settings.refuseTogether(
          ImageValues.Key.COMPRESSION,
          raw ? ImageValues.Key.DATA_FILE_RAW : ImageValues.Key.DATA_FILE,
          "clusters of a data file are not compressed");
    }
    boolean encrypted = settings.isOn(ImageValues.Key.ENCRYPTION);
    if (encrypted) {
      refuseWhatIsNotEncrypted(raw);
    }
    ImageOptions options =
        new ImageOptions(
            geometry(),
            version,
            settings.isOn(ImageValues.Key.LAZY_REFCOUNTS),
            external
                ? Optional.of(
                    new ImageOptions.DataFile(name.orElse(FileName.inImage(source.input())), raw))
                : Optional.empty(),
            backing.inImage(base),
            compression);
    return encrypted ? options.withEncryption(NewHeader.LENGTH) : options;
  }

  private void refuseWhatIsNotEncrypted(boolean raw) {
    settings.refuseTogether(
        ImageValues.Key.ENCRYPTION,
        ImageValues.Key.COMPRESSION,
        "QEMU does not read clusters that are both compressed and encrypted");
    settings.refuseTogether(
        ImageValues.Key.ENCRYPTION,
        raw ? ImageValues.Key.DATA_FILE_RAW : ImageValues.Key.DATA_FILE,
        "the data file is INPUT as it is");
  }

  private Optional<CompressionType> compression() {
    CompressionType type =
        settings
            .get(ImageValues.Key.COMPRESSION_TYPE)
            .flatMap(CompressionType::ofName)
            .orElse(CompressionType.ZLIB);
    if (settings.isOn(ImageValues.Key.COMPRESSION)) {
      return Optional.of(type);
    }
    if (type != CompressionType.ZLIB) {
      throw new IllegalArgumentException(
          settings.spelling(ImageValues.Key.COMPRESSION_TYPE)
              + " needs -z: without it no cluster is compressed");
    }
    return Optional.empty();
  }

  /** The data file is read as it is, by its name. */
  private void refuseUnlessRawFile(InputOptions source, ImageValues.Key key) {
    if (source.isStandardInput() || !source.opener().isRawFile()) {
      String where =
          source.isStandardInput()
              ? "the file that is on standard input"
              : source.opener().size().isPresent()
                  ? "the file that holds the data"
                  : source.opener().path().isEmpty()
                      ? "the file that is exported there"
                      : "a raw file with the same disk: INPUT is in another format";
      throw new IllegalArgumentException(
          settings.spelling(key) + " needs the name of " + where + "; say --data-file-name NAME");
    }
  }

  /** Sizes of clusters, refcounts and L2 entries. */
  public Geometry geometry() {
    int clusterBits = log2(ImageValues.Key.CLUSTER_SIZE, DEFAULTS.geometry().clusterBits());
    boolean extended = settings.isOn(ImageValues.Key.EXTENDED_L2);
    if (extended && clusterBits < Limits.MIN_EXTENDED_L2_CLUSTER_BITS) {
      settings.refuseTogether(
          ImageValues.Key.EXTENDED_L2,
          ImageValues.Key.CLUSTER_SIZE,
          "extended L2 entries need clusters of 16K or more");
    }
    return new Geometry(
        clusterBits,
        log2(ImageValues.Key.REFCOUNT_BITS, DEFAULTS.geometry().refcountOrder()),
        extended);
  }

  private void refuseWhatVersion2Lacks(boolean raw) {
    String width = Integer.toString(1 << ImageOptions.V2_REFCOUNT_ORDER);
    if (!settings.get(ImageValues.Key.REFCOUNT_BITS).orElse(width).equals(width)) {
      refuseInVersion2(ImageValues.Key.REFCOUNT_BITS, "only 16-bit refcounts");
    }
    refuseInVersion2(ImageValues.Key.EXTENDED_L2, "no extended L2 entries");
    refuseInVersion2(ImageValues.Key.LAZY_REFCOUNTS, "no lazy refcounts");
    refuseInVersion2(
        raw ? ImageValues.Key.DATA_FILE_RAW : ImageValues.Key.DATA_FILE, "no external data files");
    if (compression().filter(CompressionType.ZSTD::equals).isPresent()) {
      refuseInVersion2(ImageValues.Key.COMPRESSION_TYPE, "no zstd");
    }
    refuseInVersion2(ImageValues.Key.ZERO_CLUSTERS, "no clusters that read as zeroes");
  }

  private void refuseInVersion2(ImageValues.Key key, String fact) {
    settings.refuseTogether(key, ImageValues.Key.VERSION, "version 2 has " + fact);
  }

  private int log2(ImageValues.Key key, int otherwise) {
    Optional<String> value = settings.get(key);
    return value.isPresent() ? Long.numberOfTrailingZeros(Long.parseLong(value.get())) : otherwise;
  }

  private static List<String> powersOfTwo(int firstBits, int lastBits) {
    List<String> powers = new ArrayList<>();
    for (int bits = firstBits; bits <= lastBits; bits++) {
      powers.add(ByteSize.of(1L << bits));
    }
    return powers;
  }
}
