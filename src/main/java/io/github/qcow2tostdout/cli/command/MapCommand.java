package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.input.SalvageReport;
import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.ProgressDisplay;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.report.ReportException;
import io.github.qcow2tostdout.report.map.DiskMapWriter;
import io.github.qcow2tostdout.scan.DataMap;
import io.github.qcow2tostdout.source.ChangeSign;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import picocli.CommandLine.ParameterException;

/** Prints where a disk holds data. */
public final class MapCommand {
  private final MapOptions options;
  private final StandardStreams streams;

  public MapCommand(MapOptions options, StandardStreams streams) {
    this.options = options;
    this.streams = streams;
  }

  public int run() throws Failure.Reported {
    Interruption.report(options.source().shownName(), "the map is cut short");
    try (Source source = open()) {
      DataMap map = map(source);
      new DiskMapWriter(
              streams.out(),
              options.json(),
              Printable.masked(source.name()),
              source.positionInFile())
          .write(map.extents(), map.diskSize());
      map.verify();
      return SalvageReport.write(options.source().inside(), options.source().shownName(), streams);
    } catch (ParameterException e) {
      throw e;
    } catch (ReportException e) {
      throw new Failure.Reported(Failure.ofReport(e.error()));
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(Failure.of(options.source().shownName(), e));
    }
  }

  private Source open() throws IOException {
    try (ProgressDisplay progress = display()) {
      return options.source().open(streams, progress);
    }
  }

  private DataMap map(Source source) throws IOException {
    ChangeSign sign = options.source().changes().sign();
    if (options.zeroTest().isEmpty()) {
      return DataMap.ofExtents(source, sign);
    }
    // The display ends before the map begins, which may be on the same terminal.
    try (ProgressDisplay progress = display()) {
      return DataMap.tested(source, options.zeroTest().get(), sign, progress);
    }
  }

  private ProgressDisplay display() {
    return ProgressDisplay.of(options.progress(), options.quiet(), streams);
  }
}
