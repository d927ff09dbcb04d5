package io.github.qcow2tostdout.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** JSON on its way out: what a report needs of it. */
final class Json {
  private final ReportOutput out;
  private final JsonGenerator json;
  private final IndentedPrinter printer = new IndentedPrinter();

  Json(ReportOutput out) throws IOException {
    this.out = out;
    json =
        new JsonFactory()
            .createGenerator(out)
            .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .setPrettyPrinter(printer);
  }

  /** Starts an object as a value of an array, or the document. */
  void beginObject() throws IOException {
    json.writeStartObject();
  }

  /** Starts an object. */
  void beginObject(String name) throws IOException {
    json.writeObjectFieldStart(name);
  }

  /** Starts an object of an array that stays in one line; it has only numbers and text. */
  void beginRow() throws IOException {
    printer.row();
    json.writeStartObject();
  }

  void endObject() throws IOException {
    json.writeEndObject();
  }

  /** Starts an array. */
  void beginArray(String name) throws IOException {
    json.writeArrayFieldStart(name);
  }

  void endArray() throws IOException {
    json.writeEndArray();
  }

  /** An unsigned number. */
  void number(String name, long value) throws IOException {
    json.writeFieldName(name);
    if (value >= 0) {
      json.writeNumber(value);
    } else {
      json.writeNumber(Long.toUnsignedString(value));
    }
  }

  /** A text. */
  void text(String name, String value) throws IOException {
    json.writeStringField(name, value);
  }

  /** A text of an array. */
  void text(String value) throws IOException {
    json.writeString(value);
  }

  /** A truth value. */
  void truth(String name, boolean value) throws IOException {
    json.writeBooleanField(name, value);
  }

  /** No value. */
  void nothing(String name) throws IOException {
    json.writeNullField(name);
  }

  /** Ends the document. */
  void end() throws IOException {
    json.writeRaw('\n');
    json.close();
    out.flush();
  }
}
