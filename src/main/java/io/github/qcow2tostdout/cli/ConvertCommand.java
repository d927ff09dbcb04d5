package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import picocli.CommandLine.ParameterException;

/** Writes the image. */
final class ConvertCommand {
  private final Arguments arguments;
  private final StandardStreams streams;

  ConvertCommand(Arguments arguments, StandardStreams streams) {
    this.arguments = arguments;
    this.streams = streams;
  }

  int run() throws Failure.Reported {
    StandardOutput standardOutput = new StandardOutput(streams);
    standardOutput.refuseImage(arguments.input(), arguments.source().path());
    if (arguments.base().isPresent()) {
      BaseOptions base = arguments.base().get();
      standardOutput.refuseImage(base.name(), base.path());
    }
    Interruption interruption = Interruption.report(arguments.input());
    try (ProgressDisplay progress = ProgressDisplay.of(arguments, streams);
        Inputs inputs = Inputs.open(arguments, streams, progress)) {
      Log log = Log.of(arguments, inputs);
      Conversion conversion =
          Conversion.prepare(
              inputs.source(),
              arguments.options(),
              inputs.scan(arguments),
              arguments.compressionOptions(),
              arguments.source().changes(),
              progress);
      log.planned(conversion);
      write(conversion, progress, interruption);
      log.written();
      return ExitCode.OK;
    } catch (ParameterException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(Failure.of(arguments.input(), e));
    }
  }

  private void write(Conversion conversion, Progress progress, Interruption interruption)
      throws Failure.Reported {
    SequentialOutput output = output(conversion, progress);
    interruption.writing(output);
    try {
      conversion.write(output);
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(Failure.of(arguments.input(), e, output));
    }
  }

  private SequentialOutput output(Conversion conversion, Progress progress) {
    long to = arguments.rangeEnd(conversion.plan().imageSize());
    long from = arguments.range().from();
    long heldByReference = StandardOutput.prepareForImage(to - from);
    return new SequentialOutput(
        StandardOutput.channelForImage(streams.out(), to - from),
        from,
        to,
        progress,
        arguments.copying() ? SequentialOutput.COPIES_ONLY : heldByReference);
  }
}
