package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.convert.Conversion;
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
          // The keys and the layout are those of qemu-img measure.
          ? "{\n    \"required\": "
              + required
              + ",\n    \"fully-allocated\": "
              + fullyAllocated
              + "\n}\n"
          : "required size: " + required + "\nfully allocated size: " + fullyAllocated + "\n";
    } catch (ParameterException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(Failure.of(arguments.input(), e));
    }
  }
}
