package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.source.QemuLocks;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The argument IMAGE of the commands that read an image. */
final class ImageArgument {
  static final String FORCE_SHARE = "--force-share";

  private ImageArgument() {}

  /** The option for an image that another process holds. */
  static OptionSpec forceShare() {
    return Options.flag("-U", FORCE_SHARE)
        .description(
            "Read the image even if another process, such as a guest's QEMU, may write to it; what"
                + " is found may be half written.")
        .build();
  }

  /**
   * Opens the image by its name.
   *
   * @param forceShare whether another process may hold it
   * @throws FileSystemException if one does, or if it can't be opened
   */
  static BoundedFile open(Path path, boolean forceShare) throws IOException {
    BoundedFile file = BoundedFile.open(path, new FileHoles(path));
    try {
      if (!forceShare) {
        QemuLocks.refuseHeld(path.toString(), path);
      }
      return file;
    } catch (IOException | RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  /** The argument. */
  static PositionalParamSpec spec(String description) {
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
  static Path path(ParseResult result, String noStandardInput) {
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
  static Path pathOrStandardInput(ParseResult result) {
    if (!result.hasMatchedPositional(0)) {
      throw new IllegalArgumentException("IMAGE is missing; say which image to read");
    }
    String image = result.matchedPositionalValue(0, "");
    if (image.isEmpty()) {
      throw new IllegalArgumentException("IMAGE is empty");
    }
    FileName.checked(image, image);
    try {
      return Path.of(image);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(image + ": not a file name: " + e.getReason(), e);
    }
  }
}
