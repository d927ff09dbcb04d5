package io.github.qcow2tostdout.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntryHeapTest {
  private static final long SEED = Seeds.seed();
  private static final long MASK = 0xff;

  @Test
  void smallestUnderTheMaskComesFirst() {
    Random random = new Random(SEED);
    EntryHeap heap = new EntryHeap(MASK);
    List<Long> model = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      if (model.isEmpty() || random.nextInt(5) < 3) {
        long entry = random.nextLong();
        heap.add(entry);
        model.add(entry);
      } else {
        long smallest = model.stream().mapToLong(e -> e & MASK).min().orElseThrow();
        long taken = heap.peek();
        assertEquals(smallest, taken & MASK, () -> "-Dseed=" + SEED);
        heap.remove();
        assertTrue(model.remove((Long) taken));
      }
    }
    while (!model.isEmpty()) {
      assertTrue(model.remove((Long) heap.peek()));
      heap.remove();
    }
    assertTrue(heap.isEmpty());
  }
}
