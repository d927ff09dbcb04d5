package io.github.qcow2tostdout.luks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.testing.Seeds;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LuksTest {
  private static final long SEED = Seeds.seed();
  private static final byte[] HEADER = header(1);

  private static LuksKey key() {
    return new LuksKey("secret".getBytes(UTF_8));
  }

  private static byte[] header(long seed) {
    return NewHeader.of(key(), new Random(seed), 3).bytes();
  }

  private static Luks.Bytes bytes(byte[] header) {
    return (offset, length, what) -> {
      if (offset + length > header.length) {
        throw new EOFException(what);
      }
      return ByteBuffer.wrap(header).slice((int) offset, length);
    };
  }

  private static Volume open(byte[] header, LuksKey key) throws IOException {
    return Luks.open("image", 2, header.length, bytes(header), Optional.of(key));
  }

  @Test
  void newHeaderOpensWithItsKey() throws Exception {
    byte[] sector = new byte[512];
    NewHeader made = NewHeader.of(key(), new Random(1), 3);
    made.volume().newCipher().encrypt(sector, 0, 512, 9);
    open(made.bytes(), key()).newCipher().decrypt(sector, 0, 512, 9);
    assertArrayEquals(new byte[512], sector);
  }

  @Test
  void headerFollowsFromWhatIsRandomInIt() {
    assertArrayEquals(HEADER, header(1));
    assertFalse(Arrays.equals(HEADER, header(2)));
  }

  @Test
  void existingHeaderIsTakenAsItIs() throws Exception {
    NewHeader taken = NewHeader.existing("h", HEADER.length, bytes(HEADER), key());
    assertArrayEquals(HEADER, taken.bytes());
    assertThrows(ImageException.class, () -> NewHeader.existing("h", 592, bytes(HEADER), key()));
    byte[] other = HEADER.clone();
    // The data would begin later.
    other[107]++;
    assertThrows(
        ImageException.class, () -> NewHeader.existing("h", other.length, bytes(other), key()));
  }

  @Test
  void anotherKeyOpensNothing() {
    for (String wrong : new String[] {"secret\n", "Secret", "geheim"}) {
      assertThrows(WrongKeyException.class, () -> open(HEADER, new LuksKey(wrong.getBytes(UTF_8))));
    }
  }

  @Test
  void keyOfALaterSlotOpensToo() throws Exception {
    byte[] header = HEADER.clone();
    ByteBuffer at = ByteBuffer.wrap(header);
    int first = 208;
    int last = first + 7 * 48;
    // The last is what the first was, but for its place, and the first has another key now.
    System.arraycopy(header, first, header, last, 40);
    System.arraycopy(header, 4096, header, at.getInt(last + 40) * 512, 256_000);
    at.putInt(first + 4, 1);
    open(header, key());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 00, does not begin with LUKS",
    "6, 0002, version 2",
    "8, 74776f66697368, cipher twofish-xts-plain64",
    "40, 6374722d706c61696e, cipher aes-ctr-plain",
    "72, 726970656d64313630, hash ripemd160",
    "72, 7368613300, hash sha3",
    "108, 00000030, key of 48 bytes",
    "108, ffffffff, key of 4294967295 bytes",
    "104, 00000000, key slot 0 reaches into the data",
    "104, 00000100, key slot 0 reaches into the data",
    "164, 00000000, the digest of the key has 0 iterations",
    "208, 00000000, key slot 0 is neither in use nor free",
    "208, 0000dead, none of its key slots is in use",
    "212, 00000000, key slot 0 has 0 iterations",
    "248, 00000000, key slot 0 lies across the header",
    "248, ffffffff, key slot 0 reaches into the data",
    "296, 00000008, key slots 0 and 1 overlap",
    "252, 00000fa1, key slot 0 has 4001 stripes",
    "252, ffffffff, key slot 0 has 4294967295 stripes",
    "212, ffffffff, wants a hash to be made 8589935590 times",
    "164, ffffffff, wants a hash to be made"
  })
  void whatCantBeRightIsRefusedByName(int offset, String hex, String message) {
    byte[] header = HEADER.clone();
    byte[] poke = HexFormat.of().parseHex(hex);
    System.arraycopy(poke, 0, header, offset, poke.length);
    ImageException refused = assertThrows(ImageException.class, () -> open(header, key()));
    assertTrue(refused.getMessage().contains(message), refused::getMessage);
  }

  @ParameterizedTest
  @CsvSource({"0", "591", "4194305", "-1", "9223372036854775807"})
  void lengthThatNoHeaderHasIsRefused(long length) {
    assertThrows(
        ImageException.Corrupt.class,
        () -> Luks.open("image", 2, length, bytes(HEADER), Optional.of(key())));
  }

  @Test
  void slotBehindTheEndIsRefused() {
    byte[] cut = Arrays.copyOf(HEADER, 100_000);
    ImageException refused = assertThrows(ImageException.class, () -> open(cut, key()));
    assertTrue(refused.getMessage().contains("lies behind its end"), refused::getMessage);
  }

  @Test
  void workIsBoundedForAllDisksTogether() throws Exception {
    byte[] header = HEADER.clone();
    // Each slot takes nearly a half of what is allowed; none of them opens.
    for (int i = 0; i < 8; i++) {
      ByteBuffer.wrap(header).putInt(208 + i * 48, 0x00ac71f3).putInt(212 + i * 48, 1);
    }
    ByteBuffer.wrap(header).putInt(164, 1);
    LuksKey wrong = new LuksKey(new byte[] {1});
    assertTrue(wrong.take(LuksKey.MAX_WORK - 8 * 3 - 1));
    assertThrows(WrongKeyException.class, () -> open(header, wrong));
    assertThrows(ImageException.Unsupported.class, () -> open(header, wrong));
  }

  @Test
  void withoutAKeyItIsSaidThatOneIsNeeded() {
    ImageException refused =
        assertThrows(
            ImageException.Unsupported.class,
            () -> Luks.open("image", 2, HEADER.length, bytes(HEADER), Optional.empty()));
    assertTrue(refused.getMessage().contains("--key-file"), refused::getMessage);
    ImageException old =
        assertThrows(
            ImageException.Unsupported.class,
            () -> Luks.open("image", 1, HEADER.length, bytes(HEADER), Optional.of(key())));
    assertTrue(old.getMessage().contains("before LUKS"), old::getMessage);
  }

  @Tag("slow")
  @Test
  void anyBitOfTheHeaderMayBeWrong() {
    Random random = new Random(SEED);
    for (int i = 0; i < 300; i++) {
      byte[] header = HEADER.clone();
      int bit = random.nextInt(592 * 8);
      header[bit / 8] ^= (byte) (1 << bit % 8);
      // Not the iterations: honest ones take long.
      boolean iterations = bit / 32 == 164 / 4 || (bit / 8 >= 208 && (bit / 8 - 208) % 48 / 4 == 1);
      if (!iterations) {
        try {
          open(header, key());
        } catch (ImageException | WrongKeyException e) {
          // One or the other.
        } catch (IOException e) {
          throw new AssertionError("bit " + bit + " -Dseed=" + SEED, e);
        }
      }
    }
  }

  @Test
  void qemuTakesText() {
    assertTrue(new LuksKey("schl\u00fcssel\n".getBytes(UTF_8)).isText());
    assertFalse(new LuksKey(new byte[] {(byte) 0xff}).isText());
    assertFalse(new LuksKey(new byte[] {'a', 0}).isText());
    assertEquals("a key", key().toString());
  }
}
