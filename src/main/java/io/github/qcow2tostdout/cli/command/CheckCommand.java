package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.check.CheckResult;
import io.github.qcow2tostdout.check.ClusterListener;
import io.github.qcow2tostdout.check.DataFileCheck;
import io.github.qcow2tostdout.check.ForeignCheck;
import io.github.qcow2tostdout.check.ImageCheck;
import io.github.qcow2tostdout.check.OpenStackPolicy;
import io.github.qcow2tostdout.check.PolicyVerdict;
import io.github.qcow2tostdout.check.UntrustedCheck;
import io.github.qcow2tostdout.cli.input.HeldImage;
import io.github.qcow2tostdout.cli.input.ImageFile;
import io.github.qcow2tostdout.cli.input.LockList;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.ProgressDisplay;
import io.github.qcow2tostdout.cli.terminal.StandardInput;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.OpenRules;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.picture.ImageSurvey;
import io.github.qcow2tostdout.report.CheckReport;
import io.github.qcow2tostdout.report.ReportException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Checks an image. */
public final class CheckCommand {
  /** The most bytes of L2 tables that are gone through once more for the strip of the disk. */
  private static final long MUCH = 256 << 20;

  private final CheckOptions options;
  private final StandardStreams streams;
  private final StandardInput input;

  /** What messages call the image. */
  private final String name;

  private final HeldImage held;

  private Optional<PolicyVerdict> policy = Optional.empty();

  /** For the strips, where somebody would see them. */
  private Optional<ImageSurvey> survey = Optional.empty();

  public CheckCommand(CheckOptions options, StandardStreams streams, LockList locks) {
    this.options = options;
    this.streams = streams;
    input = new StandardInput(streams);
    name = options.isStandardInput() ? StandardInput.NAME : options.image().toString();
    held = new HeldImage(name, askedAbout(), locks);
  }

  private Optional<Path> askedAbout() {
    if (options.forceShare()) {
      return Optional.empty();
    }
    return options.isStandardInput() ? input.file() : Optional.of(options.image());
  }

  public int run() throws Failure.Reported {
    Interruption.report(name, "the check has no result");
    try {
      return check();
    } finally {
      Interruption.silence();
    }
  }

  private int check() throws Failure.Reported {
    try (BoundedFile file = open()) {
      held.refuseIfKnown();
      return checkUnlessHeld(file);
    } catch (ReportException e) {
      throw failed(Failure.ofReport(e.error()));
    } catch (ImageException.NotQcow2 | ImageException.NotStreamable e) {
      throw failed(new Failure(Failure.of(name, e).lines(), ExitCode.NOT_CHECKABLE));
    } catch (OutOfMemoryError e) {
      if (Failure.isOutOfThreads(e)) {
        throw failed(Failure.of(name, e));
      }
      throw failed(
          new Failure(
              name
                  + ": out of memory ("
                  + e.getMessage()
                  + "); give the VM more: QCOW2_TO_STDOUT_JAVA_OPTS=-Xmx1g",
              ExitCode.FAILED));
    } catch (IOException | RuntimeException | Error e) {
      throw failed(Failure.of(name, e));
    }
  }

  /** What is wrong with an image that is held, or seems to be, is not worth a word. */
  private int checkUnlessHeld(BoundedFile file) throws IOException, Failure.Reported {
    try {
      return check(file);
    } catch (ImageException e) {
      held.refuse();
      throw e;
    }
  }

  private int check(BoundedFile file) throws IOException, Failure.Reported {
    if (options.policy()) {
      policy = OpenStackPolicy.judge(file);
    }
    if (options.untrusted() && !file.isStream()) {
      Optional<ForeignCheck> foreign = ForeignCheck.of(file);
      if (foreign.isPresent()) {
        report(foreign.get().format(), foreign.get().result(), Optional.empty());
        if (options.policy() && policy.isEmpty()) {
          throw failed(
              new Failure(
                  name
                      + ": there is no verdict of OpenStack's on "
                      + foreign.get().format()
                      + " images here; ask the format inspector of oslo.utils",
                  ExitCode.FAILED));
        }
        return exitCode(foreign.get().result());
      }
    }
    OpenedImage image;
    CheckResult result;
    try {
      image = OpenRules.open(file);
      if (streams.outIsTerminal() && !options.json() && !file.isStream()) {
        survey = Optional.of(new ImageSurvey(image, Strips.resolution(streams)));
      }
      result = check(image);
    } catch (ImageException.NotQcow2 e) {
      throw e;
    } catch (ImageException e) {
      if (!options.untrusted()) {
        throw e;
      }
      held.refuse();
      CheckResult refused = UntrustedCheck.ofRefused(file, e);
      report(refused, Optional.empty());
      throw failed(new Failure(Failure.of(name, e).lines(), exitCode(refused)));
    }
    if (options.untrusted()) {
      result = UntrustedCheck.find(image, result);
    }
    if (options.follow()) {
      result = DataFileCheck.find(image, result, ImageFile::open);
    }
    held.refuse();
    held.refuseAfterwards();
    report(result, options.metadata() ? Optional.of(image) : Optional.empty());
    return exitCode(result);
  }

  private Failure.Reported failed(Failure failure) {
    return new Failure.Reported(failure, input::drain);
  }

  private BoundedFile open() throws IOException {
    if (!options.isStandardInput()) {
      return ImageFile.open(options.image());
    }
    try (ProgressDisplay progress =
        ProgressDisplay.of(options.progress(), options.quiet(), streams)) {
      return input.image(options.deep(), options.untrusted(), progress);
    }
  }

  private CheckResult check(OpenedImage image) throws IOException {
    try (ProgressDisplay progress =
        ProgressDisplay.of(options.progress(), options.quiet(), streams)) {
      return ImageCheck.check(
          image,
          options.deep(),
          progress,
          survey.map(ImageSurvey::listener).orElse(ClusterListener.NONE));
    }
  }

  private void report(CheckResult result, Optional<OpenedImage> metadata)
      throws IOException, Failure.Reported {
    report(CheckReport.QCOW2, result, metadata);
  }

  private void report(String format, CheckResult result, Optional<OpenedImage> metadata)
      throws IOException, Failure.Reported {
    CheckReport report = new CheckReport(options.image().toString(), format, result, policy);
    if (options.json()) {
      report.writeJson(streams.out(), metadata);
    } else if (!options.quiet() || exitCode(result) != ExitCode.OK) {
      report.writeText(streams.out(), options.untrusted());
      if (survey.isPresent()) {
        Strips.write(survey.get().drawing(result, MUCH), streams);
      }
    }
  }

  private int exitCode(CheckResult result) {
    boolean refused = policy.isPresent() && !policy.get().accepts();
    if (refused || (options.untrusted() && result.isDangerous())) {
      return ExitCode.CORRUPT;
    }
    if (result.checkErrors() > 0) {
      return ExitCode.FAILED;
    }
    if (result.corruptions() > 0 || (options.strict() && result.findingsApart() > 0)) {
      return ExitCode.CORRUPT;
    }
    return result.leaks() > 0 ? ExitCode.LEAKS : ExitCode.OK;
  }
}
