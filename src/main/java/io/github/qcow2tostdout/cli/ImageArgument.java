package io.github.qcow2tostdout.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The argument IMAGE of the commands that read an image. */
final class ImageArgument {
  private ImageArgument() {}

  /**
   * Where the image is.
   *
   * @param noStandardInput what to say to {@code -}
   * @throws ParameterException if it is no file's name
   */
  static Path path(ParseResult result, String noStandardInput) {
    if (result.matchedPositionalValue(0, "").equals(StandardInput.ARGUMENT)) {
      throw wrong(result, noStandardInput);
    }
    return pathOrStandardInput(result);
  }

  /**
   * Where the image is; {@code -} is standard input.
   *
   * @throws ParameterException if it is no file's name
   */
  static Path pathOrStandardInput(ParseResult result) {
    String image = result.matchedPositionalValue(0, "");
    if (image.isEmpty()) {
      throw wrong(result, "IMAGE is empty");
    }
    try {
      return Path.of(image);
    } catch (InvalidPathException e) {
      throw wrong(result, image + ": not a file name: " + e.getReason());
    }
  }

  private static ParameterException wrong(ParseResult result, String message) {
    return new ParameterException(result.commandSpec().commandLine(), message);
  }
}
