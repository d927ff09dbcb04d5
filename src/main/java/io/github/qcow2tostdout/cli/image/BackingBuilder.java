package io.github.qcow2tostdout.cli.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.cli.input.BaseDisk;
import io.github.qcow2tostdout.cli.input.NamedDisk;
import io.github.qcow2tostdout.cli.option.FileName;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.terminal.StandardInput;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.plan.ImageOptions.BackingFile;
import java.util.List;
import java.util.Optional;

/** Reads the options that say what INPUT is compared with, and what the image calls it. */
public final class BackingBuilder {
  /** What a backing file can be: QEMU reads one more than this program does. */
  static final List<String> NAMED_FORMATS = NamedDisk.formatsAnd("luks");

  private final ImageValues settings;

  BackingBuilder(ImageValues settings) {
    this.settings = settings;
  }

  /** {@code -B}. */
  void file(String value, String spelling) {
    settings.set(ImageValues.Key.BACKING, FileName.checked(value, spelling), spelling);
  }

  /** {@code -F}. */
  void format(String value, String spelling) {
    if (!NamedDisk.isFormat(value)) {
      throw OptionSpecs.refused(spelling, value, NamedDisk.FORMATS);
    }
    settings.set(ImageValues.Key.BACKING_FORMAT, value, spelling);
  }

  /** {@code --backing-name}. */
  void name(String value, String spelling) {
    settings.set(ImageValues.Key.BACKING_NAME, FileName.checked(value, spelling), spelling);
  }

  /** {@code --backing-name-format}. */
  void nameFormat(String value, String spelling) {
    // Any other name would make an image that no QEMU opens.
    if (!NAMED_FORMATS.contains(value)) {
      throw OptionSpecs.refused(spelling, value, NAMED_FORMATS);
    }
    settings.set(ImageValues.Key.BACKING_NAME_FORMAT, value, spelling);
  }

  /** {@code --diff}. */
  void diff(String value, String spelling) {
    settings.set(ImageValues.Key.DIFF, FileName.checked(value, spelling), spelling);
  }

  /**
   * What INPUT is compared with.
   *
   * @throws IllegalArgumentException with a message for the user, if the options don't fit
   */
  public Optional<BaseDisk> base() {
    if (settings.isSet(ImageValues.Key.BACKING) && settings.isSet(ImageValues.Key.DIFF)) {
      throw new IllegalArgumentException(
          settings.spelling(ImageValues.Key.BACKING)
              + " and "
              + settings.spelling(ImageValues.Key.DIFF)
              + " contradict each other; say one of them");
    }
    boolean named = settings.isSet(ImageValues.Key.BACKING);
    ImageValues.Key key = named ? ImageValues.Key.BACKING : ImageValues.Key.DIFF;
    Optional<String> file = settings.get(key);
    if (file.isEmpty()) {
      settings.refuse(ImageValues.Key.BACKING_FORMAT, "needs -B or --diff: nothing is compared");
    }
    if (!named) {
      settings.refuse(ImageValues.Key.BACKING_NAME, "needs -B: the image names no backing file");
      settings.refuse(
          ImageValues.Key.BACKING_NAME_FORMAT, "needs -B: the image names no backing file");
    } else if (!settings.isSet(ImageValues.Key.BACKING_NAME)) {
      settings.refuse(
          ImageValues.Key.BACKING_NAME_FORMAT,
          "needs --backing-name: -F says what the file of -B is");
    }
    settings.refuseTogether(key, ImageValues.Key.DATA_FILE_RAW, "a raw data file holds everything");
    settings.refuseTogether(
        ImageValues.Key.ZERO_CLUSTERS, key, "a comparison keeps those zeroes that are a change");
    if (file.equals(Optional.of(StandardInput.ARGUMENT))) {
      throw new IllegalArgumentException(
          settings.spelling(key)
              + ": standard input is not read for this; give a file, or ./- for one that is called"
              + " so");
    }
    Optional<String> format = settings.get(ImageValues.Key.BACKING_FORMAT);
    return file.map(name ->
        new BaseDisk(NamedDisk.of(name, format, "-F"), format.isPresent(), settings.spelling(key)));
  }

  /**
   * What the image says of its backing file.
   *
   * @param base what INPUT is compared with
   */
  Optional<BackingFile> inImage(Optional<BaseDisk> base) {
    if (base.isEmpty() || !settings.isSet(ImageValues.Key.BACKING)) {
      return Optional.empty();
    }
    Optional<String> given = settings.get(ImageValues.Key.BACKING_NAME);
    String file = base.get().name();
    String name = given.orElse(base.get().path().isPresent() ? FileName.inImage(file) : file);
    int length = name.getBytes(UTF_8).length;
    if (length > Limits.MAX_BACKING_NAME) {
      throw new IllegalArgumentException(
          settings.spelling(
                  given.isPresent() ? ImageValues.Key.BACKING_NAME : ImageValues.Key.BACKING)
              + ": the name has "
              + length
              + " bytes, QEMU opens at most "
              + Limits.MAX_BACKING_NAME
              + "; give a shorter one with --backing-name");
    }
    String format =
        settings
            .get(ImageValues.Key.BACKING_NAME_FORMAT)
            .or(() -> settings.get(ImageValues.Key.BACKING_FORMAT))
            .orElse(NamedDisk.RAW);
    return Optional.of(new BackingFile(name, format));
  }
}
