package io.github.qcow2tostdout.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.RefcountEntries;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.testing.Seeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds packed clusters to a model that knows nothing of chunks and cursors. */
class PackedPlacementTest {
  private static final long FROM = 5L << 21;

  /** Where each cluster of a list of lengths lies, counted the slow way. */
  private record Model(long[] offsets, long end, long[] refcounts) {
    static Model of(int[] lengths, int clusterBits, long maxRefcount) {
      long clusterSize = 1L << clusterBits;
      long[] offsets = new long[lengths.length];
      List<Long> counts = new ArrayList<>();
      long end = 0;
      for (int i = 0; i < lengths.length; i++) {
        long first = end / clusterSize;
        boolean fresh = end % clusterSize == 0;
        boolean full = !fresh && counts.get((int) first) == maxRefcount;
        if (!fresh && (lengths[i] == 0 || full)) {
          end = (first + 1) * clusterSize;
        }
        offsets[i] = end;
        end += lengths[i] == 0 ? clusterSize : lengths[i];
        for (long c = offsets[i] / clusterSize; c <= (end - 1) / clusterSize; c++) {
          while (counts.size() <= c) {
            counts.add(0L);
          }
          counts.set((int) c, counts.get((int) c) + 1);
        }
      }
      return new Model(offsets, end, counts.stream().mapToLong(Long::longValue).toArray());
    }
  }

  /** Keeps chunks in the heap. */
  private static final class MemoryStore implements ClusterLengths.Store {
    private final List<byte[]> chunks = new ArrayList<>();

    @Override
    public void append(ByteBuffer chunk) {
      byte[] bytes = new byte[chunk.remaining()];
      chunk.get(bytes);
      chunks.add(bytes);
    }

    @Override
    public void read(long chunk, ByteBuffer to) {
      to.put(chunks.get((int) chunk));
    }
  }

  private static Placement.Packed placement(
      int[] lengths, int clusterBits, int refcountOrder, long memory) throws IOException {
    ClusterLengths list =
        new ClusterLengths(new Packing(clusterBits, refcountOrder), memory, new MemoryStore());
    for (int length : lengths) {
      list.add(length);
    }
    return new Placement.Packed(list).at(FROM);
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({
    "12, 4, 1000",
    "12, 0, 1000",
    "12, 1, 5000",
    "12, 2, 5000",
    "9, 6, 3000",
    "16, 4, 70000",
    "16, 3, 200000",
    "21, 4, 300",
    "17, 0, 140000",
    "16, 4, 65536",
    "16, 4, 65537"
  })
  void everythingIsWhereTheModelHasIt(int clusterBits, int refcountOrder, int count)
      throws IOException {
    Random random = Seeds.random(PackedPlacementTest.class);
    int clusterSize = 1 << clusterBits;
    int[] lengths = new int[count];
    for (int i = 0; i < count; i++) {
      lengths[i] =
          switch (random.nextInt(8)) {
            case 0, 1 -> 0;
            case 2 -> 1 + random.nextInt(20);
            case 3 -> clusterSize / 2;
            case 4 -> Math.max(1, clusterSize - 512);
            default -> 1 + random.nextInt(Math.max(1, clusterSize - 512));
          };
    }
    long most = refcountOrder == 6 ? Long.MAX_VALUE : (1L << (1 << refcountOrder)) - 1;
    Model model = Model.of(lengths, clusterBits, most);
    // One chunk in memory, the others in the store.
    Placement.Packed placement = placement(lengths, clusterBits, refcountOrder, 300_000);

    assertEquals((model.end() + 511) / 512 * 512, placement.size());
    assertEquals(model.refcounts().length, placement.hostClusters());
    assertRefcounts(model, placement, random);
    assertEntries(model, lengths, placement, clusterBits, random);
    assertOffsets(model, lengths, placement, random);
  }

  private static void assertRefcounts(Model model, Placement.Packed placement, Random random) {
    RefcountEntries.Runs runs = placement.refcounts();
    for (int i = 0; i < model.refcounts().length; i++) {
      RefcountEntries.Run run = runs.at(i);
      assertEquals(model.refcounts()[i], run.refcount());
      assertEquals(run, runs.at(i));
    }
    assertEquals(RefcountEntries.Run.REST, runs.at(model.refcounts().length));
    for (int i = 0; i < 50; i++) {
      int cluster = random.nextInt(model.refcounts().length);
      assertEquals(model.refcounts()[cluster], runs.at(cluster).refcount());
    }
  }

  private static void assertEntries(
      Model model, int[] lengths, Placement.Packed placement, int clusterBits, Random random) {
    Placement.Entries entries = placement.entries();
    for (int i = 0; i < 60; i++) {
      int rank = i == 0 ? 0 : random.nextInt(lengths.length);
      int count = Math.min(1 + random.nextInt(600), lengths.length - rank);
      long[] words = new long[2 * count];
      entries.set(words, 0, 2, 1_000_000, rank, count);
      for (int k = 0; k < count; k++) {
        long offset = FROM + model.offsets()[rank + k];
        long word = words[2 * k];
        if (lengths[rank + k] == 0) {
          assertEquals(TableEntry.copied(offset), word);
        } else {
          assertTrue(L2Entry.isCompressed(word));
          assertFalse(TableEntry.isCopied(word));
          assertEquals(offset, L2Entry.compressedOffset(word, clusterBits));
          long end = offset + lengths[rank + k];
          assertEquals(
              (end + 511) / 512 * 512 - offset, L2Entry.compressedLength(word, clusterBits));
        }
        assertEquals(0, words[2 * k + 1]);
      }
    }
  }

  private static void assertOffsets(
      Model model, int[] lengths, Placement.Packed placement, Random random) {
    PackedCursor cursor = placement.cursor();
    for (int i = 0; i < 60; i++) {
      long wanted = i == 0 ? 0 : random.nextLong(model.end());
      cursor.toOffset(wanted);
      int rank = Arrays.binarySearch(model.offsets(), wanted);
      rank = rank < 0 ? -rank - 2 : rank;
      int length = lengths[rank];
      long end = model.offsets()[rank] + (length == 0 ? clusterSize(placement) : length);
      if (end <= wanted) {
        // In the gap in front of the next.
        rank++;
      }
      assertEquals(rank, cursor.rank());
      assertEquals(model.offsets()[rank], cursor.offset());
      assertEquals(lengths[rank], cursor.length());
      long before = Arrays.stream(lengths, 0, rank).asLongStream().sum();
      assertEquals(before, cursor.compressedBefore());
    }
  }

  private static long clusterSize(Placement.Packed placement) {
    return 1L << placement.lengths().packing().clusterBits();
  }

  @Test
  void aHostClusterClosesWhenItsRefcountIsFull() throws IOException {
    // One bit counts to 1: nothing is shared.
    Placement.Packed placement = placement(new int[] {100, 100, 100}, 12, 0, 0);
    PackedCursor cursor = placement.cursor();
    for (long offset : new long[] {0, 4096, 8192}) {
      assertTrue(cursor.next());
      assertEquals(offset, cursor.offset());
    }
    assertFalse(cursor.next());
    assertEquals(3, placement.hostClusters());
    assertEquals(8192 + 512, placement.size());
  }

  @Test
  void dataMayCrossIntoTheNextHostCluster() throws IOException {
    Placement.Packed placement = placement(new int[] {3000, 3000, 3000}, 12, 4, 0);
    RefcountEntries.Runs refcounts = placement.refcounts();
    assertEquals(2, refcounts.at(0).refcount());
    assertEquals(2, refcounts.at(1).refcount());
    assertEquals(1, refcounts.at(2).refcount());
  }

  @Test
  void noClustersTakeNoRoom() throws IOException {
    Placement.Packed placement = placement(new int[0], 16, 4, 0);
    assertEquals(0, placement.size());
    assertEquals(0, placement.hostClusters());
    assertFalse(placement.cursor().next());
    assertEquals(RefcountEntries.Run.REST, placement.refcounts().at(0));
  }
}
