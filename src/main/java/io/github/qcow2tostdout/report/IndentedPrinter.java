package io.github.qcow2tostdout.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.PrettyPrinter;
import java.io.IOException;

/** Indents JSON by 4 blanks, as QEMU's tools do. */
final class IndentedPrinter implements PrettyPrinter {
  private static final String INDENT = "    ";
  private static final String[] NEW_LINES = newLines();

  private int depth;

  private static String[] newLines() {
    String[] newLines = new String[16];
    for (int i = 0; i < newLines.length; i++) {
      newLines[i] = "\n" + INDENT.repeat(i);
    }
    return newLines;
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
    newLine(json);
  }

  private void separator(JsonGenerator json) throws IOException {
    json.writeRaw(',');
    newLine(json);
  }

  private void end(JsonGenerator json, int values) throws IOException {
    depth--;
    if (values > 0) {
      newLine(json);
    }
  }

  private void newLine(JsonGenerator json) throws IOException {
    json.writeRaw(newLine());
  }

  /** The end of a line, and the blanks before what is next. */
  String newLine() {
    return depth < NEW_LINES.length ? NEW_LINES[depth] : "\n" + INDENT.repeat(depth);
  }
}
