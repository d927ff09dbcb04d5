package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.image.PlanOption;
import io.github.qcow2tostdout.cli.option.ByteSize;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.option.ReportFormat;
import io.github.qcow2tostdout.cli.output.OutputOptions;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.saved.PlanReader;
import io.github.qcow2tostdout.saved.SavedPlan;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What {@code parts} is told.
 *
 * @param plan of the image
 * @param output what the image is in, and what digests are wanted
 * @param conversion how the parts are computed, if the disk is given
 * @param total bytes of what is cut
 * @param partSize bytes of each part but the last
 * @param json whether the table is JSON
 */
public record PartsOptions(
    SavedPlan plan,
    OutputOptions output,
    Optional<ConversionArguments> conversion,
    long total,
    long partSize,
    boolean json) {
  public static final String NAME = "parts";

  private static final String PART_SIZE = "--part-size";
  private static final String RECEIVER = "--receiver";
  private static final String TSV = "tsv";
  private static final String JSON = "json";
  private static final List<String> FORMATS = List.of(TSV, JSON);

  /** The command. */
  public static CommandSpec spec() {
    CommandSpec parts = CommandSpec.create().name(NAME);
    ConversionOptions.addPartsTo(parts);
    parts
        .addOption(
            OptionSpecs.repeatable(PART_SIZE)
                .paramLabel("SIZE")
                .description("Cut into parts of so many bytes; K, M, G and T are understood.")
                .build())
        .addOption(
            OptionSpecs.repeatable(RECEIVER)
                .paramLabel("NAME")
                .completionCandidates(Receiver.words())
                .description(
                    "What takes the parts: s3, gcs, azure or oci. Their size is chosen so that its"
                        + " limits hold; a --part-size that is said is held against them.")
                .build())
        .addOption(
            OptionSpecs.repeatable(ReportFormat.OUTPUT)
                .paramLabel("FORMAT")
                .completionCandidates(FORMATS)
                .description(
                    "'tsv' (default) or 'json'. TSV is a line for each part, without a heading:"
                        + " number, first byte, byte behind the last, size, and the digests in the"
                        + " order in which they were asked for.")
                .build())
        .addPositional(
            PositionalParamSpec.builder()
                .paramLabel("PLAN")
                .index("0")
                .arity("1")
                .type(String.class)
                .description("What 'plan' has written.")
                .build())
        .addPositional(
            PositionalParamSpec.builder()
                .paramLabel("INPUT")
                .index("1")
                .arity("0..1")
                .type(String.class)
                .description("The disk of the plan, for --digest.")
                .build());
    parts
        .usageMessage()
        .customSynopsis(Program.NAME + " parts [OPTIONS] PLAN [INPUT]")
        .description(
            "Prints the parts in which an image can be written by several, each with"
                + " --part N/SIZE.",
            "")
        .footer(
            "  qcow2-to-stdout parts --receiver s3 disk.plan",
            "  qcow2-to-stdout parts --part-size 64M --digest crc64nvme disk.plan disk.raw")
        .exitCodeList(
            ExitCode.help(
                "done, the table is whole",
                "it could not be done; discard what there is of the table"));
    return parts;
  }

  /**
   * Reads and checks the arguments, and the plan.
   *
   * @throws ParameterException if they are wrong
   * @throws Failure.Reported if the plan can't be used
   */
  public static PartsOptions of(ParseResult result) throws Failure.Reported {
    String name = result.matchedPositionalValue(0, "");
    try {
      boolean json = isJson(OptionSpecs.single(result, ReportFormat.OUTPUT, TSV));
      boolean withInput = result.hasMatchedPositional(1);
      String size = OptionSpecs.single(result, PART_SIZE, "");
      String receiver = OptionSpecs.single(result, RECEIVER, "");
      if (!result.hasMatchedOption(PART_SIZE) && !result.hasMatchedOption(RECEIVER)) {
        throw new IllegalArgumentException(
            "say " + PART_SIZE + " SIZE, or " + RECEIVER + " " + String.join("|", Receiver.words()));
      }
      OptionalLong wanted =
          result.hasMatchedOption(PART_SIZE) ? size(size) : OptionalLong.empty();
      Optional<Receiver> to =
          result.hasMatchedOption(RECEIVER)
              ? Optional.of(Receiver.of(receiver, RECEIVER))
              : Optional.empty();
      SavedPlan plan = PlanReader.open(PlanOption.file(name, "PLAN "));
      OutputOptions output = OutputOptions.of(result, plan.options());
      output.refuseTargets();
      if (output.digesting() && !withInput) {
        throw new IllegalArgumentException(
            "--digest needs INPUT behind the plan: the parts are computed for it");
      }
      long total = output.wrapping().streamSize(plan.imageSize());
      return new PartsOptions(
          plan,
          output,
          withInput
              ? Optional.of(ConversionOptions.planned(result, plan, json))
              : Optional.empty(),
          total,
          partSize(total, wanted, to),
          json);
    } catch (IllegalArgumentException e) {
      throw OptionSpecs.wrong(result, e);
    } catch (IOException e) {
      throw new Failure.Reported(Failure.of(name, e));
    }
  }

  private static boolean isJson(String format) {
    if (!FORMATS.contains(format)) {
      throw OptionSpecs.refused(ReportFormat.OUTPUT + " " + format, format, FORMATS);
    }
    return format.equals(JSON);
  }

  private static OptionalLong size(String text) {
    OptionalLong size = ByteSize.parse(text);
    if (size.isEmpty() || size.getAsLong() == 0) {
      throw new IllegalArgumentException(
          PART_SIZE + " " + text + ": not a number of bytes; allowed: digits, or with K, M, G or T");
    }
    return size;
  }

  private static long partSize(long total, OptionalLong wanted, Optional<Receiver> receiver) {
    if (receiver.isEmpty()) {
      return wanted.orElseThrow();
    }
    long size = wanted.isPresent() ? wanted.getAsLong() : receiver.get().partSize(total);
    receiver.get().require(total, size);
    return size;
  }
}
