package io.github.qcow2tostdout.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
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

  @Test
  void textOfRowsIsEscapedAsThatOfObjects() throws IOException {
    String text = "\"\\\0\n\u001b\u007f\u00e4\u20ac\ud83d\ude00" + "x".repeat(100_000);
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
    JsonNode document = JsonMapper.shared().readTree(bytes.toString(UTF_8));
    assertEquals(text, document.get("whole").asString());
    for (JsonNode row : document.get("rows")) {
      assertEquals(text, row.get("part").asString());
    }
  }
}
