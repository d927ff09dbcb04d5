package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.image.CacheSize;
import io.github.qcow2tostdout.cli.image.CompressionArguments;
import io.github.qcow2tostdout.cli.image.EncryptionOptions;
import io.github.qcow2tostdout.cli.input.BaseDisk;
import io.github.qcow2tostdout.cli.input.CarryOptions;
import io.github.qcow2tostdout.cli.input.DiskMapOption;
import io.github.qcow2tostdout.cli.input.InputOptions;
import io.github.qcow2tostdout.cli.input.WindowOptions;
import io.github.qcow2tostdout.cli.option.ProgressStyle;
import io.github.qcow2tostdout.cli.option.Verbosity;
import io.github.qcow2tostdout.cli.output.OutputOptions;
import io.github.qcow2tostdout.cli.output.PartOptions;
import io.github.qcow2tostdout.cli.terminal.ProgressDisplay;
import io.github.qcow2tostdout.cli.terminal.SideOutputs;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.convert.CompressionOptions;
import io.github.qcow2tostdout.luks.NewHeader;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.saved.SavedPlan;
import io.github.qcow2tostdout.scan.ChangeDetection;
import io.github.qcow2tostdout.source.ChangeSign;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * What both commands are told.
 *
 * @param commandLine for errors in it that are found later
 * @param source what is read
 * @param carry what of an image goes over beside the disk
 * @param base what it is compared with
 * @param options what image is asked for
 * @param keepZeroes whether written zeroes are mapped
 * @param compression how clusters are compressed, if they are
 * @param encryption with what they are encrypted, if they are
 * @param output what is wanted beside it, and what it is in
 * @param cache how much is kept from the first pass for the second
 * @param part what part of it
 * @param plan what is known of the disk, if that was kept
 * @param copying whether nothing of the disk goes out by reference
 * @param json whether a report is wanted as JSON
 * @param progress how progress is shown
 * @param verbosity how much is said
 */
public record ConversionArguments(
    CommandLine commandLine,
    InputOptions source,
    CarryOptions carry,
    Optional<BaseDisk> base,
    ImageOptions options,
    boolean keepZeroes,
    Optional<CompressionArguments> compression,
    Optional<EncryptionOptions> encryption,
    OutputOptions output,
    CacheSize cache,
    PartOptions part,
    Optional<SavedPlan> plan,
    boolean copying,
    boolean json,
    ProgressStyle progress,
    Verbosity verbosity) {
  /**
   * The LUKS header of the image, if it is encrypted.
   *
   * @param fitting what has to fit what another run makes, if that is so
   * @throws ParameterException if these would not fit
   */
  Optional<NewHeader> luksHeader(Optional<String> fitting) throws IOException {
    if (encryption.isEmpty()) {
      return Optional.empty();
    }
    if (fitting.isPresent() && encryption.get().luksHeader().isEmpty()) {
      throw new ParameterException(
          commandLine,
          EncryptionOptions.ENCRYPT
              + " needs "
              + EncryptionOptions.LUKS_HEADER
              + " for "
              + fitting.get()
              + ": without it each run encrypts with a new random key, and no two fit");
    }
    return Optional.of(ImageEncryption.header(encryption.get()));
  }

  /** How clusters are compressed, for the conversion. */
  Optional<CompressionOptions> compressionOptions() {
    return compression.map(it -> it.options(cache.bytes(), source.spoolDirectory()));
  }

  /** The display of progress that is asked for. */
  public ProgressDisplay progressOn(StandardStreams streams) {
    return ProgressDisplay.of(progress, verbosity == Verbosity.QUIET, streams);
  }

  /** Files that nothing else may be written to, with what they are. */
  private Map<Path, String> taken() {
    Map<Path, String> taken = new HashMap<>();
    source.path().ifPresent(path -> taken.put(path, "INPUT too"));
    source.map().flatMap(DiskMapOption::path).ifPresent(path -> taken.put(path, "the map too"));
    base.flatMap(BaseDisk::path).ifPresent(path -> taken.put(path, "what INPUT is compared with"));
    if (plan.isPresent()) {
      taken.put(Path.of(plan.get().name()), "the plan too");
    }
    return taken;
  }

  /** Opens what is to be written beside the stream. */
  SideOutputs openSideOutputs() throws IOException {
    return SideOutputs.open(output.targets(), taken());
  }

  /**
   * How it is noticed that the disk changes. What is rendered twice must be the same twice, and
   * where there are no times to tell (devices, NBD), only the content does.
   */
  ChangeDetection changesOf(Source disk) throws IOException {
    ChangeDetection changes = source.changes();
    boolean unguarded =
        output.wrapping().rendersTwice()
            && options.dataInside()
            && changes.sign() != ChangeSign.NOTHING
            && disk.identity().only(changes.sign()).stamp().isEmpty();
    return unguarded ? new ChangeDetection(changes.sign(), true) : changes;
  }

  /** What messages call INPUT. */
  String input() {
    return source.shownName();
  }

  /**
   * Opens the disk; the progress is that of spooling.
   *
   * @throws ParameterException if the disk shows that the arguments are wrong
   */
  Source open(StandardStreams streams, Progress progress) throws IOException {
    Source disk = source.open(streams, progress);
    if (options.dataFile().isPresent() && !isWholeFile(disk)) {
      disk.close();
      throw new ParameterException(
          commandLine,
          (options.rawDataFile() ? "-R" : "-d")
              + " needs all of a file: the guest reads the data file itself, from its first byte;"
              + (source.isStandardInput()
                  ? " redirect standard input from one"
                  : " leave out " + WindowOptions.OFFSET + " and " + WindowOptions.LENGTH));
    }
    return disk;
  }

  private boolean isWholeFile(Source disk) {
    return disk.size() == disk.identifiedSize()
        && (!source.isStandardInput() || disk.positionInFile().isPresent());
  }

  /**
   * Where the range ends in a stream of that size.
   *
   * @throws ParameterException if the stream ends before
   */
  long rangeEnd(long streamSize) {
    try {
      return part.range().endIn(streamSize);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(commandLine, e.getMessage(), e);
    }
  }
}
