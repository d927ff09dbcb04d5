package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.input.FollowOptions;
import io.github.qcow2tostdout.cli.input.ImageArgument;
import io.github.qcow2tostdout.cli.input.InsideOptions;
import io.github.qcow2tostdout.cli.option.ByteSize;
import io.github.qcow2tostdout.cli.option.FileName;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.option.ProgressStyle;
import io.github.qcow2tostdout.cli.option.Verbosity;
import io.github.qcow2tostdout.cli.output.DigestRequest;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.SideTarget;
import io.github.qcow2tostdout.cli.terminal.StandardInput;
import io.github.qcow2tostdout.codec.DigestValue;
import io.github.qcow2tostdout.source.qcow2.ImageOpener;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What {@code restore} is told.
 *
 * @param image where the image is; {@code -} is standard input
 * @param to what the disk is written to; empty for standard output
 * @param overwrite whether a file that is there already is replaced
 * @param targetIsZero whether the device holds nothing but zeroes
 * @param cache bytes that may be kept of a stream; empty for what the machine can spare
 * @param expected what bytes must come
 * @param digests of the image's bytes, that are wanted
 * @param contentDigests of the disk's bytes
 * @param follow whether files that the image names are opened
 * @param inside which disk of the image is wanted
 * @param progress how progress is shown
 * @param verbosity how much is said
 */
public record RestoreOptions(
    Path image,
    Optional<Path> to,
    boolean overwrite,
    boolean targetIsZero,
    OptionalLong cache,
    Expected expected,
    List<DigestRequest> digests,
    List<DigestRequest> contentDigests,
    FollowOptions follow,
    InsideOptions inside,
    ProgressStyle progress,
    Verbosity verbosity) {
  public static final String NAME = "restore";

  private static final String TO = "--to";
  private static final String OVERWRITE = "--overwrite";
  private static final String TARGET_IS_ZERO = "--target-is-zero";
  private static final String CACHE = "--cache";
  private static final String EXPECT = "--expect";
  private static final String EXPECT_CONTENT = "--expect-content";
  private static final String DIGEST = "--digest";
  private static final String CONTENT_DIGEST = "--content-digest";
  private static final String EXPECT_SIZE = "--expect-size";

  /**
   * What the user knows of the image beforehand.
   *
   * @param image digests of its bytes
   * @param content digests of the bytes of its disk
   * @param size bytes of the disk
   */
  record Expected(List<DigestValue> image, List<DigestValue> content, OptionalLong size) {}

  /** Whether the image comes through standard input; {@code ./-} is a file. */
  boolean isStandardInput() {
    return image.toString().equals(StandardInput.ARGUMENT);
  }

  /** Where digests go, once for each time that something is written there. */
  List<SideTarget> sideTargets() {
    List<SideTarget> targets = new ArrayList<>();
    digests.forEach(it -> it.target().ifPresent(targets::add));
    contentDigests.forEach(it -> it.target().ifPresent(targets::add));
    return targets;
  }

  boolean quiet() {
    return verbosity == Verbosity.QUIET;
  }

  /** The command. */
  public static CommandSpec spec() {
    CommandSpec restore = Subcommand.spec(NAME, "IMAGE");
    restore
        .addOption(
            OptionSpecs.repeatable(TO)
                .paramLabel("TARGET")
                .description(
                    "Write the disk to a new file, or to a block device.",
                    "The file is sparse, and gets its name when it is whole and on the disk; the"
                        + " device must be one that nobody uses (default: standard output).")
                .build())
        .addOption(
            OptionSpecs.flag(OVERWRITE)
                .description("Replace the file TARGET.", "That is done when the new one is whole.")
                .build())
        .addOption(
            OptionSpecs.flag(TARGET_IS_ZERO)
                .description("The device is zero: only data is written to it.")
                .build())
        .addOption(
            OptionSpecs.repeatable(CACHE)
                .paramLabel("SIZE")
                .description(
                    "How much of a stream may be kept in memory.",
                    "That is of one that has data before the tables that name it, or, for standard"
                        + " output, in another order than the disk (default: a quarter of what is"
                        + " free).")
                .build())
        .addOption(
            OptionSpecs.repeatable(EXPECT)
                .paramLabel("ALG:HEX")
                .description(
                    "The digest that the image's bytes must have.",
                    "By sha256, sha512, md5, crc32c or crc64nvme.")
                .build())
        .addOption(
            OptionSpecs.repeatable(EXPECT_CONTENT)
                .paramLabel("ALG:HEX")
                .description("The same of the disk's bytes, as of a raw file.")
                .build())
        .addOption(
            OptionSpecs.repeatable(EXPECT_SIZE)
                .paramLabel("SIZE")
                .description("How many bytes the disk must have.")
                .build());
    restore
        .addOption(
            OptionSpecs.repeatable(DIGEST)
                .paramLabel(DigestRequest.LABEL)
                .description(
                    "Print the digest of the image's bytes.",
                    "As sha256sum does, to standard error, FILE or descriptor N.")
                .build())
        .addOption(
            OptionSpecs.repeatable(CONTENT_DIGEST)
                .paramLabel(DigestRequest.LABEL)
                .description("The same of the disk's bytes, as of a raw file.")
                .build());
    InsideOptions.addTo(restore);
    FollowOptions.addTo(restore);
    restore.addOption(ProgressStyle.option());
    Verbosity.addTo(restore);
    restore.addPositional(
        ImageArgument.spec(
            "The qcow2 image. '-' is one that comes through standard input, and is written as it"
                + " arrives."));
    restore
        .usageMessage()
        .description(
            "Writes the disk of a qcow2 image as it is: raw. From a stream it is written as it"
                + " arrives, without a temporary file, if each table comes before what it"
                + " describes, as in all that this program writes; else it is refused (63).",
            "",
            "A damaged image, or one that is cut short, is an error, and nothing is left under"
                + " TARGET's name; a stream is read to its end all the same, so that a tee in front"
                + " of it stores all of it.",
            "")
        .footer(
            "  qcow2-to-stdout restore disk.qcow2 | sha256sum",
            "  qcow2-to-stdout restore --to disk.raw disk.qcow2",
            "  curl -f https://host/disk.qcow2 | qcow2-to-stdout restore --to /dev/vdb -")
        .exitCodeList(
            ExitCode.help(
                "all of the disk is on the target, and on its disk",
                "it could not be done; discard what there is of the disk",
                "  3",
                "with --salvage: done, and what is lost of the disk is zeroes",
                " 63",
                "a stream that can't be restored as it flows by"));
    return restore;
  }

  /**
   * Reads and checks the arguments.
   *
   * @throws ParameterException if they are wrong
   */
  public static RestoreOptions of(ParseResult result) {
    try {
      Optional<Path> to = to(OptionSpecs.single(result, TO, ""), result.hasMatchedOption(TO));
      for (String option : new String[] {OVERWRITE, TARGET_IS_ZERO}) {
        if (to.isEmpty() && result.hasMatchedOption(option)) {
          throw new IllegalArgumentException(option + " needs " + TO);
        }
      }
      RestoreOptions options =
          new RestoreOptions(
              ImageArgument.pathOrStandardInput(result),
              to,
              result.hasMatchedOption(OVERWRITE),
              result.hasMatchedOption(TARGET_IS_ZERO),
              size(result, CACHE),
              new Expected(
                  digests(result, EXPECT),
                  digests(result, EXPECT_CONTENT),
                  size(result, EXPECT_SIZE)),
              DigestRequest.of(result, DIGEST),
              DigestRequest.of(result, CONTENT_DIGEST),
              FollowOptions.of(result),
              InsideOptions.of(result, ImageOpener.QCOW2),
              ProgressStyle.of(result),
              Verbosity.of(result));
      return options;
    } catch (IllegalArgumentException e) {
      throw OptionSpecs.wrong(result, e);
    }
  }

  /** The file that a target's name means. */
  static Optional<Path> to(String name, boolean said) {
    if (!said) {
      return Optional.empty();
    }
    if (name.isEmpty()) {
      throw new IllegalArgumentException(TO + " is empty");
    }
    FileName.checked(name, TO + " " + name);
    try {
      return Optional.of(Path.of(name));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          TO + " " + name + ": not a file name: " + e.getReason(), e);
    }
  }

  /** The bytes that an option says. */
  static OptionalLong size(ParseResult result, String option) {
    String text = OptionSpecs.single(result, option, "");
    OptionalLong size = ByteSize.parse(text);
    if (!text.isEmpty() && size.isEmpty()) {
      throw new IllegalArgumentException(
          option + " " + text + ": not allowed; allowed: bytes, or with K, M, G or T");
    }
    return size;
  }

  private static List<DigestValue> digests(ParseResult result, String option) {
    return Arrays.stream(OptionSpecs.values(result, option))
        .map(text -> {
          try {
            return DigestValue.parse(text);
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + " " + e.getMessage(), e);
          }
        })
        .toList();
  }
}
