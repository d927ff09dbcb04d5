package io.github.qcow2tostdout.metadata;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.testing.Seeds;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DifferencesTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void eachWordIsTheDifferenceToTheOneBefore(int step) {
    Random random = Seeds.random(DifferencesTest.class);
    for (int size : new int[] {0, 1, 7, 8, 9, 16, 23, 24, 65536, 65544, 131079}) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      byte[] coded = bytes.clone();
      eachPart(coded, new Differences(step)::encode);
      ByteBuffer before = ByteBuffer.wrap(bytes);
      ByteBuffer after = ByteBuffer.wrap(coded);
      for (int at = 0; at + 8 <= size; at += 8) {
        long subtracted = at < 8 * step ? 0 : before.getLong(at - 8 * step);
        assertEquals(before.getLong(at) - subtracted, after.getLong(at), size + " at " + at);
      }
      Differences decoding = new Differences(step);
      eachPart(new byte[64], decoding::decode);
      decoding.restart();
      eachPart(coded, decoding::decode);
      assertArrayEquals(bytes, coded, size + " -Dseed=" + Seeds.seed());
    }
  }

  private interface Coding {
    void code(ByteBuffer part);
  }

  private static void eachPart(byte[] bytes, Coding coding) {
    ByteBuffer all = ByteBuffer.wrap(bytes);
    for (int at = 0; at < bytes.length; at += MetadataStart.PART) {
      coding.code(all.slice(at, Math.min(MetadataStart.PART, bytes.length - at)));
    }
  }
}
