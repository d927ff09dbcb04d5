package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.output.DigestRequest;
import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.ProgressDisplay;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.codec.DigestAlgorithm;
import io.github.qcow2tostdout.codec.DigestValue;
import io.github.qcow2tostdout.codec.OrderedDigests;
import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.convert.Frame;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.report.PartTable;
import io.github.qcow2tostdout.report.ReportException;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ParameterException;

/** Prints the parts in which an image can be written. */
public final class PartsCommand {
  private final PartsOptions options;
  private final StandardStreams streams;

  public PartsCommand(PartsOptions options, StandardStreams streams) {
    this.options = options;
    this.streams = streams;
  }

  /** What the digests of a part are. */
  private interface Digests {
    /** Those of the bytes [from, to). */
    List<PartTable.PartDigest> of(long from, long to) throws IOException;
  }

  public int run() throws Failure.Reported {
    Interruption.report(options.plan().name(), "the table is cut short");
    try {
      if (options.conversion().isPresent()) {
        compute(options.conversion().get());
      } else {
        print((from, to) -> List.of());
        options.plan().close();
      }
      return 0;
    } catch (ParameterException e) {
      throw e;
    } catch (ReportException e) {
      throw new Failure.Reported(Failure.ofReport(e.error()));
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(
          Failure.of(
              options.conversion().isPresent()
                  ? options.conversion().get().input()
                  : options.plan().name(),
              e));
    }
  }

  private void compute(ConversionArguments arguments) throws IOException {
    try (ProgressDisplay progress = arguments.progressOn(streams);
        OpenDisks inputs = OpenDisks.open(arguments, streams, progress)) {
      Conversion conversion =
          Conversions.of(arguments, inputs, arguments.changesOf(inputs.source()), progress);
      if (!options.output().digesting()) {
        print((from, to) -> List.of());
        return;
      }
      Frame frame = options.output().wrapping().frame(conversion, progress);
      Progress digesting =
          (phase, done, total) -> progress.report(Progress.Phase.DIGEST, done, total);
      print((from, to) -> digests(conversion, frame, from, to, digesting));
    }
  }

  private List<PartTable.PartDigest> digests(
      Conversion conversion, Frame frame, long from, long to, Progress progress)
      throws IOException {
    List<DigestAlgorithm> algorithms = new ArrayList<>();
    for (DigestRequest request : options.output().digests()) {
      algorithms.add(request.algorithm());
    }
    List<PartTable.PartDigest> found = new ArrayList<>();
    try (OrderedDigests digests = new OrderedDigests(algorithms)) {
      conversion.write(
          SequentialOutput.toNowhere(from, to, progress, digests), frame, Optional.empty());
      for (DigestValue value : digests.finish()) {
        found.add(new PartTable.PartDigest(value.algorithm().word(), value.hex()));
      }
    }
    return found;
  }

  private void print(Digests digests) throws IOException {
    long total = options.total();
    long size = options.partSize();
    PartTable table = new PartTable(streams.out(), options.json());
    table.begin(total, size);
    long number = 0;
    for (long from = 0; from < total; from += Math.min(size, total - from)) {
      number++;
      long to = from + Math.min(size, total - from);
      table.part(number, from, to, digests.of(from, to));
      if (options.output().digesting()) {
        table.flush();
      }
    }
    table.end();
  }
}
