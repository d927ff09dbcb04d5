package io.github.qcow2tostdout.cli.image;

import io.github.qcow2tostdout.cli.option.OptionSpecs;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The options that say what kind of image is wanted, and their help. */
public final class ImageFormatOptions {
  public static final String CLUSTER_SIZE = "--cluster-size";

  private static final String REFCOUNT_BITS = "--refcount-bits";
  private static final String VERSION = "--qcow2-version";
  private static final String DATA_FILE = "--data-file";
  private static final String DATA_FILE_NAME = "--data-file-name";
  private static final String DATA_FILE_RAW = "--data-file-raw";

  private ImageFormatOptions() {}

  /** Adds them. */
  public static void addTo(CommandSpec spec) {
    spec.addOption(
            OptionSpecs.repeatable("-c", CLUSTER_SIZE)
                .paramLabel("SIZE")
                .description("Cluster size, 512 to 2M, a power of two (default: 64K).")
                .build())
        .addOption(
            OptionSpecs.repeatable("-r", REFCOUNT_BITS)
                .paramLabel("BITS")
                .description("Width of refcounts: 1, 2, 4, 8, 16, 32 or 64 (default: 16).")
                .build())
        .addOption(
            OptionSpecs.repeatable("-v", VERSION)
                .paramLabel("VERSION")
                .description(
                    "Version of the format: 3 (default), or 2, which has 16-bit refcounts only and"
                        + " no data files.")
                .build())
        .addOption(
            OptionSpecs.flag("-d", DATA_FILE)
                .description("Write metadata only: INPUT becomes the image's external data file.")
                .build())
        .addOption(
            OptionSpecs.repeatable(DATA_FILE_NAME)
                .paramLabel("NAME")
                .description("What the image calls its data file (default: INPUT as given).")
                .build())
        .addOption(
            OptionSpecs.flag("-R", DATA_FILE_RAW)
                .description(
                    "As -d, and INPUT stays a valid raw disk: every cluster is mapped, nothing is"
                        + " scanned.")
                .build())
        .addOption(
            OptionSpecs.repeatable(QemuImgOptions.OPTION)
                .paramLabel("KEY=VALUE[,...]")
                .description(
                    "The same and more in qemu-img's words: cluster_size, compression_type,"
                        + " refcount_bits, compat"
                        + " (0.10, 1.1, v2, v3), data_file, data_file_raw, backing_file,"
                        + " backing_fmt, lazy_refcounts, extended_l2 (32 subclusters in each"
                        + " cluster of 16K or more, so that holes in it are kept).")
                .build());
  }

  /**
   * Reads them, and those of compression and of what INPUT is compared with.
   *
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   */
  public static ImageOptionsBuilder of(ParseResult result) {
    ImageOptionsBuilder settings = new ImageOptionsBuilder();
    for (String value : OptionSpecs.values(result, CLUSTER_SIZE)) {
      settings.clusterSize(value, "-c " + value);
    }
    for (String value : OptionSpecs.values(result, REFCOUNT_BITS)) {
      settings.refcountBits(value, "-r " + value);
    }
    for (String value : OptionSpecs.values(result, VERSION)) {
      settings.version(value, "-v " + value);
    }
    for (String value : OptionSpecs.values(result, DATA_FILE_NAME)) {
      settings.dataFileName(value, DATA_FILE_NAME + " " + value);
    }
    if (result.hasMatchedOption(DATA_FILE)) {
      settings.dataFile("-d");
    }
    if (result.hasMatchedOption(DATA_FILE_RAW)) {
      settings.dataFileRaw(true, "-R");
    }
    for (String value : OptionSpecs.values(result, CompressionArguments.COMPRESS)) {
      if (value.equals(CompressionArguments.UNSAID)) {
        settings.compress("-z");
      } else {
        settings.compress("-z");
        settings.compressionType(value, CompressionArguments.COMPRESS + "=" + value);
      }
    }
    BackingOptions.read(result, settings);
    for (String value : OptionSpecs.values(result, QemuImgOptions.OPTION)) {
      new QemuImgOptions(settings).take(value);
    }
    return settings;
  }
}
