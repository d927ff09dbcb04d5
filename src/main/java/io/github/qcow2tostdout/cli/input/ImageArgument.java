package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.cli.option.FileName;
import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.terminal.StandardInput;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The argument IMAGE of the commands that read an image. */
public final class ImageArgument {
  private ImageArgument() {}

  /** The argument. */
  public static PositionalParamSpec spec(String description) {
    return spec("IMAGE", description);
  }

  /** The argument of a command that reads something that stands for an image. */
  public static PositionalParamSpec spec(String label, String description) {
    return PositionalParamSpec.builder()
        .paramLabel(label)
        .index("0")
        .arity("1")
        .type(String.class)
        .description(description)
        .build();
  }

  /**
   * Where the image is.
   *
   * @param noStandardInput what to say to {@code -}
   * @throws IllegalArgumentException with a message for the user, if it is no file's name
   */
  public static Path path(ParseResult result, String noStandardInput) {
    if (result.matchedPositionalValue(0, "").equals(StandardInput.ARGUMENT)) {
      throw new IllegalArgumentException(noStandardInput);
    }
    return pathOrStandardInput(result);
  }

  /**
   * Where the image is; {@code -} is standard input.
   *
   * @throws IllegalArgumentException with a message for the user, if it is no file's name
   */
  public static Path pathOrStandardInput(ParseResult result) {
    String label = result.commandSpec().positionalParameters().getFirst().paramLabel();
    if (!result.hasMatchedPositional(0)) {
      throw new IllegalArgumentException(
          label + " is missing; say which " + label.toLowerCase(Locale.ROOT) + " to read");
    }
    String image = result.matchedPositionalValue(0, "");
    if (image.isEmpty()) {
      throw new IllegalArgumentException(label + " is empty");
    }
    FileName.checked(image, image);
    FileName.noAddress(
        image, "curl -f URI | " + Program.NAME + " check -, or store it in a file first");
    try {
      return Path.of(image);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(image + ": not a file name: " + e.getReason(), e);
    }
  }
}
