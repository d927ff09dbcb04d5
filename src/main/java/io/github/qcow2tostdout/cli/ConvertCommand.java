package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.convert.Progress;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.source.Source;
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
    new StandardOutput(streams).refuseImage(arguments.input(), arguments.source().path());
    Interruption interruption = Interruption.reportTo(streams.err(), arguments.input());
    try (ProgressDisplay progress = ProgressDisplay.of(arguments, streams);
        Source source = arguments.open(streams, progress)) {
      Log log = Log.of(arguments, source);
      Conversion conversion =
          Conversion.prepare(source, arguments.options(), arguments.source().scan(), progress);
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
    return new SequentialOutput(
        streams.out(), from, to, progress, StandardOutput.prepareForImage(to - from));
  }
}
