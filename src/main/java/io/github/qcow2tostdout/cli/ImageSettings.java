package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.convert.ImageOptions;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the options that say what kind of image is wanted, in both spellings. */
final class ImageSettings {
  private static final List<String> QEMU_KEYS =
      List.of(
          "cluster_size",
          "refcount_bits",
          "compat",
          "data_file",
          "data_file_raw",
          "lazy_refcounts");

  /** What the VM makes of bytes that are no UTF-8. */
  private static final char UNREADABLE = '\uFFFD';

  private static final ImageOptions DEFAULTS = ImageOptions.defaults();

  private final Settings settings = new Settings();

  /** {@code -c}. */
  void clusterSize(String value, String spelling) {
    long size = ByteSize.parse(value).orElse(0);
    List<String> allowed = powersOfTwo(Limits.MIN_CLUSTER_BITS, Limits.MAX_CLUSTER_BITS);
    if (Long.bitCount(size) != 1 || !allowed.contains(ByteSize.of(size))) {
      throw refused(spelling, String.join(", ", allowed));
    }
    settings.set(Settings.Key.CLUSTER_SIZE, Long.toString(size), spelling);
  }

  /** {@code -r}. */
  void refcountBits(String value, String spelling) {
    List<String> allowed = powersOfTwo(0, Limits.MAX_REFCOUNT_ORDER);
    if (!allowed.contains(value)) {
      throw refused(spelling, String.join(", ", allowed));
    }
    settings.set(Settings.Key.REFCOUNT_BITS, value, spelling);
  }

  /** {@code -v}. */
  void version(String value, String spelling) {
    if (!value.equals("2") && !value.equals("3")) {
      throw refused(spelling, "2, 3");
    }
    settings.set(Settings.Key.VERSION, value, spelling);
  }

  /** {@code -d}. */
  void dataFile(String spelling) {
    settings.set(Settings.Key.DATA_FILE, "on", spelling);
  }

  /** {@code -R}. */
  void dataFileRaw(String spelling) {
    settings.set(Settings.Key.DATA_FILE_RAW, "on", spelling);
  }

  /** {@code --data-file-name}. */
  void dataFileName(String value, String spelling) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException(spelling + ": the name is empty");
    }
    if (value.indexOf(UNREADABLE) >= 0) {
      throw new IllegalArgumentException(
          spelling + ": the name is not UTF-8; rename the file, or give it a symbolic link");
    }
    settings.set(Settings.Key.DATA_FILE_NAME, value, spelling);
  }

  /** {@code -o key=value,…}; a comma in a value is doubled, as for qemu-img. */
  void qemuOptions(String list) {
    for (String option : split(list)) {
      int equals = option.indexOf('=');
      String key = equals < 0 ? option : option.substring(0, equals);
      String spelling = "-o " + option;
      if (!QEMU_KEYS.contains(key)) {
        throw refused(spelling, "the keys " + String.join(", ", QEMU_KEYS));
      }
      if (equals < 0) {
        throw new IllegalArgumentException(
            spelling + ": a value is missing; write " + key + "=VALUE");
      }
      qemuOption(key, option.substring(equals + 1), spelling);
    }
  }

  private void qemuOption(String key, String value, String spelling) {
    switch (key) {
      case "cluster_size" -> clusterSize(value, spelling);
      case "refcount_bits" -> refcountBits(value, spelling);
      case "compat" -> {
        switch (value) {
          case "0.10", "v2" -> version("2", spelling);
          case "1.1", "v3" -> version("3", spelling);
          default -> throw refused(spelling, "0.10, 1.1, v2, v3");
        }
      }
      case "data_file" -> {
        dataFileName(value, spelling);
        dataFile(spelling);
      }
      case "data_file_raw" ->
          settings.set(Settings.Key.DATA_FILE_RAW, onOff(value, spelling), spelling);
      case "lazy_refcounts" ->
          settings.set(Settings.Key.LAZY_REFCOUNTS, onOff(value, spelling), spelling);
      default -> throw new IllegalStateException(key);
    }
  }

  private static String onOff(String value, String spelling) {
    return switch (value) {
      case "on", "yes", "true", "y" -> "on";
      case "off", "no", "false", "n" -> "off";
      default -> throw refused(spelling, "on, off");
    };
  }

  private static List<String> split(String list) {
    List<String> options = new ArrayList<>();
    StringBuilder option = new StringBuilder();
    for (int i = 0; i < list.length(); i++) {
      char c = list.charAt(i);
      boolean comma = c == ',';
      boolean doubled = comma && i + 1 < list.length() && list.charAt(i + 1) == ',';
      if (comma && !doubled) {
        options.add(option.toString());
        option.setLength(0);
      } else {
        option.append(c);
        i += doubled ? 1 : 0;
      }
    }
    options.add(option.toString());
    return options;
  }

  /**
   * All together.
   *
   * @param input the disk's name as the user gave it, the default name of a data file
   * @throws IllegalArgumentException with a message for the user, if they don't fit each other
   */
  ImageOptions toOptions(String input) {
    Geometry geometry =
        new Geometry(
            log2(Settings.Key.CLUSTER_SIZE, DEFAULTS.geometry().clusterBits()),
            log2(Settings.Key.REFCOUNT_BITS, DEFAULTS.geometry().refcountOrder()));
    int version =
        settings.get(Settings.Key.VERSION).map(Integer::valueOf).orElse(DEFAULTS.version());
    boolean raw = settings.isOn(Settings.Key.DATA_FILE_RAW);
    boolean external = raw || settings.isOn(Settings.Key.DATA_FILE);
    Optional<String> name = settings.get(Settings.Key.DATA_FILE_NAME);
    if (name.isPresent() && !external) {
      throw new IllegalArgumentException(
          settings.spelling(Settings.Key.DATA_FILE_NAME)
              + " needs -d or -R: without them the data is inside");
    }
    if (external && name.isEmpty() && input.equals(StandardInput.ARGUMENT)) {
      throw new IllegalArgumentException(
          settings.spelling(raw ? Settings.Key.DATA_FILE_RAW : Settings.Key.DATA_FILE)
              + " needs the name of the file that is on standard input; say --data-file-name NAME");
    }
    if (version == 2) {
      refuseInVersion2(
          geometry.refcountOrder() != ImageOptions.V2_REFCOUNT_ORDER,
          Settings.Key.REFCOUNT_BITS,
          "only 16-bit refcounts");
      refuseInVersion2(
          settings.isOn(Settings.Key.LAZY_REFCOUNTS),
          Settings.Key.LAZY_REFCOUNTS,
          "no lazy refcounts");
      refuseInVersion2(
          external,
          raw ? Settings.Key.DATA_FILE_RAW : Settings.Key.DATA_FILE,
          "no external data files");
    }
    return new ImageOptions(
        geometry,
        version,
        settings.isOn(Settings.Key.LAZY_REFCOUNTS),
        external
            ? Optional.of(new ImageOptions.DataFile(name.orElse(input), raw))
            : Optional.empty());
  }

  private void refuseInVersion2(boolean wrong, Settings.Key key, String fact) {
    if (wrong) {
      throw new IllegalArgumentException(
          settings.spelling(key)
              + " does not go with "
              + settings.spelling(Settings.Key.VERSION)
              + ": version 2 has "
              + fact);
    }
  }

  private int log2(Settings.Key key, int otherwise) {
    Optional<String> value = settings.get(key);
    return value.isPresent() ? Long.numberOfTrailingZeros(Long.parseLong(value.get())) : otherwise;
  }

  private static List<String> powersOfTwo(int firstBits, int lastBits) {
    List<String> powers = new ArrayList<>();
    for (int bits = firstBits; bits <= lastBits; bits++) {
      powers.add(ByteSize.of(1L << bits));
    }
    return powers;
  }

  private static IllegalArgumentException refused(String spelling, String allowed) {
    return new IllegalArgumentException(spelling + ": not allowed; allowed: " + allowed);
  }
}
