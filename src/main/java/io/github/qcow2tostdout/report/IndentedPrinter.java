package io.github.qcow2tostdout.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.PrettyPrinter;
import java.io.IOException;

/** Indents JSON by 4 blanks, as QEMU's tools do; a row of a table stays in one line. */
final class IndentedPrinter implements PrettyPrinter {
  private static final String INDENT = "    ";

  private int depth;
  private boolean inRow;

  /** From here on, up to its end, the object that is next is a row. */
  void row() {
    inRow = true;
  }

  @Override
  public void writeRootValueSeparator(JsonGenerator json) throws IOException {
    json.writeRaw('\n');
  }

  @Override
  public void writeStartObject(JsonGenerator json) throws IOException {
    json.writeRaw('{');
    depth++;
  }

  @Override
  public void writeEndObject(JsonGenerator json, int entries) throws IOException {
    end(json, entries);
    json.writeRaw('}');
    inRow = false;
  }

  @Override
  public void writeObjectEntrySeparator(JsonGenerator json) throws IOException {
    separator(json);
  }

  @Override
  public void writeObjectFieldValueSeparator(JsonGenerator json) throws IOException {
    json.writeRaw(": ");
  }

  @Override
  public void writeStartArray(JsonGenerator json) throws IOException {
    json.writeRaw('[');
    depth++;
  }

  @Override
  public void writeEndArray(JsonGenerator json, int values) throws IOException {
    end(json, values);
    json.writeRaw(']');
  }

  @Override
  public void writeArrayValueSeparator(JsonGenerator json) throws IOException {
    json.writeRaw(',');
    newLine(json);
  }

  @Override
  public void beforeArrayValues(JsonGenerator json) throws IOException {
    newLine(json);
  }

  @Override
  public void beforeObjectEntries(JsonGenerator json) throws IOException {
    if (!inRow) {
      newLine(json);
    }
  }

  private void separator(JsonGenerator json) throws IOException {
    json.writeRaw(',');
    if (inRow) {
      json.writeRaw(' ');
    } else {
      newLine(json);
    }
  }

  private void end(JsonGenerator json, int values) throws IOException {
    depth--;
    if (values > 0 && !inRow) {
      newLine(json);
    }
  }

  private void newLine(JsonGenerator json) throws IOException {
    json.writeRaw('\n');
    for (int i = 0; i < depth; i++) {
      json.writeRaw(INDENT);
    }
  }
}
