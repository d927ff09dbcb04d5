package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.input.HeldImage;
import io.github.qcow2tostdout.cli.input.ImageFile;
import io.github.qcow2tostdout.cli.input.LockList;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.picture.Resolution;
import io.github.qcow2tostdout.report.DiskInfo;
import io.github.qcow2tostdout.report.InfoJson;
import io.github.qcow2tostdout.report.InfoText;
import io.github.qcow2tostdout.report.ReportException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Prints on one screen what a file is. */
public final class InfoCommand {
  private final InfoOptions options;
  private final StandardStreams streams;
  private final LockList locks;

  public InfoCommand(InfoOptions options, StandardStreams streams, LockList locks) {
    this.options = options;
    this.streams = streams;
    this.locks = locks;
  }

  public int run() throws Failure.Reported {
    String name = options.file().toString();
    Interruption.report(name, "the report is cut short");
    try {
      return show(name);
    } finally {
      Interruption.silence();
    }
  }

  private int show(String name) throws Failure.Reported {
    try (BoundedFile file = ImageFile.open(options.file())) {
      HeldImage held =
          new HeldImage(
              name, options.forceShare() ? Optional.empty() : Optional.of(options.file()), locks);
      held.refuse();
      InfoSurvey survey =
          new InfoSurvey(
              file, options, options.json() ? Resolution.ofStrips(1) : Strips.resolution(streams));
      DiskInfo info = survey.info();
      held.refuseAfterwards();
      if (options.json()) {
        new InfoJson(info).write(streams.out());
      } else {
        new InfoText(info, survey.drawing().map(it -> Strips.of(it, "", streams)).orElse(List.of()))
            .write(streams.out());
      }
      if (survey.refusal().isPresent()) {
        throw new Failure.Reported(Failure.of(name, survey.refusal().get()));
      }
      return ExitCode.OK;
    } catch (ReportException e) {
      throw new Failure.Reported(Failure.ofReport(e.error()));
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(Failure.of(name, e));
    }
  }
}
