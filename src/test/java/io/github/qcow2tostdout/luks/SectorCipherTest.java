package io.github.qcow2tostdout.luks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.testing.Seeds;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SectorCipherTest {
  private static final long SEED = Seeds.seed();

  /** The examples of IEEE 1619-2007, annex B, that have 512 bytes: vectors 4, 10 and 13. */
  @ParameterizedTest
  @CsvSource({
    "27182818284590452353602874713526 31415926535897932384626433832795, 0,"
        + " 27a7479befa1d476489f308cd4cfa6e2a96e4bbe3208ff25287dd3819616e89c,"
        + " ebee4d64dd2395bb2d6a2d37a0a48ecb2bf4913cfc99d27c2214f2f4144715ea",
    "2718281828459045235360287471352662497757247093699959574966967627"
        + " 3141592653589793238462643383279502884197169399375105820974944592, 255,"
        + " 1c3b3a102f770386e4836c99e370cf9bea00803f5e482357a4ae12d414a3e63b,"
        + " e97e974fa393af794f7a4684395814cf820de60a01eaec677d87b452e316b364",
    "2718281828459045235360287471352662497757247093699959574966967627"
        + " 3141592653589793238462643383279502884197169399375105820974944592, 4294967295,"
        + " bf53d2dade78e822a4d949a9bc6766b01b06a8ef70d26748c6a7fc36d80ae4c5,"
        + " c706140a11affda7402234f5e6331eacbfeb687d8e80d83962691823bb3636f0"
  })
  void xtsGivesWhatTheStandardSays(String key, long sector, String start, String sha256)
      throws Exception {
    byte[] bytes = new byte[512];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    byte[] plain = bytes.clone();
    SectorCipher cipher =
        SectorMode.XTS_PLAIN64.cipher(HexFormat.of().parseHex(key.replace(" ", "")));
    cipher.encrypt(bytes, 0, 512, sector);
    assertEquals(start, HexFormat.of().formatHex(bytes, 0, 32));
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
    assertEquals(sha256, HexFormat.of().formatHex(digest));
    cipher.decrypt(bytes, 0, 512, sector);
    assertArrayEquals(plain, bytes);
  }

  @ParameterizedTest
  @EnumSource
  void manySectorsAreTheSameAsEachByItself(SectorMode mode) {
    Random random = new Random(SEED);
    byte[] key = new byte[mode.takes(64) ? 64 : 32];
    random.nextBytes(key);
    byte[] plain = new byte[512 * 301 + 77];
    random.nextBytes(plain);
    for (long sector : new long[] {0, 5, (1L << 32) - 100, 1L << 40}) {
      byte[] once = plain.clone();
      mode.cipher(key).encrypt(once, 13, 512 * 300, sector);
      byte[] each = plain.clone();
      SectorCipher cipher = mode.cipher(key);
      for (int i = 0; i < 300; i++) {
        cipher.encrypt(each, 13 + i * 512, 512, sector + i);
      }
      assertArrayEquals(each, once, mode + " at " + sector);
      for (int i = 299; i >= 0; i--) {
        cipher.decrypt(each, 13 + i * 512, 512, sector + i);
      }
      assertArrayEquals(plain, each);
      cipher.decrypt(once, 13, 512 * 300, sector);
      assertArrayEquals(plain, once);
    }
  }

  @Test
  void cbcIsThatOfTheJdk() throws Exception {
    Random random = new Random(SEED);
    byte[] key = new byte[32];
    random.nextBytes(key);
    byte[] bytes = new byte[1024];
    random.nextBytes(bytes);
    byte[] plain = bytes.clone();
    SectorMode.CBC_PLAIN64.cipher(key).encrypt(bytes, 0, 1024, 1L << 33);
    assertArrayEquals(
        jdk(key, number((1L << 33) + 1), plain), Arrays.copyOfRange(bytes, 512, 1024));
    byte[] essiv = plain.clone();
    SectorMode.CBC_ESSIV.cipher(key).encrypt(essiv, 0, 1024, 6);
    Cipher salt = Cipher.getInstance("AES/ECB/NoPadding");
    byte[] hashed = MessageDigest.getInstance("SHA-256").digest(key);
    salt.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(hashed, "AES"));
    assertArrayEquals(
        jdk(key, salt.doFinal(number(7)), plain), Arrays.copyOfRange(essiv, 512, 1024));
  }

  private static byte[] number(long sector) {
    return ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(sector).array();
  }

  private static byte[] jdk(byte[] key, byte[] iv, byte[] plain) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
    return cipher.doFinal(plain, 512, 512);
  }
}
