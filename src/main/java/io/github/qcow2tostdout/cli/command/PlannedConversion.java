package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.saved.SavedPlan;
import io.github.qcow2tostdout.scan.ChangeDetection;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import picocli.CommandLine.ParameterException;

/** Makes a conversion by a plan. */
final class PlannedConversion {
  private PlannedConversion() {}

  /**
   * Makes it.
   *
   * @param changes how it is noticed that the disk changes
   * @throws ParameterException if the disk shows that the arguments are wrong
   * @throws ImageException.OtherDisk if it is not the disk of the plan
   */
  static Conversion of(
      ConversionArguments arguments,
      SavedPlan plan,
      Source disk,
      ChangeDetection changes,
      Progress progress)
      throws IOException {
    if (changes.content() && plan.firstPass().compared()) {
      throw new ParameterException(
          arguments.commandLine(),
          "the plan is of a difference, and this disk has no times that tell whether it changes;"
              + " say --detect-change=none if it does not");
    }
    plan.requireSize(disk);
    Conversion conversion =
        Conversion.planned(
            disk, plan.firstPass(), arguments.compressionOptions(), changes, progress);
    // Now that it is guarded: what is true of it stays so.
    plan.requireDisk(disk, changes.sign());
    return conversion;
  }
}
