package io.github.qcow2tostdout.report.map;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Optional;

/**
 * One entry of a map after the other, as it is written. Keys that mean nothing here are skipped:
 * each tool has some more.
 */
final class MapEntry {
  private static final long ABSENT = -1;

  /** {@code NBD_STATE_ZERO} in the type that nbdinfo prints for {@code base:allocation}. */
  private static final long TYPE_ZERO = 2;

  private final String name;
  private final JsonParser json;
  private long number;
  private int line;
  private long start;
  private long offset;
  private long length;
  private long type;
  private Optional<Boolean> zero = Optional.empty();
  private Optional<Boolean> exists = Optional.empty();

  /**
   * @param name the map's
   * @param json where entries come from
   */
  MapEntry(String name, JsonParser json) {
    this.name = name;
    this.json = json;
  }

  /** Reads the entry that begins at the parser's present token. */
  void read() throws IOException {
    number++;
    line = json.currentTokenLocation().getLineNr();
    start = ABSENT;
    offset = ABSENT;
    length = ABSENT;
    type = ABSENT;
    zero = Optional.empty();
    exists = Optional.empty();
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw wrong("it is no object");
    }
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      json.nextToken();
      switch (key) {
        case "start" -> start = number(key, start);
        case "offset" -> offset = number(key, offset);
        case "length" -> length = number(key, length);
        case "zero" -> zero = truth(key, zero);
        case "exists" -> exists = truth(key, exists);
        case "type" -> readType();
        default -> json.skipChildren();
      }
    }
    if (!hasStart() && offset == ABSENT) {
      throw wrong("it has neither start nor offset");
    }
    if (length == ABSENT) {
      throw wrong("it has no length");
    }
    if (length > Long.MAX_VALUE - from()) {
      throw wrong("it has " + length + " bytes from byte " + from() + " on, which no disk has");
    }
  }

  /** The type of an extent is a number only where nbdinfo says it. */
  private void readType() throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      type = number("type", type);
    } else {
      json.skipChildren();
    }
  }

  private long number(String key, long before) throws IOException {
    if (before != ABSENT) {
      throw wrong("it has " + key + " twice");
    }
    if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw wrong("its " + key + " is no whole number");
    }
    if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw wrong("its " + key + " is more than any disk has");
    }
    long value = json.getLongValue();
    if (value < 0) {
      throw wrong("its " + key + " is negative");
    }
    return value;
  }

  /** A truth value, which rbd writes as a string. */
  private Optional<Boolean> truth(String key, Optional<Boolean> before) throws IOException {
    if (before.isPresent()) {
      throw wrong("it has " + key + " twice");
    }
    return switch (json.getText()) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> throw wrong("its " + key + " is neither true nor false");
    };
  }

  /** Whether it is an entry of the form that covers the disk. */
  boolean hasStart() {
    return start != ABSENT;
  }

  /** Its first byte; the offset beside a start is another file's. */
  long from() {
    return hasStart() ? start : offset;
  }

  /** The byte behind its last. */
  long to() {
    return from() + length;
  }

  /** Whether there may be anything but zeroes. */
  boolean isData() {
    return exists.orElse(true)
        && !zero.orElse(false)
        && (type == ABSENT || (type & TYPE_ZERO) == 0);
  }

  /** The error for the entry, which names it. */
  FileSystemException wrong(String what) {
    return new FileSystemException(
        name, null, "entry " + number + " of the map (line " + line + "): " + what);
  }
}
