package io.github.qcow2tostdout.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.Printable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Rows, which are made without the generator, among what it makes. */
class JsonWriterTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private JsonWriter json() {
    return new JsonWriter(bytes, JsonLayout.LINES);
  }

  @Test
  void rowsAreLinesOfTheirArray() throws IOException {
    JsonWriter json = json();
    json.beginObject();
    json.beginArray("none");
    json.endArray();
    json.beginArray("some");
    for (int i = 0; i < 2; i++) {
      json.beginRow();
      json.number("n", i - 1);
      json.truth("t", i == 0);
      json.nothing("x");
      json.endObject();
    }
    json.endArray();
    json.number("after", 7);
    json.beginArray("one");
    json.beginRow();
    json.endObject();
    json.endArray();
    json.endObject();
    json.end();
    assertEquals(
        """
        {
            "none": [],
            "some": [
                {"n": 18446744073709551615, "t": true, "x": null},
                {"n": 0, "t": false, "x": null}
            ],
            "after": 7,
            "one": [
                {}
            ]
        }
        """,
        bytes.toString(UTF_8));
  }

  private static void assertNothingDangerous(String report) {
    assertTrue(report.codePoints().noneMatch(c -> c != '\n' && Printable.isDangerous(c)), report);
  }

  /** What is no row goes another way. */
  @ParameterizedTest
  @ValueSource(
      strings = {"\u007f", "a\u009b\u009d", "\u00e4\u202e", "\"\\\u2066\n", "\udb40\udc01"})
  void whatATerminalWouldObeyIsEscaped(String text) throws IOException {
    JsonWriter json = json();
    json.beginObject();
    json.text("name", text);
    json.beginArray("rows");
    json.beginRow();
    json.text("name", text);
    json.endObject();
    json.endArray();
    json.endObject();
    json.end();
    String report = bytes.toString(UTF_8);
    assertNothingDangerous(report);
    JsonNode document = JsonMapper.shared().readTree(report);
    assertEquals(text, document.get("name").asString());
    assertEquals(text, document.get("rows").get(0).get("name").asString());
  }

  @Test
  void textOfRowsIsEscapedAsThatOfObjects() throws IOException {
    String text =
        "\"\\\0\n\u001b\u007f\u00e4\u20ac\ud83d\ude00\u009b\u202e\u2028\ufeff\udb40\udc01"
            + "x".repeat(100_000);
    JsonWriter json = json();
    json.beginObject();
    json.text("whole", text);
    json.beginArray("rows");
    for (int i = 0; i < 3; i++) {
      json.beginRow();
      json.text("part", text);
      json.endObject();
    }
    json.endArray();
    json.endObject();
    json.end();
    assertNothingDangerous(bytes.toString(UTF_8));
    JsonNode document = JsonMapper.shared().readTree(bytes.toString(UTF_8));
    assertEquals(text, document.get("whole").asString());
    for (JsonNode row : document.get("rows")) {
      assertEquals(text, row.get("part").asString());
    }
  }
}
