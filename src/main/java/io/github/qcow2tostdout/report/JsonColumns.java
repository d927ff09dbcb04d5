package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.image.Validity;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/** What JSON has for the columns of the text: where something is, and if it can be right. */
final class JsonColumns {
  private final JsonWriter json;
  private final boolean offsets;
  private final boolean validity;

  JsonColumns(JsonWriter json, boolean offsets, boolean validity) {
    this.json = json;
    this.offsets = offsets;
    this.validity = validity;
  }

  /** Where it is, if that is wanted. */
  void offset(long offset) throws IOException {
    if (offsets) {
      json.number("offset", offset);
    }
  }

  /** If it can be right, if that is wanted. */
  void valid(Validity valid) throws IOException {
    if (validity) {
      switch (valid) {
        case VALID -> json.truth("valid", true);
        case INVALID -> json.truth("valid", false);
        case NO_OPINION -> json.nothing("valid");
      }
    }
  }

  /** Which fields of a structure can't be right, if that is wanted. */
  <F> void invalid(
      String name, List<F> fields, Function<F, Validity> valid, Function<F, String> key)
      throws IOException {
    if (validity) {
      json.beginArray(name);
      for (F field : fields) {
        if (valid.apply(field) == Validity.INVALID) {
          json.text(key.apply(field));
        }
      }
      json.endArray();
    }
  }
}
