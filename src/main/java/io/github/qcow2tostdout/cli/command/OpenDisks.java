package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.convert.CompressionOptions;
import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.saved.SavedPlan;
import io.github.qcow2tostdout.scan.ChangeDetection;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.Progress;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.ParameterException;

/**
 * The disks of a conversion, open.
 *
 * @param source INPUT
 * @param base what it is compared with
 * @param plan what is known of it, if that was kept
 */
record OpenDisks(Source source, Optional<Source> base, Optional<SavedPlan> plan)
    implements Closeable {
  /**
   * Opens them; the progress is that of spooling.
   *
   * @throws ParameterException if a disk shows that the arguments are wrong
   */
  static OpenDisks open(ConversionArguments arguments, StandardStreams streams, Progress progress)
      throws IOException {
    Source source = arguments.open(streams, progress);
    try {
      return new OpenDisks(source, openBase(arguments, streams), arguments.plan());
    } catch (IllegalArgumentException e) {
      source.close();
      throw new ParameterException(arguments.commandLine(), e.getMessage(), e);
    } catch (IOException | RuntimeException | Error e) {
      source.close();
      throw e;
    }
  }

  private static Optional<Source> openBase(ConversionArguments arguments, StandardStreams streams)
      throws IOException {
    return arguments.base().isEmpty()
        ? Optional.empty()
        : Optional.of(arguments.base().get().open(arguments.source(), streams));
  }

  /**
   * Finds out what is in them, and decides the image.
   *
   * @param changes how it is noticed that INPUT changes
   * @throws IOException if a disk can't be read
   */
  Conversion prepare(ConversionArguments arguments, ChangeDetection changes, Progress progress)
      throws IOException {
    return prepare(arguments, arguments.compressionOptions(), changes, progress);
  }

  /** The same for a command that writes no data of it. */
  Conversion survey(ConversionArguments arguments, ChangeDetection changes, Progress progress)
      throws IOException {
    return prepare(
        arguments,
        arguments.compressionOptions().map(CompressionOptions::keepingNothing),
        changes,
        progress);
  }

  private Conversion prepare(
      ConversionArguments arguments,
      Optional<CompressionOptions> compression,
      ChangeDetection changes,
      Progress progress)
      throws IOException {
    return plan.isPresent()
        ? PlannedConversion.of(arguments, plan.get(), source, changes, progress)
        : Conversion.prepare(
            source, arguments.options(), scan(arguments), compression, changes, progress);
  }

  /** How it is decided what the image maps. */
  private ScanOptions scan(ConversionArguments arguments) throws IOException {
    ScanOptions scan =
        new ScanOptions(arguments.source().scan().extentsOnly(), arguments.keepZeroes(), base)
            .carrying(arguments.carry().bitmapsOf(source));
    // Asked only where that decides something: to find out takes reads.
    return !scan.extentsOnly() && base.isEmpty() && source.isFar()
        ? scan.keeping(arguments.cache().bytes())
        : scan;
  }

  @Override
  public void close() throws IOException {
    try {
      source.close();
    } finally {
      if (base.isPresent()) {
        base.get().close();
      }
      if (plan.isPresent()) {
        plan.get().close();
      }
    }
  }
}
