package io.github.qcow2tostdout.cli.image;

import io.github.qcow2tostdout.cli.input.NamedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What {@code -o} can be told: the keys of {@code qemu-img create} for this format. */
enum QemuImgKey {
  CLUSTER_SIZE("cluster size", ImageOptionsBuilder.CLUSTER_SIZES),
  REFCOUNT_BITS("width of refcounts", ImageOptionsBuilder.REFCOUNT_BITS),
  COMPAT("version of the format", Values.VERSIONS),
  EXTENDED_L2("32 subclusters in each cluster", Values.SWITCH),
  LAZY_REFCOUNTS("QEMU may write refcounts late", Values.SWITCH),
  DATA_FILE("name of the data file, which INPUT becomes", List.of()),
  DATA_FILE_RAW("the data file stays a raw disk", Values.SWITCH),
  BACKING_FILE("write only what differs from this file", List.of()),
  BACKING_FMT("format of that file", NamedDisk.FORMATS),
  PREALLOCATION("clusters are allocated where INPUT has data", List.of("off")),
  COMPRESSION_TYPE("how -z compresses", ImageOptionsBuilder.COMPRESSION_TYPES),
  ENCRYPTION("that of before LUKS; say --encrypt", List.of("off"));

  private static final int INDENTATION = 19;

  private final String meaning;
  private final List<String> values;

  QemuImgKey(String meaning, List<String> values) {
    this.meaning = meaning;
    this.values = values;
  }

  /** Here, because the constants come before what else an enum has. */
  private static final class Values {
    static final List<String> VERSIONS = List.of("0.10", "1.1", "v2", "v3");
    static final List<String> SWITCH = List.of("on", "off");
  }

  /** What the user writes. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What it can be set to; empty for any name. */
  List<String> allowed() {
    return values;
  }

  /** The key that is called so. */
  static Optional<QemuImgKey> of(String word) {
    for (QemuImgKey key : values()) {
      if (key.word().equals(word)) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }

  /** What all are called. */
  static List<String> words() {
    List<String> words = new ArrayList<>();
    for (QemuImgKey key : values()) {
      words.add(key.word());
    }
    return words;
  }

  /** All with each of their values, as {@code key=value}; {@code key=} where that can be any. */
  static List<String> settings() {
    List<String> settings = new ArrayList<>();
    for (QemuImgKey key : values()) {
      if (key.values.isEmpty()) {
        settings.add(key.word() + "=");
      }
      key.values.forEach(value -> settings.add(key.word() + "=" + value));
    }
    return settings;
  }

  /** The answer to {@code -o help}. */
  static String help() {
    StringBuilder help = new StringBuilder("-o KEY=VALUE[,...], as for qemu-img create:\n");
    for (QemuImgKey key : values()) {
      help.append("  ").append(key.word()).append(" ".repeat(INDENTATION - key.word().length()));
      help.append(key.meaning);
      if (!key.values.isEmpty()) {
        help.append("\n  ").append(" ".repeat(INDENTATION)).append(String.join(", ", key.values));
      }
      help.append('\n');
    }
    return help.append("A comma in a value is doubled.\n").toString();
  }
}
