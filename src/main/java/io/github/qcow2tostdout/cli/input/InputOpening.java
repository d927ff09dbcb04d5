package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.cli.terminal.StandardInput;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.qcow2.ImageOpener;
import io.github.qcow2tostdout.source.qcow2.Qcow2Source;
import io.github.qcow2tostdout.source.qemu.QemuSource;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.ParameterException;

/** How INPUT is opened, which depends on what it is. */
final class InputOpening {
  private final InputOptions input;
  private final StandardStreams streams;

  InputOpening(InputOptions input, StandardStreams streams) {
    this.input = input;
    this.streams = streams;
  }

  /**
   * Opens it; the progress is that of spooling.
   *
   * @throws ParameterException if the disk shows that its format has to be said
   */
  Source open(Progress progress) throws IOException {
    Source disk = input.isStandardInput() ? ofStandardInput(progress) : opened();
    try {
      if (disk.size() == 0 && input.opener().size().isEmpty()) {
        input.window().refuseEmpty(disk.name());
      }
      return input.map().isPresent() ? input.map().get().over(disk, streams) : disk;
    } catch (IOException | RuntimeException | Error e) {
      disk.close();
      throw e;
    }
  }

  private Source ofStandardInput(Progress progress) throws IOException {
    if (input.opener().format().equals(ImageOpener.QCOW2)) {
      return imageOfStandardInput(progress);
    }
    Source disk =
        PipedDisk.open(streams, input.window(), input.sparse(), input.spoolDirectory(), progress);
    try {
      refuseUnsaid(disk);
      return disk;
    } catch (IOException | RuntimeException | Error e) {
      disk.close();
      throw e;
    }
  }

  /** What is on standard input is the image, of whose disk the input.window() is a part. */
  private Source imageOfStandardInput(Progress progress) throws IOException {
    Source container =
        PipedDisk.open(
            streams,
            WindowOptions.all(input.commandLine()),
            input.sparse(),
            input.spoolDirectory(),
            progress);
    boolean isFile =
        container.positionInFile().isPresent() && container.positionInFile().getAsLong() == 0;
    Source whole =
        ImageOpener.open(
            container,
            isFile ? Optional.of(StandardInput.PATH) : Optional.empty(),
            input.inside().access(input.qemu(), input.sparse(), streams));
    try {
      return input.window().over(whole);
    } catch (RuntimeException | Error e) {
      whole.close();
      throw e;
    }
  }

  private Source opened() throws IOException {
    Source whole =
        input.opener().open(input.inside().access(input.qemu(), input.sparse(), streams));
    try {
      Source disk = input.window().over(whole);
      if (!(whole instanceof QemuSource || whole instanceof Qcow2Source)
          && input.opener().size().isEmpty()) {
        refuseUnsaid(disk);
      }
      return disk;
    } catch (IOException | RuntimeException | Error e) {
      whole.close();
      throw e;
    }
  }

  private void refuseUnsaid(Source disk) throws IOException {
    if (input.formatSaid()) {
      return;
    }
    try {
      UnsaidFormat.refuseInput(input, disk);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(input.commandLine(), e.getMessage(), e);
    }
  }
}
