package io.github.qcow2tostdout.cli.image;

import io.github.qcow2tostdout.cli.input.InputOptions;
import io.github.qcow2tostdout.cli.option.FileName;
import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.saved.PlanReader;
import io.github.qcow2tostdout.saved.SavedPlan;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The option that takes what is known of a disk from a plan. */
public final class PlanOption {
  public static final String PLAN = "--plan";

  /** What changes the time only, though it stands beside what changes the image. */
  private static final Set<String> HARMLESS =
      Set.of(CompressionArguments.THREADS, CacheSize.CACHE);

  private PlanOption() {}

  /** Adds the option. */
  public static void addTo(CommandSpec spec) {
    spec.addOption(
        OptionSpecs.repeatable(HelpGroup.PARTS, PLAN)
            .paramLabel("FILE")
            .description(
                "Take from FILE, which 'plan' has written, what image it is and where INPUT holds"
                    + " data: nothing is scanned. INPUT may lie elsewhere; that it is the disk of"
                    + " the plan is checked.")
            .build());
  }

  /** Whether an argument may be this option. */
  public static boolean mayBe(String argument) {
    return argument.startsWith(PLAN);
  }

  /**
   * Opens the plan that the arguments name.
   *
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   * @throws IOException if it can't be read, or is none
   */
  public static Optional<SavedPlan> open(ParseResult result) throws IOException {
    if (!result.hasMatchedOption(PLAN)) {
      return Optional.empty();
    }
    Path file = file(OptionSpecs.single(result, PLAN, ""), PLAN + " ");
    for (OptionSpec option : result.matchedOptions()) {
      if (decides(option)) {
        throw new IllegalArgumentException(
            option.longestName()
                + " does not go with "
                + PLAN
                + ": the plan says what image it is; make a new one for another");
      }
    }
    return Optional.of(PlanReader.open(file));
  }

  /** The file of a plan, as the user calls it. */
  public static Path file(String name, String spelling) {
    FileName.checked(name, spelling + name);
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          spelling + name + ": not a file name: " + e.getReason(), e);
    }
  }

  private static boolean decides(OptionSpec option) {
    return switch (HelpGroup.of(option)) {
      case IMAGE, DELTA -> true;
      case COMPRESSION -> !HARMLESS.contains(option.longestName());
      case INPUT, OWN -> InputOptions.saysWhatIsMapped(option.longestName());
      case CHANGES, OUTPUT, PARTS, MESSAGES -> false;
    };
  }
}
