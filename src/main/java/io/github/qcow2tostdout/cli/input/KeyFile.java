package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.terminal.SideInput;
import io.github.qcow2tostdout.cli.terminal.SideTarget;
import io.github.qcow2tostdout.luks.LuksKey;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Where the key of encrypted disks is; it is read once, when it is needed. */
public final class KeyFile {
  public static final String KEY_FILE = "--key-file";

  /** What else a key may be for: to encrypt, and what INPUT is compared with. */
  public static final String ENCRYPT = "--encrypt";

  static final String BACKING_FORMAT = "--backing-format";

  private final SideTarget from;
  private Optional<LuksKey> key = Optional.empty();

  private KeyFile(SideTarget from) {
    this.from = from;
  }

  /** Adds the option. */
  static void addTo(CommandSpec spec) {
    spec.addOption(
        OptionSpecs.repeatable(HelpGroup.INPUT, KEY_FILE)
            .paramLabel("FILE|fd:N")
            .description(
                "The key of a qcow2 image that is encrypted with LUKS: all bytes of a file, or of a"
                    + " descriptor that is open. A newline at its end counts, as for QEMU.")
            .build());
  }

  /**
   * Reads the option.
   *
   * @throws IllegalArgumentException with a message for the user, if it is wrong
   */
  public static Optional<KeyFile> of(ParseResult result) {
    if (!result.hasMatchedOption(KEY_FILE)) {
      return Optional.empty();
    }
    String text = OptionSpecs.single(result, KEY_FILE, "");
    return Optional.of(new KeyFile(SideTarget.parse(text, KEY_FILE + " " + text)));
  }

  /** What the user called it. */
  public String name() {
    return from.text();
  }

  /** The key. */
  public synchronized LuksKey key() throws IOException {
    if (key.isEmpty()) {
      key = Optional.of(new LuksKey(SideInput.read(from, "a key", LuksKey.MAX_SIZE)));
    }
    return key.get();
  }
}
