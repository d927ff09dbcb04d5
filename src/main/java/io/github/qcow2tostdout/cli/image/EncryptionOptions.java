package io.github.qcow2tostdout.cli.image;

import io.github.qcow2tostdout.cli.input.KeyFile;
import io.github.qcow2tostdout.cli.option.FileName;
import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * How the image is encrypted.
 *
 * @param keyFile what opens it
 * @param luksHeader what has the header that it gets; a new one is made if this is empty
 */
public record EncryptionOptions(KeyFile keyFile, Optional<Path> luksHeader) {
  public static final String ENCRYPT = KeyFile.ENCRYPT;
  public static final String LUKS_HEADER = "--luks-header";

  /** Whether an argument may be one of these options; if none is, they need not be added. */
  public static boolean mayBe(String argument) {
    return argument.startsWith(ENCRYPT) || argument.startsWith(LUKS_HEADER);
  }

  /** Adds the options. */
  public static void addTo(CommandSpec spec) {
    spec.addOption(
            OptionSpecs.flag(HelpGroup.IMAGE, ENCRYPT)
                .description(
                    "Encrypt the image with LUKS; "
                        + KeyFile.KEY_FILE
                        + " says with which key. Each image gets a new random key of its own, that"
                        + " this one opens.")
                .build())
        .addOption(
            OptionSpecs.repeatable(HelpGroup.IMAGE, LUKS_HEADER)
                .paramLabel("FILE")
                .description(
                    "With --encrypt: the LUKS header, and with it the random key, of FILE, which is"
                        + " an encrypted image, or its beginning: for a --range of the same image.")
                .build());
  }

  /**
   * Reads and checks them.
   *
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   */
  public static Optional<EncryptionOptions> of(ParseResult result) {
    Optional<KeyFile> key = KeyFile.of(result);
    String header = OptionSpecs.single(result, LUKS_HEADER, "");
    if (!result.hasMatchedOption(ENCRYPT)) {
      if (result.hasMatchedOption(LUKS_HEADER)) {
        throw new IllegalArgumentException(
            LUKS_HEADER + " needs " + ENCRYPT + ": it is the header that the image gets");
      }
      return Optional.empty();
    }
    if (key.isEmpty()) {
      throw new IllegalArgumentException(
          ENCRYPT + " needs " + KeyFile.KEY_FILE + ", which says with which key");
    }
    try {
      return Optional.of(
          new EncryptionOptions(
              key.get(),
              result.hasMatchedOption(LUKS_HEADER)
                  ? Optional.of(Path.of(FileName.checked(header, LUKS_HEADER + " " + header)))
                  : Optional.empty()));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          LUKS_HEADER + " " + header + ": not a file name: " + e.getReason(), e);
    }
  }
}
