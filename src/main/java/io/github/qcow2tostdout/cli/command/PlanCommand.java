package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.image.CompressionArguments;
import io.github.qcow2tostdout.cli.input.BaseDisk;
import io.github.qcow2tostdout.cli.input.ChangeOptions;
import io.github.qcow2tostdout.cli.input.InputOptions;
import io.github.qcow2tostdout.cli.input.SalvageReport;
import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.ProgressDisplay;
import io.github.qcow2tostdout.cli.terminal.StandardOutput;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.codec.Encoding;
import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.saved.PlanWriter;
import io.github.qcow2tostdout.saved.SavedEncoder;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Writes what a conversion finds out before its first byte. */
public final class PlanCommand {
  public static final String NAME = "plan";

  private final ConversionArguments arguments;
  private final StandardStreams streams;

  public PlanCommand(ConversionArguments arguments, StandardStreams streams) {
    this.arguments = arguments;
    this.streams = streams;
  }

  /** The command. */
  public static CommandSpec spec() {
    CommandSpec plan = CommandSpec.create().name(NAME);
    ConversionOptions.addPlanningTo(plan);
    InputOptions.addInput(plan, "The disk, as for the conversion.");
    plan.usageMessage()
        .customSynopsis(Program.NAME + " plan [OPTIONS] INPUT")
        .description(
            "Writes down what a conversion finds out first: with the same options, where the disk"
                + " holds data, how long each compressed cluster is, how large the image is."
                + " A conversion with --plan scans nothing, here or on another machine that"
                + " sees the same disk or a copy, so that several can write parts of one image.",
            "")
        .footer(
            "  qcow2-to-stdout plan disk.raw > disk.plan",
            "  qcow2-to-stdout parts --receiver s3 disk.plan",
            "  qcow2-to-stdout --plan disk.plan --part 3/64M disk.raw > part3")
        .exitCodeList(ConversionOptions.exitCodes());
    return plan;
  }

  public int run() throws Failure.Reported {
    if (arguments.source().changes().content()) {
      throw new ParameterException(
          arguments.commandLine(),
          ChangeOptions.VERIFY
              + " does not go with a plan, for which the disk is read once; say it where the plan"
              + " is used");
    }
    StandardOutput standardOutput = new StandardOutput(streams);
    standardOutput.refuseImage(arguments.input(), arguments.source().path());
    if (arguments.base().isPresent()) {
      BaseDisk base = arguments.base().get();
      standardOutput.refuseImage(base.name(), base.path());
    }
    Interruption.report(arguments.input(), "the plan is cut short");
    try {
      PlanWriter writer = writer();
      write(writer);
      return SalvageReport.write(arguments.source().inside(), arguments.input(), streams);
    } catch (ParameterException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(Failure.of(arguments.input(), e));
    }
  }

  private PlanWriter writer() throws IOException {
    try (ProgressDisplay progress = arguments.progressOn(streams);
        OpenDisks inputs = OpenDisks.open(arguments, streams, progress)) {
      Log log = Log.of(arguments, inputs);
      Conversion conversion = inputs.survey(arguments, arguments.source().changes(), progress);
      log.planned(conversion);
      PlanWriter writer =
          new PlanWriter(
              conversion.firstPass(),
              conversion.imageSize(),
              encoder(),
              arguments.source().openedAs(),
              arguments.source().map().isEmpty(),
              inputs.source(),
              inputs.base());
      // What was read for the plan, and what the disk is told by, is of one moment.
      conversion.verify();
      return writer;
    }
  }

  private Optional<SavedEncoder> encoder() {
    if (arguments.compression().isEmpty()) {
      return Optional.empty();
    }
    CompressionArguments compression = arguments.compression().get();
    Encoding encoding = compression.encoding();
    return Optional.of(new SavedEncoder(encoding, encoding.identity()));
  }

  private void write(PlanWriter writer) throws Failure.Reported {
    try {
      writer.write(streams.out());
    } catch (IOException e) {
      throw new Failure.Reported(Failure.ofReport(e));
    }
  }
}
