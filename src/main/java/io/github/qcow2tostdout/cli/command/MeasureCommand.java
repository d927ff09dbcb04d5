package io.github.qcow2tostdout.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.cli.input.InputOptions;
import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.option.ReportFormat;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.ProgressDisplay;
import io.github.qcow2tostdout.cli.terminal.StandardOutput;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.report.JsonLayout;
import io.github.qcow2tostdout.report.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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

  /** The command. */
  public static CommandSpec spec() {
    CommandSpec measure = CommandSpec.create().name(NAME);
    ConversionArguments.addTo(measure);
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
        .exitCodeList(ConversionArguments.exitCodes());
    return measure;
  }

  public int run() throws Failure.Reported {
    Interruption.report(arguments.input());
    new StandardOutput(streams).print(report());
    return ExitCode.OK;
  }

  private String report() throws Failure.Reported {
    try (ProgressDisplay progress = arguments.progressOn(streams);
        OpenDisks inputs = OpenDisks.open(arguments, streams, progress)) {
      Log log = Log.of(arguments, inputs);
      Conversion conversion =
          Conversion.prepare(
              inputs.source(),
              arguments.options(),
              inputs.scan(arguments),
              arguments.compressionOptions(),
              arguments.source().changes().withoutContent(),
              progress);
      log.planned(conversion);
      long required = arguments.rangeEnd(conversion.plan().imageSize()) - arguments.range().from();
      long fullyAllocated = conversion.fullyAllocatedSize();
      return arguments.json()
          ? json(required, fullyAllocated)
          : "required size: " + required + "\nfully allocated size: " + fullyAllocated + "\n";
    } catch (ParameterException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(Failure.of(arguments.input(), e));
    }
  }

  /** The keys and the layout are those of qemu-img measure. */
  private static String json(long required, long fullyAllocated) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    JsonWriter json = new JsonWriter(text, JsonLayout.LINES);
    json.beginObject();
    json.number("required", required);
    json.number("fully-allocated", fullyAllocated);
    json.endObject();
    json.end();
    return text.toString(UTF_8);
  }
}
