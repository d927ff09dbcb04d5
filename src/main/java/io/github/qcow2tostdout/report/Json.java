package io.github.qcow2tostdout.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** JSON on its way out: what a report needs of it. */
final class Json {
  private final ReportOutput out;
  private final JsonGenerator json;
  private final IndentedPrinter printer = new IndentedPrinter();
  private final JsonRows rows;

  /** What is between two rows of the array that is being written; empty before its first. */
  private String separator = "";

  private boolean inRow;

  Json(ReportOutput out) throws IOException {
    this.out = out;
    rows = new JsonRows(out);
    json =
        new JsonFactory()
            .createGenerator(out)
            .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .setCharacterEscapes(new JsonEscapes())
            .setPrettyPrinter(printer);
  }

  /** Starts an object as a value of an array, or the document. */
  void beginObject() throws IOException {
    generator().writeStartObject();
  }

  /** Starts an object. */
  void beginObject(String name) throws IOException {
    generator().writeObjectFieldStart(name);
  }

  /**
   * Starts an object of an array that stays in one line; it has only numbers and text, and the
   * array has only rows.
   */
  void beginRow() throws IOException {
    if (separator.isEmpty()) {
      // The generator puts what comes before the first, and then must have put all it has.
      json.writeRawValue("");
      json.flush();
      rows.begin("");
      separator = "," + printer.newLine();
    } else {
      rows.begin(separator);
    }
    inRow = true;
  }

  void endObject() throws IOException {
    if (inRow) {
      inRow = false;
      rows.end();
    } else {
      generator().writeEndObject();
    }
  }

  /** Starts an array. */
  void beginArray(String name) throws IOException {
    generator().writeArrayFieldStart(name);
  }

  void endArray() throws IOException {
    generator().writeEndArray();
  }

  /** An unsigned number. */
  void number(String name, long value) throws IOException {
    if (inRow) {
      rows.number(name, value);
    } else if (value >= 0) {
      generator().writeNumberField(name, value);
    } else {
      generator().writeFieldName(name);
      json.writeNumber(Long.toUnsignedString(value));
    }
  }

  /** A text. */
  void text(String name, String value) throws IOException {
    if (inRow) {
      rows.text(name, value);
    } else {
      generator().writeStringField(name, value);
    }
  }

  /** A text of an array. */
  void text(String value) throws IOException {
    generator().writeString(value);
  }

  /** A truth value. */
  void truth(String name, boolean value) throws IOException {
    if (inRow) {
      rows.word(name, value ? "true" : "false");
    } else {
      generator().writeBooleanField(name, value);
    }
  }

  /** No value. */
  void nothing(String name) throws IOException {
    if (inRow) {
      rows.word(name, "null");
    } else {
      generator().writeNullField(name);
    }
  }

  /** Ends the document. */
  void end() throws IOException {
    generator().writeRaw('\n');
    json.close();
    out.flush();
  }

  /** The generator, after the rows that it knows nothing of. */
  private JsonGenerator generator() throws IOException {
    if (!separator.isEmpty()) {
      rows.flush();
      separator = "";
    }
    return json;
  }
}
