package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.input.HeldImage;
import io.github.qcow2tostdout.cli.input.InputOptions;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What {@code picture} is told.
 *
 * @param arguments what is read, and what image it would become
 * @param html whether a page is wanted
 * @param forceShare whether an image is read also while QEMU may write to it
 * @param forConversion an option that is about an image that is not there yet, if there is one
 */
public record PictureOptions(
    ConversionArguments arguments,
    boolean html,
    boolean forceShare,
    Optional<String> forConversion) {
  public static final String NAME = "picture";

  private static final String HTML = "--html";

  /** Options that an image takes which is drawn as it is. */
  private static final List<String> OF_IMAGE =
      List.of(HTML, HeldImage.FORCE_SHARE, "--progress", "--quiet", "--verbose");

  /** The command. */
  public static CommandSpec spec() {
    CommandSpec picture = CommandSpec.create().name(NAME);
    picture.addOption(
        OptionSpecs.flag(HTML)
            .description(
                "A page instead, on which each part says what it is when the mouse is over it.")
            .build());
    ConversionOptions.addPlanningTo(picture);
    InputOptions.addInput(
        picture,
        "A qcow2 image, which is drawn as it is; or a disk, as for the conversion, of which the"
            + " image is drawn that it would become. With -f qcow2 an image is such a disk.");
    picture
        .usageMessage()
        .customSynopsis(
            Program.NAME + " picture [OPTIONS] IMAGE",
            "       " + Program.NAME + " picture [OPTIONS] INPUT")
        .description(
            "Draws an image as SVG: what is where in the file, how the disk is kept, which part of"
                + " the disk is where, and what a check finds. The drawing is one file that needs"
                + " no other, for light and dark, and small however large the image is.",
            "")
        .footer(
            "  qcow2-to-stdout picture disk.qcow2 > disk.svg",
            "  qcow2-to-stdout picture --html disk.qcow2 > disk.html",
            "  qcow2-to-stdout picture -z disk.raw > planned.svg")
        .exitCodeList(
            ExitCode.help(
                "done, the drawing is whole, whatever is wrong with the image",
                "it could not be done; discard what there is of the drawing"));
    return picture;
  }

  /**
   * Reads and checks the arguments.
   *
   * @throws ParameterException if they are wrong
   */
  public static PictureOptions of(ParseResult result) {
    Optional<String> other = Optional.empty();
    for (OptionSpec option : result.matchedOptions()) {
      if (!OF_IMAGE.contains(option.longestName()) && other.isEmpty()) {
        other = Optional.of(option.longestName());
      }
    }
    return new PictureOptions(
        ConversionOptions.of(result),
        result.hasMatchedOption(HTML),
        result.hasMatchedOption(HeldImage.FORCE_SHARE),
        other);
  }
}
