package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.input.InputOptions;
import io.github.qcow2tostdout.cli.input.SalvageReport;
import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.option.ReportFormat;
import io.github.qcow2tostdout.cli.output.OutputOptions;
import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.ProgressDisplay;
import io.github.qcow2tostdout.cli.terminal.SideOutputs;
import io.github.qcow2tostdout.cli.terminal.StandardOutput;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.convert.Frame;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.scan.ChangeDetection;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Prints how many bytes the conversion with the same options writes. */
public final class MeasureCommand {
  public static final String NAME = "measure";

  private final ConversionArguments arguments;
  private final StandardStreams streams;

  public MeasureCommand(ConversionArguments arguments, StandardStreams streams) {
    this.arguments = arguments;
    this.streams = streams;
  }

  /**
   * As much of the command as is needed.
   *
   * @param withOutput whether the options for what is beside the image are needed
   */
  public static CommandSpec spec(boolean withOutput) {
    CommandSpec measure = CommandSpec.create().name(NAME);
    ConversionOptions.addTo(measure, withOutput);
    if (withOutput) {
      OutputOptions.addBytesTo(measure);
    }
    measure.addOption(
        ReportFormat.output(
            "'human' (default) or 'json'.", "JSON has the keys of qemu-img measure."));
    InputOptions.addSizeTo(measure);
    InputOptions.addInput(measure, "The disk, as for the conversion.");
    measure
        .usageMessage()
        .customSynopsis(
            Program.NAME + " measure [OPTIONS] INPUT",
            "       " + Program.NAME + " measure [OPTIONS] --size SIZE")
        .description(
            "Prints how many bytes a conversion writes: exactly, with the same options, and how"
                + " many they would be if all of the disk held data.",
            "")
        .footer(
            "  qcow2-to-stdout measure disk.raw",
            "  required size: 1376256",
            "  fully allocated size: 10739318784",
            "  qcow2-to-stdout measure -c 1M --size 2T")
        .exitCodeList(ConversionOptions.exitCodes());
    return measure;
  }

  public int run() throws Failure.Reported {
    Interruption.report(arguments.input());
    new StandardOutput(streams).print(report());
    try {
      return SalvageReport.write(arguments.source().inside(), arguments.input(), streams);
    } catch (IOException e) {
      throw new Failure.Reported(Failure.of(arguments.input(), e));
    }
  }

  private String report() throws Failure.Reported {
    try (ProgressDisplay progress = arguments.progressOn(streams);
        OpenDisks inputs = OpenDisks.open(arguments, streams, progress);
        SideOutputs side = arguments.openSideOutputs()) {
      Log log = Log.of(arguments, inputs);
      ChangeDetection changes = arguments.source().changes().withoutContent();
      Conversion conversion =
          arguments.output().digesting()
              ? inputs.prepare(arguments, changes, progress)
              : inputs.survey(arguments, changes, progress);
      if (!arguments.output().digests().isEmpty()) {
        arguments.luksHeader(Optional.of("--digest")).ifPresent(conversion::encryptWith);
      }
      log.planned(conversion);
      OutputOptions wanted = arguments.output();
      long end = arguments.rangeEnd(wanted.wrapping().streamSize(conversion.imageSize()));
      Measured measured =
          new Measured(
              end - arguments.part().range().from(),
              wanted.wrapping().streamSize(conversion.fullyAllocatedSize()),
              wanted.digesting() ? digests(conversion, end, progress) : List.of());
      side.writeIfWanted(wanted.sizeTarget(), measured.required() + "\n");
      for (DigestTaking.Taken digest : measured.digests()) {
        side.writeIfWanted(digest.request().target(), digest.line(arguments.source().input()));
      }
      return measured.report(arguments.json(), wanted.bytesOnly(), streams.outIsTerminal());
    } catch (ParameterException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(Failure.of(arguments.input(), e));
    }
  }

  /** Renders without output. */
  private List<DigestTaking.Taken> digests(Conversion conversion, long end, Progress progress)
      throws IOException {
    OutputOptions wanted = arguments.output();
    Progress digesting =
        (phase, done, total) -> progress.report(Progress.Phase.DIGEST, done, total);
    try (DigestTaking digests = DigestTaking.begin(wanted, conversion)) {
      if (digests.stream().isPresent()) {
        Frame frame = wanted.wrapping().frame(conversion, progress);
        conversion.write(
            SequentialOutput.toNowhere(
                arguments.part().range().from(), end, digesting, digests.stream().get()),
            frame,
            digests.content());
      } else if (digests.content().isPresent()) {
        conversion.await(digests.content().get());
      }
      return digests.taken();
    }
  }
}
