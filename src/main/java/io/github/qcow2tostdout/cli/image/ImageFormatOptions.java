package io.github.qcow2tostdout.cli.image;

import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
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
            OptionSpecs.repeatable(HelpGroup.IMAGE, "-c", CLUSTER_SIZE)
                .paramLabel("SIZE")
                .completionCandidates(ImageOptionsBuilder.CLUSTER_SIZES)
                .description("Cluster size, 512 to 2M (default: 64K).", "A power of two.")
                .build())
        .addOption(
            HelpGroup.rare(OptionSpecs.repeatable(HelpGroup.IMAGE, "-r", REFCOUNT_BITS))
                .paramLabel("BITS")
                .completionCandidates(ImageOptionsBuilder.REFCOUNT_BITS)
                .description("Width of refcounts (default: 16).", "1, 2, 4, 8, 16, 32 or 64.")
                .build())
        .addOption(
            HelpGroup.rare(OptionSpecs.repeatable(HelpGroup.IMAGE, "-v", VERSION))
                .paramLabel("2|3")
                .completionCandidates(ImageOptionsBuilder.VERSIONS)
                .description(
                    "Version of the format (default: 3).",
                    "2 has 16-bit refcounts only and no data files.")
                .build())
        .addOption(
            HelpGroup.rare(OptionSpecs.flag(HelpGroup.IMAGE, "-d", DATA_FILE))
                .description(
                    "Write metadata only: INPUT becomes the data file.",
                    "The image names it as its external data file.")
                .build())
        .addOption(
            OptionSpecs.repeatable(HelpGroup.IMAGE, DATA_FILE_NAME)
                .paramLabel("NAME")
                .description("What the image calls its data file (default: INPUT as given).")
                .build())
        .addOption(
            HelpGroup.rare(OptionSpecs.flag(HelpGroup.IMAGE, "-R", DATA_FILE_RAW))
                .description(
                    "As -d, and INPUT stays a valid raw disk.",
                    "Every cluster is mapped, nothing is scanned.")
                .build())
        .addOption(
            OptionSpecs.repeatable(HelpGroup.IMAGE, QemuImgOptions.OPTION)
                .paramLabel("KEY=VALUE[,...]")
                .completionCandidates(() -> QemuImgKey.settings().iterator())
                .description(
                    "The same in qemu-img's words; -o help lists them.",
                    "There is more than by other options: lazy_refcounts, extended_l2 (32"
                        + " subclusters in each cluster of 16K or more, so that holes in it are"
                        + " kept). A comma in a value is doubled.")
                .build());
  }

  /** What is to be printed if the arguments ask what {@code -o} takes. */
  public static Optional<String> asksForKeys(ParseResult result) {
    OptionSpec option = result.matchedOption(QemuImgOptions.OPTION);
    if (option == null || option.arity().max() == 0) {
      // Not said, or another command's flag.
      return Optional.empty();
    }
    for (String value : OptionSpecs.values(result, QemuImgOptions.OPTION)) {
      if (QemuImgOptions.asksForHelp(value)) {
        return Optional.of(QemuImgKey.help());
      }
    }
    return Optional.empty();
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
