package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.image.BackingOptions;
import io.github.qcow2tostdout.cli.image.CacheSize;
import io.github.qcow2tostdout.cli.image.CompressionArguments;
import io.github.qcow2tostdout.cli.image.ImageFormatOptions;
import io.github.qcow2tostdout.cli.image.ImageOptionsBuilder;
import io.github.qcow2tostdout.cli.image.PlanOption;
import io.github.qcow2tostdout.cli.input.BaseDisk;
import io.github.qcow2tostdout.cli.input.ChangeOptions;
import io.github.qcow2tostdout.cli.input.InputOptions;
import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.HelpOptions;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.option.ProgressStyle;
import io.github.qcow2tostdout.cli.option.ReportFormat;
import io.github.qcow2tostdout.cli.option.Verbosity;
import io.github.qcow2tostdout.cli.output.OutputOptions;
import io.github.qcow2tostdout.cli.output.PartOptions;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.saved.SavedPlan;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The options for a conversion, and how they are read. */
public final class ConversionOptions {
  private static final String COPY = "--copy";

  private ConversionOptions() {}

  /**
   * Adds all that a conversion can be told, but INPUT.
   *
   * @param withOutput whether the options for what is beside the image are needed
   */
  static void addTo(CommandSpec spec, boolean withOutput) {
    addDecidingTo(spec);
    if (withOutput) {
      OutputOptions.addTo(spec);
      PartOptions.addTo(spec);
      PlanOption.addTo(spec);
    }
    PartOptions.addRangeTo(spec);
    spec.addOption(
        OptionSpecs.flag(HelpGroup.CHANGES, COPY)
            .description(
                "Send copies of the disk's bytes only, never pages of the page cache: for a disk"
                    + " that is written as soon as this has ended, and a reader that splices, such"
                    + " as pv.")
            .build());
    addMessagesTo(spec);
  }

  /** Adds what a plan can be told. */
  static void addPlanningTo(CommandSpec spec) {
    addDecidingTo(spec);
    addMessagesTo(spec);
  }

  /** Adds what parts of a plan can be told. */
  static void addPartsTo(CommandSpec spec) {
    spec.parser().overwrittenOptionsAllowed(true);
    HelpOptions.addTo(spec);
    CompressionArguments.addThreadsTo(spec);
    InputOptions.addTo(spec);
    OutputOptions.addPartsTo(spec);
    addMessagesTo(spec);
  }

  private static void addMessagesTo(CommandSpec spec) {
    spec.addOption(ProgressStyle.option());
    Verbosity.addTo(spec);
  }

  private static void addDecidingTo(CommandSpec spec) {
    // Flags, that is: everything else takes a list.
    spec.parser()
        .overwrittenOptionsAllowed(true)
        // A map may be called "map".
        .allowSubcommandsAsOptionParameters(true);
    HelpOptions.addTo(spec);
    ImageFormatOptions.addTo(spec);
    CompressionArguments.addTo(spec);
    CacheSize.addTo(spec);
    BackingOptions.addTo(spec);
    InputOptions.addTo(spec);
    InputOptions.addScanTo(spec);
  }

  /**
   * Reads and checks arguments that name no plan.
   *
   * @throws ParameterException if they are wrong
   */
  public static ConversionArguments of(ParseResult result) {
    try {
      return scanned(result);
    } catch (IllegalArgumentException e) {
      throw OptionSpecs.wrong(result, e);
    }
  }

  /**
   * Reads and checks arguments, and the plan that they may name.
   *
   * @throws ParameterException if they are wrong
   * @throws Failure.Reported if the plan can't be used
   */
  public static ConversionArguments withPlan(ParseResult result) throws Failure.Reported {
    try {
      Optional<SavedPlan> plan = PlanOption.open(result);
      return plan.isPresent()
          ? planned(result, plan.get(), ReportFormat.isJson(result, "human"))
          : of(result);
    } catch (IllegalArgumentException e) {
      throw OptionSpecs.wrong(result, e);
    } catch (IOException e) {
      throw new Failure.Reported(Failure.of(PlanOption.PLAN, e));
    }
  }

  private static ConversionArguments scanned(ParseResult result) {
    // The image first: who says -c to compress has said no INPUT, and has to be told of -c.
    ImageOptionsBuilder settings = ImageFormatOptions.of(result);
    InputOptions source = InputOptions.of(result);
    Optional<BaseDisk> base = settings.backing().base();
    if (base.isPresent() && source.extentsOnly()) {
      throw new IllegalArgumentException(
          InputOptions.MAP_ONLY
              + " does not go with "
              + base.get().spelling()
              + ": what is to be compared has to be read");
    }
    ImageOptions options = settings.toOptions(source, base);
    if (options.rawDataFile() && source.map().isPresent()) {
      throw new IllegalArgumentException(
          "-R and --map contradict each other: -R maps every cluster; say one of them");
    }
    if (source.changes().content() && !options.dataInside()) {
      throw new IllegalArgumentException(
          ChangeOptions.VERIFY
              + " does not go with "
              + (options.rawDataFile() ? "-R" : "-d")
              + ": the data stays in INPUT and is not read a second time");
    }
    return of(
        result,
        source,
        base,
        options,
        settings.keepsZeroes(),
        CompressionArguments.of(result, options.compression()),
        Optional.empty(),
        ReportFormat.isJson(result, "human"));
  }

  /**
   * The same with what is known of the disk.
   *
   * @param json whether a report is wanted as JSON
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   */
  static ConversionArguments planned(ParseResult result, SavedPlan plan, boolean json)
      throws IOException {
    InputOptions source = InputOptions.of(result, Optional.of(plan.opened()));
    if (source.changes().content() && (plan.firstPass().compared() || !plan.options().dataInside())) {
      throw new IllegalArgumentException(
          ChangeOptions.VERIFY
              + " does not go with this plan: "
              + (plan.firstPass().compared()
                  ? "it is of a delta, and what that leaves out is not read"
                  : "the data stays in INPUT and is not read a second time"));
    }
    return of(
        result,
        source,
        Optional.empty(),
        plan.options(),
        false,
        CompressionArguments.planned(result, plan.encoder(), plan.name()),
        Optional.of(plan),
        json);
  }

  private static ConversionArguments of(
      ParseResult result,
      InputOptions source,
      Optional<BaseDisk> base,
      ImageOptions options,
      boolean keepZeroes,
      Optional<CompressionArguments> compression,
      Optional<SavedPlan> plan,
      boolean json) {
    return new ConversionArguments(
        result.commandSpec().commandLine(),
        source,
        base,
        options,
        keepZeroes,
        compression,
        OutputOptions.of(result, options),
        CacheSize.of(result),
        PartOptions.of(result),
        plan,
        result.hasMatchedOption(COPY),
        json,
        ProgressStyle.of(result),
        Verbosity.of(result));
  }

  /** What the commands that convert end with, for their help. */
  static Map<String, String> exitCodes() {
    Map<String, String> codes =
        ExitCode.help(
            "done, every byte written",
            "it could not be done; discard what the receiver got",
            "  3",
            "with --salvage: done, and what is lost of the disk is zeroes");
    codes.put("128+n", "ended by signal n");
    return codes;
  }
}
