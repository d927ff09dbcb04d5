package io.github.qcow2tostdout.cli.image;

import io.github.qcow2tostdout.cli.option.OptionSpecs;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code -o key=value,…}: the options of an image in the words of {@code qemu-img create}. All keys
 * of its driver are known; those that could only be ignored are refused with the reason.
 */
final class QemuImgOptions {
  static final String OPTION = "-o";

  private static final List<String> KEYS =
      List.of(
          "cluster_size",
          "refcount_bits",
          "compat",
          "extended_l2",
          "lazy_refcounts",
          "data_file",
          "data_file_raw",
          "backing_file",
          "backing_fmt",
          "preallocation",
          "compression_type",
          "encryption");

  private static final String NOT_ENCRYPTED = "images are not encrypted";

  private final ImageOptionsBuilder settings;

  /**
   * @param settings is told of each option: its value, and how the user said it
   */
  QemuImgOptions(ImageOptionsBuilder settings) {
    this.settings = settings;
  }

  /** The keys that can be given, for the help. */
  static String keys() {
    return String.join(", ", KEYS);
  }

  /** Takes a list; a comma in a value is doubled, as for qemu-img. */
  void take(String list) {
    for (String option : split(list)) {
      int equals = option.indexOf('=');
      String key = equals < 0 ? option : option.substring(0, equals);
      String spelling = OPTION + " " + option;
      refuseOthers(key, spelling);
      if (equals < 0) {
        throw new IllegalArgumentException(
            spelling + ": a value is missing; write " + key + "=VALUE");
      }
      take(key, option.substring(equals + 1), spelling);
    }
  }

  private static void refuseOthers(String key, String spelling) {
    if (key.equals("size")) {
      throw new IllegalArgumentException(spelling + ": not possible: the size is that of INPUT");
    }
    if (key.startsWith("encrypt.")) {
      throw new IllegalArgumentException(spelling + ": not possible: " + NOT_ENCRYPTED);
    }
    if (!KEYS.contains(key)) {
      throw OptionSpecs.refused(spelling, "the keys " + keys());
    }
  }

  private void take(String key, String value, String spelling) {
    switch (key) {
      case "cluster_size" -> settings.clusterSize(value, spelling);
      case "refcount_bits" -> settings.refcountBits(value, spelling);
      case "compat" -> settings.version(version(value, spelling), spelling);
      case "extended_l2" -> settings.extendedL2(isOn(value, spelling), spelling);
      case "lazy_refcounts" -> settings.lazyRefcounts(isOn(value, spelling), spelling);
      case "data_file" -> {
        settings.dataFileName(value, spelling);
        settings.dataFile(spelling);
      }
      case "data_file_raw" -> settings.dataFileRaw(isOn(value, spelling), spelling);
      case "backing_file" -> settings.backing().file(value, spelling);
      case "backing_fmt" -> settings.backing().format(value, spelling);
      case "preallocation" ->
          onlyAllowed("off", value, spelling, "clusters are allocated where INPUT has data");
      case "compression_type" -> settings.compressionType(value, spelling);
      case "encryption" -> {
        if (isOn(value, spelling)) {
          throw OptionSpecs.refused(spelling, "off: " + NOT_ENCRYPTED);
        }
      }
      default -> throw new IllegalStateException(key);
    }
  }

  private static String version(String value, String spelling) {
    return switch (value) {
      case "0.10", "v2" -> "2";
      case "1.1", "v3" -> "3";
      default -> throw OptionSpecs.refused(spelling, "0.10, 1.1, v2, v3");
    };
  }

  private static boolean isOn(String value, String spelling) {
    return switch (value) {
      case "on", "yes", "true", "y" -> true;
      case "off", "no", "false", "n" -> false;
      default -> throw OptionSpecs.refused(spelling, "on, off");
    };
  }

  /** Takes what asks for nothing else than there is. */
  private static void onlyAllowed(String allowed, String value, String spelling, String reason) {
    if (!value.equals(allowed)) {
      throw OptionSpecs.refused(spelling, allowed + ": " + reason);
    }
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
}
