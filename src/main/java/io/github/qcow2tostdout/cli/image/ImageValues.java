package io.github.qcow2tostdout.cli.image;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the user wants of the image, whichever option says it. Twice the same is fine, twice
 * different is refused.
 */
final class ImageValues {
  /** What can be set; the values are compared and kept in one spelling. */
  enum Key {
    CLUSTER_SIZE,
    REFCOUNT_BITS,
    VERSION,
    EXTENDED_L2,
    LAZY_REFCOUNTS,
    DATA_FILE,
    DATA_FILE_NAME,
    DATA_FILE_RAW,
    BACKING,
    BACKING_FORMAT,
    BACKING_NAME,
    BACKING_NAME_FORMAT,
    DIFF,
    ZERO_CLUSTERS,
    COMPRESSION,
    COMPRESSION_TYPE,
    ENCRYPTION
  }

  private record Setting(String value, String spelling) {}

  private final Map<Key, Setting> settings = new EnumMap<>(Key.class);

  /**
   * Sets a value.
   *
   * @param spelling how the user said it
   * @throws IllegalArgumentException with a message for the user, if it was set differently before
   */
  void set(Key key, String value, String spelling) {
    Setting before = settings.putIfAbsent(key, new Setting(value, spelling));
    if (before != null && !before.value().equals(value)) {
      throw new IllegalArgumentException(
          before.spelling() + " and " + spelling + " contradict each other; say it once");
    }
  }

  /** The value that was set. */
  Optional<String> get(Key key) {
    return Optional.ofNullable(settings.get(key)).map(Setting::value);
  }

  /** How the user said it; for messages. */
  String spelling(Key key) {
    return Optional.ofNullable(settings.get(key)).map(Setting::spelling).orElse("");
  }

  /** Whether something was set, and not to off. */
  boolean isSet(Key key) {
    return get(key).isPresent() && !get(key).get().equals("off");
  }

  /** Whether a setting is on. */
  boolean isOn(Key key) {
    return get(key).isPresent() && get(key).get().equals("on");
  }

  /**
   * Throws if something was set.
   *
   * @param reason what is wrong with that
   */
  void refuse(Key key, String reason) {
    if (isSet(key)) {
      throw new IllegalArgumentException(spelling(key) + " " + reason);
    }
  }

  /**
   * Throws if two settings that don't fit each other were both set.
   *
   * @param reason why they don't fit
   */
  void refuseTogether(Key one, Key other, String reason) {
    if (isSet(other)) {
      refuse(one, "does not go with " + spelling(other) + ": " + reason);
    }
  }
}
