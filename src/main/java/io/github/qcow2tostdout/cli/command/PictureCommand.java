package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.check.ForeignCheck;
import io.github.qcow2tostdout.cli.input.HeldImage;
import io.github.qcow2tostdout.cli.input.ImageFile;
import io.github.qcow2tostdout.cli.input.InputOptions;
import io.github.qcow2tostdout.cli.input.LockList;
import io.github.qcow2tostdout.cli.input.SalvageReport;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.ProgressDisplay;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.OpenRules;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.picture.Caption;
import io.github.qcow2tostdout.picture.Drawing;
import io.github.qcow2tostdout.picture.ImageSurvey;
import io.github.qcow2tostdout.picture.PictureWriter;
import io.github.qcow2tostdout.picture.PlanSurvey;
import io.github.qcow2tostdout.report.ReportException;
import io.github.qcow2tostdout.source.FileKind;
import io.github.qcow2tostdout.source.qcow2.ImageOpener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ParameterException;

/** Draws an image, or what a disk would become. */
public final class PictureCommand {
  private final PictureOptions options;
  private final ConversionArguments arguments;
  private final StandardStreams streams;
  private final LockList locks;

  public PictureCommand(PictureOptions options, StandardStreams streams, LockList locks) {
    this.options = options;
    arguments = options.arguments();
    this.streams = streams;
    this.locks = locks;
  }

  public int run() throws Failure.Reported {
    Interruption.report(arguments.input(), "the drawing is cut short");
    try {
      InputOptions source = arguments.source();
      if (source.path().isPresent()
          && !source.isStandardInput()
          && !source.formatSaid()
          && isFile(source.path().get())) {
        try (BoundedFile file = ImageFile.open(source.path().get())) {
          if (ForeignCheck.start(file)
              .filter(known -> known.formatName().equals(ImageOpener.QCOW2))
              .isPresent()) {
            return image(file, source.path().get());
          }
        }
      }
      return disk();
    } catch (ParameterException e) {
      throw e;
    } catch (ReportException e) {
      throw new Failure.Reported(Failure.ofReport(e.error()));
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(Failure.of(arguments.input(), e));
    }
  }

  /** What is neither is refused by the conversion. */
  private static boolean isFile(Path path) throws IOException {
    FileKind kind = FileKind.of(path);
    return kind == FileKind.REGULAR || kind == FileKind.BLOCK_DEVICE;
  }

  private int image(BoundedFile file, Path path) throws IOException {
    if (options.forConversion().isPresent()) {
      throw new ParameterException(
          arguments.commandLine(),
          options.forConversion().get()
              + " is for a disk, and "
              + arguments.input()
              + " is an image, which is drawn as it is; say -f qcow2 for the image that its disk"
              + " would become");
    }
    HeldImage held =
        new HeldImage(
            arguments.input(), options.forceShare() ? Optional.empty() : Optional.of(path), locks);
    held.refuse();
    OpenedImage image = OpenRules.open(file);
    Drawing drawing;
    try (ProgressDisplay progress = arguments.progressOn(streams)) {
      drawing = ImageSurvey.picture(image, progress);
    }
    held.refuseAfterwards();
    write(new PictureWriter(Caption.of(arguments.input(), image), drawing));
    return ExitCode.OK;
  }

  private int disk() throws IOException, Failure.Reported {
    Conversion conversion;
    try (ProgressDisplay progress = arguments.progressOn(streams);
        OpenDisks inputs = OpenDisks.open(arguments, streams, progress)) {
      conversion =
          inputs.survey(arguments, arguments.source().changes().withoutContent(), progress);
    }
    write(
        new PictureWriter(
            Caption.of(arguments.input(), arguments.options()),
            PlanSurvey.picture(conversion.plan(), conversion.allocation())));
    return SalvageReport.write(arguments.source().inside(), arguments.input(), streams);
  }

  private void write(PictureWriter picture) throws IOException {
    if (options.html()) {
      picture.writeHtml(streams.out());
    } else {
      picture.writeSvg(streams.out());
    }
  }
}
