package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.convert.Frame;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.List;
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
    String report = report();
    new StandardOutput(streams).print(report);
    return ExitCode.OK;
  }

  private String report() throws Failure.Reported {
    try (ProgressDisplay progress = ProgressDisplay.of(arguments, streams);
        Inputs inputs = Inputs.open(arguments, streams, progress);
        SideOutputs side = SideOutputs.open(arguments.output().targets(), arguments.taken())) {
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
      OutputArguments wanted = arguments.output();
      long end = arguments.rangeEnd(wanted.wrapping().streamSize(conversion.imageSize()));
      Measured measured =
          new Measured(
              end - arguments.range().from(),
              wanted.wrapping().streamSize(conversion.fullyAllocatedSize()),
              wanted.digesting() ? digests(conversion, end, progress) : List.of());
      if (wanted.sizeTarget().isPresent()) {
        side.write(wanted.sizeTarget().get(), measured.required() + "\n");
      }
      for (DigestTaking.Taken digest : measured.digests()) {
        if (digest.request().target().isPresent()) {
          side.write(digest.request().target().get(), digest.line(arguments.source().input()));
        }
      }
      return measured.report(arguments.json(), wanted.bytesOnly());
    } catch (ParameterException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(Failure.of(arguments.input(), e));
    }
  }

  /** Renders without output. */
  private List<DigestTaking.Taken> digests(Conversion conversion, long end, Progress progress)
      throws IOException {
    OutputArguments wanted = arguments.output();
    Progress digesting =
        (phase, done, total) -> progress.report(Progress.Phase.DIGEST, done, total);
    try (DigestTaking digests = DigestTaking.begin(wanted, conversion)) {
      if (digests.stream().isPresent()) {
        Frame frame = wanted.wrapping().frame(conversion, progress);
        conversion.write(
            SequentialOutput.toNowhere(
                arguments.range().from(), end, digesting, digests.stream().get()),
            frame,
            digests.content());
      } else if (digests.content().isPresent()) {
        conversion.await(digests.content().get());
      }
      return digests.taken();
    }
  }
}
