package io.github.qcow2tostdout.luks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KeyDerivationTest {
  /** RFC 6070, and RFC 7914, 11. */
  @ParameterizedTest
  @CsvSource({
    "SHA1, password, salt, 1, 0c60c80f961f0e71f3a9b524af6012062fe037a6",
    "SHA1, password, salt, 4096, 4b007901b765489abead49d926f721d065a429c1",
    "SHA1, passwordPASSWORDpassword, saltSALTsaltSALTsaltSALTsaltSALTsalt, 4096,"
        + " 3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038",
    "SHA256, passwd, salt, 1, 55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        + "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
  })
  void pbkdf2GivesWhatTheStandardsSay(
      LuksHash hash, String password, String salt, long iterations, String key) {
    byte[] derived =
        Pbkdf2.derive(
            hash,
            password.getBytes(US_ASCII),
            salt.getBytes(US_ASCII),
            iterations,
            key.length() / 2);
    assertEquals(key, HexFormat.of().formatHex(derived));
  }

  @ParameterizedTest
  @EnumSource
  void pbkdf2IsThatOfTheJdk(LuksHash hash) throws Exception {
    byte[] salt = "01234567890123456789012345678901".getBytes(US_ASCII);
    PBEKeySpec spec = new PBEKeySpec("a key".toCharArray(), salt, 1234, 64 * 8);
    String name = "PBKDF2WithHmacSHA" + hash.word().substring(3);
    byte[] expected = SecretKeyFactory.getInstance(name).generateSecret(spec).getEncoded();
    assertArrayEquals(expected, Pbkdf2.derive(hash, "a key".getBytes(US_ASCII), salt, 1234, 64));
  }

  /** What Python's hashlib made of the same stripes. */
  @ParameterizedTest
  @CsvSource({
    "SHA1, 31981818cf6fb6666efbd3618ac3c2cd36de8353026999a9a85b60662b2cbaea"
        + "ee54f5d26e26bfc2b8f8f263f52ba1e732d4c6282982a6040859de024f97139f",
    "SHA256, 73912f5a0b968c8f185248e9a37f54a83c5a6d23e94ffba3b5847d91ce2e3634"
        + "9c71dcb8aa9b8a0393f7c696cc8bdf07399b193ee0b2f26ab21341a425615eed",
    "SHA512, a6ac5c624f1278d575f3869dadc513f6be30282593c3f1f7f3c606f35279c725"
        + "e066e82d9b1bc8e8a03300c1b03c1ee7f80c7dca548bb36d6d6eaef8ba4d2f73"
  })
  void stripesAreMergedAsTheSpecificationSays(LuksHash hash, String key) {
    byte[] stripes = new byte[64 * 5];
    for (int i = 0; i < stripes.length; i++) {
      stripes[i] = (byte) (i * 7 + 3);
    }
    assertEquals(key, HexFormat.of().formatHex(new AntiForensic(hash).merge(stripes, 5)));
  }

  @Test
  void whatIsSplitIsMerged() {
    Random random = new Random(7);
    for (LuksHash hash : LuksHash.values()) {
      for (int length : new int[] {16, 20, 33, 64}) {
        byte[] key = new byte[length];
        random.nextBytes(key);
        byte[] stripes = new AntiForensic(hash).split(key, 400, random);
        assertArrayEquals(key, new AntiForensic(hash).merge(stripes, 400));
        stripes[random.nextInt(stripes.length)] ^= 1;
        assertFalse(Arrays.equals(key, new AntiForensic(hash).merge(stripes, 400)));
      }
    }
  }
}
