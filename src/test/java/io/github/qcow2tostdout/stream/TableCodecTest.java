package io.github.qcow2tostdout.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Seeds;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableCodecTest {
  private static final long SEED = Seeds.seed();
  private static final long COPIED = 1L << 63;
  private static final int WORDS = 8192;
  private static final int STEP = 65536;
  private static final long ALL = 0xffff_ffffL;

  private final Random random = new Random(SEED);

  private static TableCodec standard() {
    return new TableCodec(STEP, false, false);
  }

  private static TableCodec extended() {
    return new TableCodec(STEP, true, false);
  }

  private static long[] words(IntToLongFunction word) {
    long[] words = new long[WORDS];
    java.util.Arrays.setAll(words, word);
    return words;
  }

  /** Codes, decodes, compares; how many bytes the code has. */
  private static int size(TableCodec codec, long[] words) {
    ByteBuffer code = ByteBuffer.allocate(TableCodec.maxSize(words.length));
    codec.encode(words.clone(), words.length, code);
    long[] decoded = new long[words.length];
    java.util.Arrays.fill(decoded, -1);
    ByteBuffer in = code.duplicate().flip();
    codec.decode(in, decoded, words.length);
    assertEquals(0, in.remaining());
    assertArrayEquals(words, decoded, () -> "-Dseed=" + SEED);
    return code.position();
  }

  @Test
  void runsTakeNothing() {
    assertTrue(size(standard(), words(i -> 0)) < 32);
    assertTrue(size(standard(), words(i -> COPIED | (i + 5L) * STEP)) < 64);
    assertTrue(size(standard(), words(i -> i % 2 == 0 ? 0 : COPIED | (i / 2 + 5L) * STEP)) < 64);
    assertTrue(size(new TableCodec(0, false, false), words(i -> 0x0001_0001_0001_0001L)) < 64);
    assertTrue(size(extended(), words(i -> i % 2 == 1 ? ALL : COPIED | (i / 2 + 5L) * STEP)) < 64);
  }

  @Test
  void clustersInAnyPlaceOfTheDiskTakeABit() {
    long[] host = {COPIED | 10 * STEP};
    long[] table =
        words(i -> {
          host[0] += random.nextBoolean() ? STEP : 0;
          return host[0];
        });
    for (int i = WORDS - 1; i > 0; i--) {
      table[i] = table[i] == table[i - 1] ? 0 : table[i];
    }
    assertTrue(size(standard(), table) <= WORDS / 32 * 5 + 16);
  }

  @Test
  void clustersAtTheirPlaceOnTheDiskTakeABit() {
    long[] table = words(i -> random.nextBoolean() ? COPIED | (i + 7L) * STEP : 0);
    assertTrue(size(new TableCodec(STEP, false, true), table) <= WORDS / 32 * 5 + 16);
  }

  @Test
  void zeroFlagsTakeTwoBits() {
    int[] host = {0};
    long[] table =
        words(i ->
            switch (random.nextInt(3)) {
              case 0 -> 0;
              case 1 -> 1;
              default -> {
                host[0]++;
                yield COPIED | (host[0] + 9L) * STEP;
              }
            });
    assertTrue(size(standard(), table) <= WORDS / 32 * 9 + 16);
  }

  @Test
  void tailsOfFilesTakeAByte() {
    long[] table =
        words(i ->
            i % 2 == 0
                ? COPIED | (i / 2 + 5L) * STEP
                : random.nextBoolean() ? 1L << random.nextInt(32) : 0);
    for (int i = 1; i < WORDS; i += 2) {
      long allocated = table[i] == 0 ? 0 : table[i] - 1;
      table[i] = allocated | (i % 4 == 1 ? (~allocated & ALL) << 32 : 0);
    }
    assertTrue(size(extended(), table) <= WORDS / 64 * (9 + 32) + 32);
  }

  /** Each word one of a few kinds, in all combinations. */
  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void anythingComesBack(boolean pairs, boolean zeroesCount) {
    TableCodec codec = new TableCodec(STEP, pairs, zeroesCount);
    for (int round = 0; round < 300; round++) {
      int kinds = 1 + random.nextInt(12);
      long[] last = {random.nextLong()};
      int count = 64 * (1 + random.nextInt(8));
      long[] words = new long[count];
      for (int i = 0; i < count; i++) {
        words[i] =
            switch (random.nextInt(kinds)) {
              case 0 -> 0;
              case 1, 2, 3 -> last[0] + STEP;
              case 4 -> 1;
              case 5 -> ALL;
              case 6 -> ALL << 32;
              case 7 -> random.nextInt() & ALL;
              case 8 -> (1L << random.nextInt(64)) - 1;
              case 9 -> ~ALL | random.nextInt();
              case 10 -> -1;
              default -> random.nextLong();
            };
        last[0] = (i & 1) == 0 || !pairs ? words[i] : last[0];
      }
      assertTrue(size(codec, words) <= TableCodec.maxSize(count));
    }
  }
}
