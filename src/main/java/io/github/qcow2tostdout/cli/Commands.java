package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.cli.command.CheckOptions;
import io.github.qcow2tostdout.cli.command.ConvertCommand;
import io.github.qcow2tostdout.cli.command.DehydrateOptions;
import io.github.qcow2tostdout.cli.command.DumpOptions;
import io.github.qcow2tostdout.cli.command.InfoOptions;
import io.github.qcow2tostdout.cli.command.MapOptions;
import io.github.qcow2tostdout.cli.command.MeasureCommand;
import io.github.qcow2tostdout.cli.command.PartsOptions;
import io.github.qcow2tostdout.cli.command.PictureOptions;
import io.github.qcow2tostdout.cli.command.PlanCommand;
import io.github.qcow2tostdout.cli.command.RehydrateOptions;
import io.github.qcow2tostdout.cli.command.RestoreOptions;
import io.github.qcow2tostdout.cli.image.EncryptionOptions;
import io.github.qcow2tostdout.cli.image.PlanOption;
import io.github.qcow2tostdout.cli.input.HeldImage;
import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.output.OutputOptions;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** The commands that there are, and as much of their options as is needed. */
final class Commands {
  /** In the order of the help. */
  private static final List<String> SUBCOMMANDS =
      List.of(
          MeasureCommand.NAME,
          PlanCommand.NAME,
          PartsOptions.NAME,
          MapOptions.NAME,
          DumpOptions.NAME,
          CheckOptions.NAME,
          RestoreOptions.NAME,
          InfoOptions.NAME,
          PictureOptions.NAME,
          DehydrateOptions.NAME,
          RehydrateOptions.NAME);

  /** Those that want to know who holds an image. */
  private static final List<String> OF_IMAGES =
      List.of(
          CheckOptions.NAME,
          DumpOptions.NAME,
          RestoreOptions.NAME,
          InfoOptions.NAME,
          PictureOptions.NAME,
          DehydrateOptions.NAME);

  private Commands() {}

  /** What the subcommands are called, in the order of the help. */
  static List<String> subcommands() {
    return SUBCOMMANDS;
  }

  /** Whether a word is one of them. */
  static boolean isSubcommand(String word) {
    return SUBCOMMANDS.contains(word);
  }

  /** The program's command with all subcommands. */
  static CommandSpec spec() {
    return withSubcommands(ConvertCommand.spec(), SUBCOMMANDS, true);
  }

  /**
   * As much of the program's command as some arguments need: to make all of it takes longer than to
   * check a small image.
   */
  static CommandSpec spec(List<String> arguments) {
    boolean withOutput = arguments.stream().anyMatch(Commands::mayBeOfOutput);
    if (!arguments.isEmpty() && SUBCOMMANDS.contains(arguments.getFirst())) {
      return withSubcommands(
          CommandSpec.create().name(Program.NAME),
          arguments.subList(0, 1),
          withOutput || arguments.stream().anyMatch(Commands::mayAskForHelp));
    }
    return arguments.stream().anyMatch(Commands::mayAskForHelp)
        ? spec()
        : withSubcommands(
            ConvertCommand.spec(withOutput),
            SUBCOMMANDS.stream().filter(arguments::contains).toList(),
            withOutput);
  }

  /** Whether an argument may be an option that is not always declared. */
  private static boolean mayBeOfOutput(String argument) {
    return OutputOptions.mayBe(argument)
        || PlanOption.mayBe(argument)
        || EncryptionOptions.mayBe(argument);
  }

  private static CommandSpec withSubcommands(
      CommandSpec command, List<String> names, boolean withOutput) {
    for (String name : names) {
      command.addSubcommand(name, subcommand(name, withOutput));
    }
    return command;
  }

  /** Whether it may: {@code -qh} does too. The help has the list of subcommands. */
  private static boolean mayAskForHelp(String argument) {
    return argument.startsWith("-") && argument.contains("h");
  }

  private static CommandSpec subcommand(String name, boolean withOutput) {
    return switch (name) {
      case MapOptions.NAME -> MapOptions.spec();
      case DumpOptions.NAME -> DumpOptions.spec();
      case CheckOptions.NAME -> CheckOptions.spec();
      case InfoOptions.NAME -> InfoOptions.spec();
      case RestoreOptions.NAME -> RestoreOptions.spec();
      case PlanCommand.NAME -> PlanCommand.spec();
      case PartsOptions.NAME -> PartsOptions.spec();
      case PictureOptions.NAME -> PictureOptions.spec();
      case DehydrateOptions.NAME -> DehydrateOptions.spec();
      case RehydrateOptions.NAME -> RehydrateOptions.spec();
      default -> MeasureCommand.spec(withOutput);
    };
  }

  /**
   * Whether arguments, which may be wrong, are those of a command that wants to know who holds a
   * file.
   */
  static boolean wantLocks(String... arguments) {
    List<String> all = List.of(arguments);
    return all.size() > 1
        && OF_IMAGES.contains(all.getFirst())
        && !all.contains(HeldImage.FORCE_SHARE)
        && !all.contains(HeldImage.FORCE_SHARE_SHORT);
  }
}
