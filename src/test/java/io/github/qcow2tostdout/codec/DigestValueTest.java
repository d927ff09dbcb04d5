package io.github.qcow2tostdout.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DigestValueTest {
  @ParameterizedTest
  @EnumSource
  void itsTextIsReadBack(DigestAlgorithm algorithm) {
    DigestValue value = new DigestValue(algorithm, algorithm.digest().hex());
    assertEquals(value, DigestValue.parse(value.toString()));
  }

  @Test
  void upperCaseIsTheSame() {
    assertEquals("crc32c:e306928a", DigestValue.parse("crc32c:E306928A").toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ":", "crc32c", "crc32c:", "crc32:e3069283", "e3069283", "SHA256:e3069283"})
  void whatHasNoAlgorithmOrNoDigitsIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> DigestValue.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"crc32c:e306928", "crc32c:e30692830", "crc32c:e306928g", "crc32c: e306928"})
  void otherThanTheRightNumberOfDigitsIsRefused(String text) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> DigestValue.parse(text));
    assertTrue(refused.getMessage().contains("crc32c has 8 hexadecimal digits"));
  }

  @Test
  void theLineIsThatOfSha256sum() {
    DigestValue value = DigestValue.parse("crc32c:e3069283");
    assertEquals("e3069283  -\n", value.line("-"));
    assertEquals("\\e3069283  a\\\\b\\nc\\r\n", value.line("a\\b\nc\r"));
  }
}
