package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.cli.option.FileName;
import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.terminal.StandardInput;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The argument IMAGE of the commands that read an image. */
public final class ImageArgument {
  private ImageArgument() {}

  /** The argument. */
  public static PositionalParamSpec spec(String description) {
    return PositionalParamSpec.builder()
        .paramLabel("IMAGE")
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
    if (!result.hasMatchedPositional(0)) {
      throw new IllegalArgumentException("IMAGE is missing; say which image to read");
    }
    String image = result.matchedPositionalValue(0, "");
    if (image.isEmpty()) {
      throw new IllegalArgumentException("IMAGE is empty");
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
