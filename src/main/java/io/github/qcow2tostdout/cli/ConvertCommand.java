package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.convert.Frame;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.List;
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
        Inputs inputs = Inputs.open(arguments, streams, progress);
        SideOutputs side = SideOutputs.open(arguments.output().targets(), arguments.taken())) {
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
      List<DigestTaking.Taken> digests = write(conversion, side, progress, interruption);
      print(digests, side);
      log.written();
      return ExitCode.OK;
    } catch (ParameterException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(Failure.of(arguments.input(), e));
    }
  }

  private List<DigestTaking.Taken> write(
      Conversion conversion, SideOutputs side, Progress progress, Interruption interruption)
      throws IOException, Failure.Reported {
    OutputArguments wanted = arguments.output();
    long to = arguments.rangeEnd(wanted.wrapping().streamSize(conversion.imageSize()));
    long from = arguments.range().from();
    try (DigestTaking digests = DigestTaking.begin(wanted, conversion)) {
      Frame frame = wanted.wrapping().frame(conversion, progress);
      if (wanted.sizeTarget().isPresent()) {
        side.write(wanted.sizeTarget().get(), to - from + "\n");
      }
      long heldByReference = StandardOutput.prepareForImage(to - from);
      SequentialOutput output =
          new SequentialOutput(
              streams.out(),
              from,
              to,
              progress,
              arguments.copying() ? SequentialOutput.COPIES_ONLY : heldByReference,
              digests.stream());
      interruption.writing(output);
      write(conversion, frame, digests, output);
      return digests.taken();
    }
  }

  private void write(
      Conversion conversion, Frame frame, DigestTaking digests, SequentialOutput output)
      throws Failure.Reported {
    try {
      conversion.write(output, frame, digests.content());
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(Failure.of(arguments.input(), e, output));
    }
  }

  private void print(List<DigestTaking.Taken> digests, SideOutputs side) throws Failure.Reported {
    for (DigestTaking.Taken taken : digests) {
      String line = taken.line(arguments.source().input());
      if (taken.request().target().isPresent()) {
        try {
          side.write(taken.request().target().get(), line);
        } catch (IOException e) {
          throw new Failure.Reported(Failure.ofDigest(arguments.input(), e));
        }
      } else {
        streams.err().println(Printable.masked(line.stripTrailing()));
      }
    }
  }
}
