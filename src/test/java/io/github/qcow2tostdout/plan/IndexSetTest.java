package io.github.qcow2tostdout.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Seeds;
import java.util.BitSet;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexSetTest {
  private static final int CHUNK = 65536;

  private static IndexSet set(long... bounds) {
    IndexSet.Builder builder = new IndexSet.Builder();
    for (int i = 0; i < bounds.length; i += 2) {
      builder.add(bounds[i], bounds[i + 1]);
    }
    return builder.build();
  }

  private static String runs(IndexSet set, long from) {
    StringBuilder text = new StringBuilder();
    for (IndexSet.Runs runs = set.runsFrom(from); runs.next(); ) {
      text.append("[").append(runs.from()).append(",").append(runs.to()).append(")");
    }
    return text.toString();
  }

  @Test
  void unionHasTheMembersOfBoth() {
    Random random = Seeds.random(IndexSetTest.class);
    for (int round = 0; round < 200; round++) {
      BitSet one = new BitSet();
      BitSet other = new BitSet();
      for (int i = random.nextInt(40); i > 0; i--) {
        int from = random.nextInt(5 * CHUNK);
        (random.nextBoolean() ? one : other).set(from, from + 1 + random.nextInt(CHUNK / 2));
      }
      BitSet both = (BitSet) one.clone();
      both.or(other);
      assertEquals(runs(of(both, 0), 0), runs(IndexSets.union(of(one, 0), of(other, 0)), 0));
    }
  }

  @Test
  void differenceHasTheMembersOfOneOnly() {
    Random random = Seeds.random(IndexSetTest.class);
    for (int round = 0; round < 200; round++) {
      BitSet one = new BitSet();
      BitSet other = new BitSet();
      for (int i = random.nextInt(40); i > 0; i--) {
        int from = random.nextInt(5 * CHUNK);
        (random.nextBoolean() ? one : other).set(from, from + 1 + random.nextInt(CHUNK / 2));
      }
      BitSet rest = (BitSet) one.clone();
      rest.andNot(other);
      assertEquals(runs(of(rest, 0), 0), runs(IndexSets.difference(of(one, 0), of(other, 0)), 0));
    }
  }

  @Test
  void unionWithNothingIsTheSetItself() {
    IndexSet set = set(3, 5);
    assertEquals("[3,5)", runs(IndexSets.union(set, IndexSet.EMPTY), 0));
    assertEquals("[3,5)", runs(IndexSets.union(IndexSet.EMPTY, set), 0));
    assertTrue(IndexSets.union(IndexSet.EMPTY, IndexSet.EMPTY).isEmpty());
    assertFalse(set.isEmpty());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 6, 16, 17})
  void groupsAreThoseWithAMember(int bits) {
    Random random = Seeds.random(IndexSetTest.class);
    for (int round = 0; round < 50; round++) {
      BitSet members = new BitSet();
      BitSet groups = new BitSet();
      for (int i = random.nextInt(40); i > 0; i--) {
        int from = random.nextInt(5 * CHUNK);
        int to = from + 1 + random.nextInt(1 << random.nextInt(1, 16));
        members.set(from, to);
        groups.set(from >> bits, ((to - 1) >> bits) + 1);
      }
      assertEquals(runs(of(groups, 0), 0), runs(of(members, 0).groups(bits), 0));
    }
  }

  /** Adds the model's runs, moved by a base. */
  private static IndexSet of(BitSet model, long base) {
    IndexSet.Builder builder = new IndexSet.Builder();
    for (int from = model.nextSetBit(0); from >= 0; ) {
      int to = model.nextClearBit(from);
      builder.add(base + from, base + to);
      from = model.nextSetBit(to);
    }
    return builder.build();
  }

  /** Compares everything at every index. */
  private static void assertSame(BitSet model, IndexSet set) {
    assertEquals(model.cardinality(), set.count());
    int rank = 0;
    for (int index = 0; index < model.length() + 3; index++) {
      int at = index;
      assertEquals(rank, set.rank(index), () -> "rank " + at);
      assertEquals(model.get(index), set.contains(index), () -> "contains " + at);
      if (model.get(index)) {
        assertEquals(index, set.select(rank));
        rank++;
      }
    }
    assertSameRuns(model, 0, set, 0);
  }

  /** Compares at an index. */
  private static void assertSameAt(BitSet model, long base, IndexSet set, int index) {
    int rank = model.get(0, index).cardinality();
    assertEquals(rank, set.rank(base + index), () -> "rank " + index);
    assertEquals(model.get(index), set.contains(base + index), () -> "contains " + index);
    int member = model.nextSetBit(index);
    if (member >= 0) {
      assertEquals(base + member, set.select(rank), () -> "select " + rank);
    }
  }

  /** Compares up to 100 runs from an index on. */
  private static void assertSameRuns(BitSet model, long base, IndexSet set, int index) {
    IndexSet.Runs runs = set.runsFrom(base + index);
    int from = model.nextSetBit(index);
    for (int count = 0; from >= 0 && count < 100; count++) {
      assertTrue(runs.next());
      assertEquals(base + from, runs.from());
      assertEquals(base + model.nextClearBit(from), runs.to());
      from = model.nextSetBit(model.nextClearBit(from));
    }
    if (from < 0) {
      assertFalse(runs.next());
      assertFalse(runs.next(), "the end is no more than once passed");
    }
  }

  /** A few chunks of every form: absent, full, runs, a bitmap, borders set and not set. */
  private static BitSet randomModel(Random random) {
    BitSet model = new BitSet();
    int chunks = 1 + random.nextInt(6);
    for (int chunk = 0; chunk < chunks; chunk++) {
      int base = chunk * CHUNK;
      switch (random.nextInt(7)) {
        case 0 -> {}
        case 1 -> model.set(base, base + CHUNK);
        case 2 -> {
          for (int i = random.nextInt(3); i < CHUNK; i += 2 + random.nextInt(3)) {
            model.set(base + i);
          }
        }
        case 3 -> {
          for (int i = 0; i < 20; i++) {
            int from = random.nextInt(CHUNK);
            model.set(base + from, base + Math.min(CHUNK, from + random.nextInt(5000)));
          }
        }
        case 4 -> {
          model.set(base, base + CHUNK);
          model.clear(base + random.nextInt(CHUNK));
        }
        case 5 -> model.set(base + (random.nextBoolean() ? 0 : CHUNK - 1));
        default -> {
          // 1023 to 1025 runs: where a bitmap becomes smaller than a list.
          int runs = 1023 + random.nextInt(3);
          for (int i = 0; i < runs; i++) {
            model.set(base + 64 * i, base + 64 * i + 1 + random.nextInt(63));
          }
        }
      }
    }
    return model;
  }

  @Test
  void emptySetHasNothing() {
    IndexSet set = set();
    assertEquals(0, set.count());
    assertEquals(0, set.rank(0));
    assertEquals(0, set.rank(1L << 40));
    assertFalse(set.contains(0));
    assertEquals("", runs(set, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> set.select(0));
  }

  @Test
  void emptyRangeAddsNothing() {
    IndexSet set = set(5, 5, 7, 8, 9, 9);
    assertEquals("[7,8)", runs(set, 0));
    assertEquals(1, set.count());
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 3})
  void rankOutsideTheSetIsRejected(long rank) {
    IndexSet set = set(0, 1, 10, 12);
    assertThrows(IndexOutOfBoundsException.class, () -> set.select(rank));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 63, 64, 65, 65535, 65536, 65537, 131071, 131072, 131073, 1L << 36})
  void upToIsOneRun(long end) {
    IndexSet set = IndexSet.upTo(end);
    assertEquals(end, set.count());
    assertEquals(end == 0 ? "" : "[0," + end + ")", runs(set, 0));
    assertEquals(end, set.rank(end));
    assertEquals(end / 2, set.rank(end / 2));
    assertFalse(set.contains(end));
    if (end > 0) {
      assertEquals(end - 1, set.select(end - 1));
      assertTrue(set.contains(end - 1));
    }
  }

  @Test
  void runGoesOnOverFullChunksAndStopsInsideOne() {
    IndexSet set = set(CHUNK - 1, 4 * CHUNK + 1, 4 * CHUNK + 2, 5 * CHUNK, 6 * CHUNK, 7 * CHUNK);
    assertEquals("[65535,262145)[262146,327680)[393216,458752)", runs(set, 0));
    assertEquals("[131072,262145)[262146,327680)[393216,458752)", runs(set, 2 * CHUNK));
    assertEquals("[262146,327680)[393216,458752)", runs(set, 4 * CHUNK + 1));
    assertEquals("[327679,327680)[393216,458752)", runs(set, 5 * CHUNK - 1));
    assertEquals("[393216,458752)", runs(set, 5 * CHUNK));
    assertEquals("[458751,458752)", runs(set, 7 * CHUNK - 1));
    assertEquals("", runs(set, 7 * CHUNK));
  }

  @Test
  void runEndsAtAChunkBorderWhereTheNextChunkStartsWithAGap() {
    assertEquals("[100,65536)[65537,65538)", runs(set(100, CHUNK, CHUNK + 1, CHUNK + 2), 0));
  }

  @Test
  void runEndsAtAChunkBorderWhereTheNextChunkIsAbsent() {
    assertEquals("[100,65536)[131072,131073)", runs(set(100, CHUNK, 2 * CHUNK, 2 * CHUNK + 1), 0));
  }

  @Test
  void chunkFilledPieceByPieceIsWhole() {
    IndexSet.Builder builder = new IndexSet.Builder();
    for (int i = 0; i < 2 * CHUNK; i++) {
      builder.add(i, i + 1);
    }
    assertEquals("[0,131072)", runs(builder.build(), 0));
  }

  @Test
  void overlappingRangesAreAddedOnce() {
    IndexSet set = set(10, 20, 15, 18, 10, 20, 19, 21, 21, 22, 5, 25);
    assertEquals("[10,25)", runs(set, 0));
    assertEquals(15, set.count());
  }

  @Test
  void overlapMayReachOverChunks() {
    IndexSet set = set(10, CHUNK + 10, 5, 3L * CHUNK, CHUNK, 3L * CHUNK + 1);
    assertEquals("[10,196609)", runs(set, 0));
    assertEquals(3 * CHUNK + 1 - 10, set.count());
  }

  @Test
  void overlappingRandomRangesAreTheirUnion() {
    Random random = Seeds.random(IndexSetTest.class);
    for (int round = 0; round < 200; round++) {
      IndexSet.Builder builder = new IndexSet.Builder();
      BitSet model = new BitSet();
      int end = 0;
      for (int i = 0; i < 50; i++) {
        // Below what was added only where that is in the set already.
        int from = end;
        while (from > 0 && model.get(from - 1) && random.nextInt(20) > 0) {
          from--;
        }
        from += from == end ? random.nextInt(3000) : 0;
        int to = from + random.nextInt(random.nextInt(10) == 0 ? 2 * CHUNK : 1000);
        builder.add(from, to);
        model.set(from, to);
        end = Math.max(end, to);
      }
      IndexSet set = builder.build();
      assertEquals(model.cardinality(), set.count());
      assertSameRuns(model, 0, set, 0);
    }
  }

  @Tag("slow")
  @Test
  void everyIndexIsAsInABitSet() {
    Random random = Seeds.random(IndexSetTest.class);
    for (int round = 0; round < 8; round++) {
      BitSet model = randomModel(random);
      assertSame(model, of(model, 0));
    }
  }

  @Test
  void borderAndRandomIndexesAreAsInABitSetAlsoFarFrom0() {
    Random random = Seeds.random(IndexSetTest.class);
    for (int round = 0; round < 60; round++) {
      BitSet model = randomModel(random);
      long base = (random.nextInt(1 << 20) & -2L) * CHUNK;
      IndexSet set = of(model, base);
      assertEquals(model.cardinality(), set.count());
      for (int chunk = 0; chunk <= 7; chunk++) {
        for (int near = -2; near <= 2; near++) {
          if (chunk > 0 || near >= 0) {
            assertSameAt(model, base, set, chunk * CHUNK + near);
            assertSameRuns(model, base, set, chunk * CHUNK + near);
          }
        }
      }
      for (int i = 0; i < 100; i++) {
        int index = random.nextInt(6 * CHUNK);
        assertSameAt(model, base, set, index);
        assertSameRuns(model, base, set, index);
      }
    }
  }

  @Test
  void sparseIndexesUpTo2To36AreAsInATreeSet() {
    Random random = Seeds.random(IndexSetTest.class);
    NavigableSet<Long> model = new TreeSet<>();
    model.add(0L);
    model.add((1L << 36) - 1);
    while (model.size() < 2000) {
      long index = random.nextLong(1L << 36);
      model.add(index);
      if (random.nextBoolean()) {
        model.add(index + 1);
      }
    }
    IndexSet.Builder builder = new IndexSet.Builder();
    for (long index : model) {
      builder.add(index, index + 1);
    }
    IndexSet set = builder.build();
    assertEquals(model.size(), set.count());
    long rank = 0;
    for (long index : model) {
      assertEquals(index, set.select(rank));
      assertEquals(rank, set.rank(index));
      assertTrue(set.contains(index));
      assertEquals(model.contains(index + 1), set.contains(index + 1));
      assertEquals(rank + 1, set.rank(index + 1));
      IndexSet.Runs runs = set.runsFrom(index);
      assertTrue(runs.next());
      assertEquals(index, runs.from());
      rank++;
    }
    for (int i = 0; i < 2000; i++) {
      long index = random.nextLong(1L << 36);
      assertEquals(model.contains(index), set.contains(index));
      assertEquals(model.headSet(index).size(), set.rank(index));
    }
    IndexSet.Runs runs = set.runsFrom((1L << 36) - 1);
    assertTrue(runs.next());
    assertEquals(1L << 36, runs.to());
    assertFalse(runs.next());
  }

  @Test
  void randomRunsOverManyChunksComeBackInTheirOrder() {
    Random random = Seeds.random(IndexSetTest.class);
    StringBuilder expected = new StringBuilder();
    IndexSet.Builder builder = new IndexSet.Builder();
    long at = 0;
    for (int i = 0; i < 500; i++) {
      long from = at + 1 + random.nextLong(1L << random.nextInt(1, 24));
      long to = from + 1 + random.nextLong(1L << random.nextInt(1, 20));
      builder.add(from, to);
      expected.append("[").append(from).append(",").append(to).append(")");
      at = to;
    }
    assertEquals(expected.toString(), runs(builder.build(), 0));
  }
}
