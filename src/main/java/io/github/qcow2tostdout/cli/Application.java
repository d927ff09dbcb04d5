package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.cli.command.CheckCommand;
import io.github.qcow2tostdout.cli.command.CheckOptions;
import io.github.qcow2tostdout.cli.command.ConversionOptions;
import io.github.qcow2tostdout.cli.command.ConvertCommand;
import io.github.qcow2tostdout.cli.command.DehydrateCommand;
import io.github.qcow2tostdout.cli.command.DehydrateOptions;
import io.github.qcow2tostdout.cli.command.DumpCommand;
import io.github.qcow2tostdout.cli.command.DumpOptions;
import io.github.qcow2tostdout.cli.command.InfoCommand;
import io.github.qcow2tostdout.cli.command.InfoOptions;
import io.github.qcow2tostdout.cli.command.MapCommand;
import io.github.qcow2tostdout.cli.command.MapOptions;
import io.github.qcow2tostdout.cli.command.MeasureCommand;
import io.github.qcow2tostdout.cli.command.PartsCommand;
import io.github.qcow2tostdout.cli.command.PartsOptions;
import io.github.qcow2tostdout.cli.command.PictureCommand;
import io.github.qcow2tostdout.cli.command.PictureOptions;
import io.github.qcow2tostdout.cli.command.PlanCommand;
import io.github.qcow2tostdout.cli.command.RehydrateCommand;
import io.github.qcow2tostdout.cli.command.RehydrateOptions;
import io.github.qcow2tostdout.cli.command.RestoreCommand;
import io.github.qcow2tostdout.cli.command.RestoreOptions;
import io.github.qcow2tostdout.cli.image.ImageFormatOptions;
import io.github.qcow2tostdout.cli.input.LockList;
import io.github.qcow2tostdout.cli.option.HelpOptions;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.option.Verbosity;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.StandardInput;
import io.github.qcow2tostdout.cli.terminal.StandardOutput;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Runs one command line. The only place that prints errors. */
public final class Application {
  private final StandardStreams streams;

  public Application(StandardStreams streams) {
    this.streams = streams;
  }

  /** Does what the arguments say and returns the exit code. */
  public int run(String... words) {
    String[] args = HelpWords.translated(words);
    LockList locks = LockList.of(Commands.wantLocks(args));
    CommandLine commandLine = commandLine(args);
    try {
      ParseResult result = commandLine.parseArgs(args);
      ParseResult asked = result.hasSubcommand() ? result.subcommand() : result;
      Optional<String> answer = answer(asked);
      if (answer.isPresent()) {
        new StandardOutput(streams).print(answer.get());
        return ExitCode.OK;
      }
      return result.hasSubcommand()
          ? subcommand(result, result.subcommand(), locks)
          : new ConvertCommand(ConversionOptions.withPlan(result), streams).run();
    } catch (ParameterException e) {
      int code = usage(e.getCommandLine(), new UsageHints(words).explain(e));
      if (CheckOptions.wantStandardInput(args)) {
        new StandardInput(streams).discardImage();
      }
      return code;
    } catch (Failure.Reported e) {
      if (e.failure().exitCode() == ExitCode.READER_GONE) {
        Interruption.awaitSignalOnItsWay();
      }
      Optional<String> habit = new UsageHints(words).habit();
      if (habit.isPresent()) {
        return usage(commandLine, habit.get());
      }
      int code = fail(e.failure(), Verbosity.isVerbose(args));
      e.afterwards().run();
      return code;
    } catch (RuntimeException | Error e) {
      return fail(Failure.of("command line", e), Verbosity.isVerbose(args));
    }
  }

  /** What is to be printed if the arguments only ask for something. */
  private Optional<String> answer(ParseResult result) {
    Optional<String> topic = HelpOptions.topic(result);
    if (topic.isPresent()) {
      try {
        int columns = new StandardOutput(streams).columns();
        return Optional.of(HelpPage.of(result.commandSpec(), topic.get(), columns));
      } catch (IllegalArgumentException e) {
        throw OptionSpecs.wrong(result, e);
      }
    }
    return HelpOptions.wantVersion(result)
        ? Optional.of(Program.version() + "\n")
        : ImageFormatOptions.asksForKeys(result);
  }

  private static CommandLine commandLine(String... args) {
    return new CommandLine(Commands.spec(List.of(args)))
        .setExpandAtFiles(false)
        .setUseSimplifiedAtFiles(false)
        .setInterpolateVariables(false);
  }

  private int subcommand(ParseResult outer, ParseResult inner, LockList locks)
      throws Failure.Reported {
    String name = inner.commandSpec().name();
    if (!outer.matchedOptions().isEmpty() || !outer.matchedPositionals().isEmpty()) {
      return usage(
          inner.commandSpec().commandLine(),
          "options and arguments go behind the subcommand: "
              + inner.commandSpec().qualifiedName()
              + " [OPTIONS] "
              + inner.commandSpec().positionalParameters().getFirst().paramLabel()
              + " (a file of that name is ./"
              + name
              + ")");
    }
    return switch (name) {
      case CheckOptions.NAME -> new CheckCommand(CheckOptions.of(inner), streams, locks).run();
      case MapOptions.NAME -> new MapCommand(MapOptions.of(inner), streams).run();
      case RestoreOptions.NAME ->
          new RestoreCommand(RestoreOptions.of(inner), streams, locks).run();
      case PictureOptions.NAME ->
          new PictureCommand(PictureOptions.of(inner), streams, locks).run();
      case DehydrateOptions.NAME ->
          new DehydrateCommand(DehydrateOptions.of(inner), streams, locks).run();
      case RehydrateOptions.NAME -> new RehydrateCommand(RehydrateOptions.of(inner), streams).run();
      case InfoOptions.NAME -> new InfoCommand(InfoOptions.of(inner), streams, locks).run();
      case DumpOptions.NAME -> new DumpCommand(DumpOptions.of(inner), streams, locks).run();
      case PlanCommand.NAME -> new PlanCommand(ConversionOptions.of(inner), streams).run();
      case PartsOptions.NAME -> new PartsCommand(PartsOptions.of(inner), streams).run();
      default -> new MeasureCommand(ConversionOptions.withPlan(inner), streams).run();
    };
  }

  private int usage(CommandLine commandLine, String message) {
    fail(new Failure(message, ExitCode.USAGE), false);
    streams
        .err()
        .println(
            "Try '" + commandLine.getCommandSpec().qualifiedName() + " --help' for the options.");
    return ExitCode.USAGE;
  }

  private int fail(Failure failure, boolean verbose) {
    Interruption.silence();
    for (String line : failure.lines()) {
      streams.err().println(Program.NAME + ": " + line);
    }
    if (verbose && failure.bug().isPresent()) {
      failure.bug().get().printStackTrace(streams.err());
    }
    return failure.exitCode();
  }
}
