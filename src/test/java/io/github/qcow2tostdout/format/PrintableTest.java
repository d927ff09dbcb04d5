package io.github.qcow2tostdout.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 7, '\t', '\n', '\r', 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0x9d, 0x9f, 0x61c, 0x200b, 0x200e,
        0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068,
        0x2069, 0xfeff, 0xd800, 0xdfff, 0xe0001
      })
  void whatATerminalWouldObeyIsShownInWords(int c) {
    String text = "a" + Character.toString(c) + "b";
    assertTrue(Printable.isDangerous(c));
    assertEquals("a?b", Printable.masked(text));
    String shown = c < 0x10000 ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c);
    assertEquals("a" + shown + "b", Printable.escaped(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "disk.raw", " !~", "\u00a0\u00e4\u0416\u05d0\u78c1\u76d8", "\ud83d\ude00"})
  void allElseIsShownAsItIs(String text) {
    assertSame(text, Printable.masked(text));
    assertSame(text, Printable.escaped(text));
  }

  @Test
  void halvesThatDoNotBelongTogetherAreNoPair() {
    assertEquals("??\ud83d\ude00?", Printable.masked("\ude00\ud83d\ud83d\ude00\ud83d"));
  }

  @Test
  void textMayHaveWhiteSpaceOnly() {
    assertEquals(Optional.of("a\tb\n"), text("a\tb\n"));
    assertFalse(text("a\u001b").isPresent());
    assertFalse(text("a\u202e").isPresent());
    assertFalse(text("a\u0085").isPresent());
    assertFalse(Printable.text(ByteBuffer.wrap(new byte[] {(byte) 0x9b})).isPresent());
  }

  private static Optional<String> text(String text) {
    return Printable.text(ByteBuffer.wrap(text.getBytes(UTF_8)));
  }
}
