package io.github.qcow2tostdout.cli.image;

import io.github.qcow2tostdout.cli.option.Nearest;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code -o key=value,…}: the options of an image in the words of {@code qemu-img create}. All keys
 * of its driver are known; those that could only be ignored are refused with the reason.
 */
final class QemuImgOptions {
  static final String OPTION = "-o";

  private static final String SAY_ENCRYPT = "say --encrypt --key-file FILE";

  private final ImageOptionsBuilder settings;

  /**
   * @param settings is told of each option: its value, and how the user said it
   */
  QemuImgOptions(ImageOptionsBuilder settings) {
    this.settings = settings;
  }

  /** Whether a list asks what there is, as qemu-img has it. */
  static boolean asksForHelp(String list) {
    List<String> options = split(list);
    return options.contains("help") || options.contains("?");
  }

  /** Takes a list; a comma in a value is doubled, as for qemu-img. */
  void take(String list) {
    for (String option : split(list)) {
      int equals = option.indexOf('=');
      String key = equals < 0 ? option : option.substring(0, equals);
      String spelling = OPTION + " " + option;
      QemuImgKey known = key(key, spelling);
      if (equals < 0) {
        throw new IllegalArgumentException(
            spelling + ": a value is missing; write " + key + "=VALUE");
      }
      take(known, option.substring(equals + 1), spelling);
    }
  }

  private static QemuImgKey key(String key, String spelling) {
    if (key.equals("size")) {
      throw new IllegalArgumentException(spelling + ": not possible: the size is that of INPUT");
    }
    if (key.startsWith("encrypt.")) {
      throw new IllegalArgumentException(spelling + ": not possible here; " + SAY_ENCRYPT);
    }
    return QemuImgKey.of(key).orElseThrow(() -> unknown(key, spelling));
  }

  private static IllegalArgumentException unknown(String key, String spelling) {
    List<String> words = QemuImgKey.words();
    // To many programs -o says where the output goes.
    String remedy =
        key.indexOf('.') >= 0 || key.indexOf('/') >= 0
            ? "; the image goes to standard output: > " + key
            : Nearest.question(key, words);
    return OptionSpecs.refused(spelling, "the keys " + String.join(", ", words) + remedy);
  }

  private void take(QemuImgKey key, String value, String spelling) {
    switch (key) {
      case CLUSTER_SIZE -> settings.clusterSize(value, spelling);
      case REFCOUNT_BITS -> settings.refcountBits(value, spelling);
      case COMPAT -> settings.version(version(value, spelling), spelling);
      case EXTENDED_L2 -> settings.extendedL2(isOn(value, spelling), spelling);
      case LAZY_REFCOUNTS -> settings.lazyRefcounts(isOn(value, spelling), spelling);
      case DATA_FILE -> {
        settings.dataFileName(value, spelling);
        settings.dataFile(spelling);
      }
      case DATA_FILE_RAW -> settings.dataFileRaw(isOn(value, spelling), spelling);
      case BACKING_FILE -> settings.backing().file(value, spelling);
      case BACKING_FMT -> settings.backing().format(value, spelling);
      case PREALLOCATION ->
          onlyAllowed("off", value, spelling, "clusters are allocated where INPUT has data");
      case COMPRESSION_TYPE -> settings.compressionType(value, spelling);
      case ENCRYPTION -> {
        if (isOn(value, spelling)) {
          throw OptionSpecs.refused(spelling, "off; " + SAY_ENCRYPT);
        }
      }
    }
  }

  private static String version(String value, String spelling) {
    return switch (value) {
      case "0.10", "v2" -> "2";
      case "1.1", "v3" -> "3";
      default -> throw OptionSpecs.refused(spelling, value, QemuImgKey.COMPAT.allowed());
    };
  }

  private static boolean isOn(String value, String spelling) {
    return switch (value) {
      case "on", "yes", "true", "y" -> true;
      case "off", "no", "false", "n" -> false;
      default -> throw OptionSpecs.refused(spelling, value, QemuImgKey.EXTENDED_L2.allowed());
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
