package io.github.qcow2tostdout.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class OrderedDigestsTest {
  private static final List<DigestAlgorithm> ALL = List.of(DigestAlgorithm.values());

  @Tag("slow")
  @Test
  void eachIsWhatItIsAlone() {
    Random random = new Random(1);
    List<Digest> alone = ALL.stream().map(DigestAlgorithm::digest).toList();
    try (OrderedDigests together = new OrderedDigests(ALL)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
      for (int round = 0; round < 60; round++) {
        byte[] bytes = new byte[random.nextInt(buffer.capacity())];
        random.nextBytes(bytes);
        buffer.clear().put(bytes).flip();
        together.update(buffer);
        assertEquals(bytes.length, buffer.remaining());
        // What comes later must not be what is taken.
        buffer.clear().put(new byte[buffer.capacity()]);
        int zeroes = random.nextInt(1 << 20);
        together.zeroes(zeroes);
        alone.forEach(digest -> digest.update(ByteBuffer.wrap(bytes)));
        alone.forEach(digest -> digest.zeroes(zeroes));
      }
      assertEquals(
          alone.stream().map(Digest::hex).toList(),
          together.finish().stream().map(DigestValue::hex).toList());
    }
  }

  @Test
  void theValuesComeInTheOrderOfTheAlgorithms() {
    List<DigestAlgorithm> algorithms = new ArrayList<>(ALL.reversed());
    algorithms.addAll(ALL);
    try (OrderedDigests digests = new OrderedDigests(algorithms)) {
      digests.update(ByteBuffer.wrap(new byte[] {1}));
      List<DigestValue> values = digests.finish();
      assertEquals(algorithms, values.stream().map(DigestValue::algorithm).toList());
      assertEquals(values.get(0), values.get(values.size() - 1));
    }
  }

  @Test
  void withoutAlgorithmsThereIsNothing() {
    try (OrderedDigests digests = new OrderedDigests(Arrays.asList())) {
      digests.update(ByteBuffer.wrap(new byte[3]));
      digests.zeroes(5);
      assertEquals(List.of(), digests.finish());
    }
  }
}
