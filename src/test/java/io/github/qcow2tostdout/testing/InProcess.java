package io.github.qcow2tostdout.testing;

import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.plan.LayoutPlan;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.source.FileSource;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Conversions without a process of their own, where there are thousands to do. */
public final class InProcess {
  private InProcess() {}

  /** Converts a disk into a new file and returns the plan. */
  public static LayoutPlan convert(Path disk, ImageOptions options, Path image) throws IOException {
    return convert(disk, options, ScanOptions.TEST_ALL, image);
  }

  /** The same with written zeroes kept. */
  public static LayoutPlan convertKeepingZeroes(Path disk, ImageOptions options, Path image)
      throws IOException {
    return convert(disk, options, new ScanOptions(false, true, Optional.empty()), image);
  }

  /** The same with what differs from a base. */
  public static LayoutPlan delta(Path disk, Path base, ImageOptions options, Path image)
      throws IOException {
    try (Source other = FileSource.open(base, true)) {
      return convert(disk, options, new ScanOptions(false, false, Optional.of(other)), image);
    }
  }

  private static LayoutPlan convert(Path disk, ImageOptions options, ScanOptions scan, Path image)
      throws IOException {
    try (Source source = FileSource.open(disk, true);
        FileChannel out =
            FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Conversion conversion = Conversion.prepare(source, options, scan, Progress.NONE);
      conversion.write(new SequentialOutput(out, 0, conversion.plan().imageSize(), Progress.NONE));
      return conversion.plan();
    }
  }

  /** The plan alone. */
  public static LayoutPlan plan(Path disk, ImageOptions options) throws IOException {
    try (Source source = FileSource.open(disk, true)) {
      return Conversion.prepare(source, options, ScanOptions.TEST_ALL, Progress.NONE).plan();
    }
  }
}
