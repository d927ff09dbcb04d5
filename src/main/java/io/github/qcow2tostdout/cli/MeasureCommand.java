package io.github.qcow2tostdout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.report.JsonLayout;
import io.github.qcow2tostdout.report.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import picocli.CommandLine.ParameterException;

/** Prints how many bytes the conversion with the same options writes. */
final class MeasureCommand {
  private final Arguments arguments;
  private final StandardStreams streams;

  MeasureCommand(Arguments arguments, StandardStreams streams) {
    this.arguments = arguments;
    this.streams = streams;
  }

  int run() throws Failure.Reported {
    Interruption.report(arguments.input());
    new StandardOutput(streams).print(report());
    return ExitCode.OK;
  }

  private String report() throws Failure.Reported {
    try (ProgressDisplay progress = ProgressDisplay.of(arguments, streams);
        Inputs inputs = Inputs.open(arguments, streams, progress)) {
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
