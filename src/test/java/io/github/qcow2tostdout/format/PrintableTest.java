package io.github.qcow2tostdout.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class PrintableTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  /** C0, DEL, C1, line ends, marks, embeddings, overrides, isolates, and what can't be seen. */
  static IntStream whatATerminalObeys() {
    return Stream.of(
            IntStream.rangeClosed(0, 0x1f),
            IntStream.rangeClosed(0x7f, 0x9f),
            IntStream.rangeClosed(0x200b, 0x200f),
            IntStream.rangeClosed(0x2028, 0x202e),
            IntStream.rangeClosed(0x2066, 0x2069),
            IntStream.of(0xad, 0x61c, 0xfeff, 0xd800, 0xdbff, 0xdc00, 0xdfff))
        .flatMapToInt(all -> all);
  }

  @ParameterizedTest
  @MethodSource("whatATerminalObeys")
  void whatATerminalObeysIsShownByItsNumber(int c) {
    String number = String.format("\\u%04x", c);
    assertEquals("a" + number + "b", Printable.oneLine("a" + (char) c + "b"));
    String json = Printable.json("a" + (char) c + "b");
    assertTrue(json.chars().allMatch(unit -> unit >= ' ' && unit < 0x7f), json);
    assertEquals("a" + (char) c + "b", MAPPER.readValue('"' + json + '"', String.class));
    assertFalse(Printable.isPlain("a" + (char) c + "b"));
    assertFalse(Printable.isPlain("" + (char) c));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "disk.raw", "d\u00efsque \u78c1\u76d8", "\ud83d\udcbe", "a\\u001b"})
  void whatIsOnlyReadStaysAsItIs(String text) {
    assertSame(text, Printable.oneLine(text));
    assertTrue(Printable.isPlain(text));
  }

  @Test
  void aCharacterOfTwoUnitsIsOneNumberInTextAndTwoInJson() {
    assertEquals("a\\U000e0041\ud83d\udcbe", Printable.oneLine("a\udb40\udc41\ud83d\udcbe"));
    assertEquals("a\\udb40\\udc41\ud83d\udcbe", Printable.json("a\udb40\udc41\ud83d\udcbe"));
  }

  @Test
  void aHalfBehindAWholeOneIsSeen() {
    assertEquals("\ud83d\udcbe\\udcbe", Printable.oneLine("\ud83d\udcbe\udcbe"));
    assertEquals("\\ud83dx", Printable.oneLine("\ud83dx"));
    assertEquals("\\ud83d\\u009b", Printable.oneLine("\ud83d\u009b"));
  }

  @Test
  void jsonEscapesWhatEndsAString() {
    assertEquals("a\\\"b\\\\c\\n", Printable.json("a\"b\\c\n"));
  }

  @Test
  void bytesAreTextIfTheyAreUtf8AndHarmless() {
    assertEquals("'a\tb\n'", Printable.quoted(bytes("a\tb\n")));
    assertEquals("<binary>", Printable.quoted(bytes("a\u009bb")));
    assertEquals("<binary>", Printable.quoted(bytes("a\u202eb")));
    assertEquals("<binary>", Printable.quoted(ByteBuffer.wrap(new byte[] {(byte) 0x9b})));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}
