package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.inspect.BoundedFile;
import io.github.qcow2tostdout.inspect.CheckProgress;
import io.github.qcow2tostdout.inspect.CheckResult;
import io.github.qcow2tostdout.inspect.ImageCheck;
import io.github.qcow2tostdout.inspect.OpenRules;
import io.github.qcow2tostdout.report.CheckReport;
import io.github.qcow2tostdout.report.ReportException;
import java.io.IOException;

/** Checks an image. */
final class CheckCommand {
  private final CheckOptions options;
  private final StandardStreams streams;

  CheckCommand(CheckOptions options, StandardStreams streams) {
    this.options = options;
    this.streams = streams;
  }

  int run() throws Failure.Reported {
    String name = options.image().toString();
    try (BoundedFile file = BoundedFile.open(options.image())) {
      CheckResult result = ImageCheck.check(OpenRules.open(file), CheckProgress.NONE);
      report(new CheckReport(name, result), result);
      return exitCode(result);
    } catch (ReportException e) {
      throw new Failure.Reported(Failure.ofReport(e.error()));
    } catch (ImageException.NotQcow2 e) {
      throw new Failure.Reported(
          new Failure(Failure.of(name, e).message(), ExitCode.NOT_CHECKABLE));
    } catch (IOException | OutOfMemoryError e) {
      throw new Failure.Reported(Failure.of(name, e));
    }
  }

  private void report(CheckReport report, CheckResult result) throws IOException {
    if (options.json()) {
      report.writeJson(streams.out());
    } else if (!options.quiet() || exitCode(result) != ExitCode.OK) {
      report.writeText(streams.out());
    }
  }

  private int exitCode(CheckResult result) {
    if (result.checkErrors() > 0) {
      return ExitCode.FAILED;
    }
    if (result.corruptions() > 0 || (options.strict() && result.findingsApart() > 0)) {
      return ExitCode.CORRUPT;
    }
    return result.leaks() > 0 ? ExitCode.LEAKS : ExitCode.OK;
  }
}
