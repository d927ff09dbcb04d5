package io.github.qcow2tostdout.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DigestTest {
  @ParameterizedTest
  @CsvSource({
    "SHA256, e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "SHA512, cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
        + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
    "MD5, d41d8cd98f00b204e9800998ecf8427e",
    "CRC32C, 00000000",
    "CRC64NVME, 0000000000000000",
  })
  void nothingHasTheKnownValue(DigestAlgorithm algorithm, String value) {
    assertEquals(value, algorithm.digest().hex());
  }

  @ParameterizedTest
  @CsvSource({
    "SHA256, 15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
    "MD5, 25f9e794323b453885f5181f1b624d0b",
    "CRC32C, e3069283",
    "CRC64NVME, ae8b14860a799888",
  })
  void theCheckStringHasTheKnownValue(DigestAlgorithm algorithm, String value) {
    assertEquals(value, of(algorithm, "123456789".getBytes(US_ASCII)));
  }

  @Test
  void crc64OfTheBytesOfTheSpecificationIsItsValue() {
    byte[] ones = new byte[4096];
    Arrays.fill(ones, (byte) 0xff);
    byte[] ascending = new byte[4096];
    for (int i = 0; i < ascending.length; i++) {
      ascending[i] = (byte) i;
    }
    assertEquals("6482d367eb22b64e", of(DigestAlgorithm.CRC64NVME, new byte[4096]));
    assertEquals("c0ddba7302eca3ac", of(DigestAlgorithm.CRC64NVME, ones));
    assertEquals("3e729f5f6750449c", of(DigestAlgorithm.CRC64NVME, ascending));
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource
  void zeroesInOneAreZeroesOneByOne(DigestAlgorithm algorithm) {
    Random random = new Random(1);
    for (int round = 0; round < 50; round++) {
      byte[] before = bytes(random);
      int zeroes = random.nextInt(700_000);
      byte[] after = bytes(random);
      Digest one = algorithm.digest();
      Digest other = algorithm.digest();
      one.update(ByteBuffer.wrap(before));
      one.zeroes(zeroes);
      one.update(ByteBuffer.wrap(after));
      one.zeroes(0);
      other.update(ByteBuffer.wrap(before));
      other.update(ByteBuffer.allocateDirect(zeroes));
      other.update(ByteBuffer.wrap(after));
      assertEquals(other.hex(), one.hex(), () -> before.length + " " + zeroes);
    }
  }

  @ParameterizedTest
  @EnumSource
  void partsGiveWhatTheWholeGives(DigestAlgorithm algorithm) {
    byte[] bytes = new byte[70_000];
    new Random(2).nextBytes(bytes);
    Random random = new Random(3);
    Digest parts = algorithm.digest();
    for (int at = 0; at < bytes.length; ) {
      ByteBuffer part = ByteBuffer.wrap(bytes, at, Math.min(bytes.length - at, random.nextInt(99)));
      at += part.remaining();
      parts.update(part);
      assertEquals(0, part.remaining());
    }
    assertEquals(of(algorithm, bytes), parts.hex());
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static String of(DigestAlgorithm algorithm, byte[] bytes) {
    Digest digest = algorithm.digest();
    digest.update(ByteBuffer.wrap(bytes));
    return digest.hex();
  }
}
