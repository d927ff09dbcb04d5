package io.github.qcow2tostdout.saved;

import io.github.qcow2tostdout.plan.IndexSet;
import java.io.IOException;
import java.util.Arrays;

/**
 * A set of grains in a plan: how many it has, and blocks in ascending order, of 65536 indexes each
 * or of many such that are whole.
 *
 * <pre>
 * 0  8  members           each block:  0  8  its first index, divided by 65536
 * 8  8  blocks                         8  4  its form: 0, runs, or a bitmap
 * 16 4  checksum                      12  .  form 0: 8 bytes, how many chunks of 65536 members
 *                                            1 to 2047: so many runs, 2 bytes first, 2 bytes last
 *                                            4294967295: 8192 bytes, a bit an index, lowest first
 *                                         4  checksum
 * </pre>
 */
final class SavedSet {
  /** More are not held in memory: 16 PiB of clusters of 64 KiB. */
  private static final int MAX_CHUNKS = 1 << 22;

  private static final int CHUNK = 1 << IndexSet.CHUNK_BITS;
  private static final long WHOLE = 0;
  private static final long BITMAP = 0xFFFF_FFFFL;
  private static final int BYTES_PER_RUN = 4;
  private static final int MAX_RUNS = CHUNK / Byte.SIZE / BYTES_PER_RUN - 1;

  private SavedSet() {}

  static void write(IndexSet set, PlanOutput out) throws IOException {
    out.u64(set.count());
    out.u64(blocks(set));
    out.checksum();
    long[] bits = new long[CHUNK / Long.SIZE];
    for (int chunk = 0; chunk < set.chunks(); ) {
      int next = wholeUpTo(set, chunk);
      out.u64(set.chunkNumber(chunk));
      if (next > chunk) {
        out.u32(WHOLE);
        out.u64(next - chunk);
        chunk = next;
      } else {
        Arrays.fill(bits, 0);
        set.copyChunk(chunk, bits);
        write(set.chunkRuns(chunk), bits, out);
        chunk++;
      }
      out.checksum();
    }
  }

  private static long blocks(IndexSet set) {
    long blocks = 0;
    for (int chunk = 0; chunk < set.chunks(); blocks++) {
      chunk = Math.max(chunk + 1, wholeUpTo(set, chunk));
    }
    return blocks;
  }

  /** The chunk behind those from one on that are neighbours and whole. */
  private static int wholeUpTo(IndexSet set, int first) {
    int chunk = first;
    while (chunk < set.chunks()
        && set.chunkMembers(chunk) == CHUNK
        && set.chunkNumber(chunk) == set.chunkNumber(first) + chunk - first) {
      chunk++;
    }
    return chunk;
  }

  private static void write(int runs, long[] bits, PlanOutput out) throws IOException {
    if (runs > MAX_RUNS) {
      out.u32(BITMAP);
      for (long word : bits) {
        out.u64(word);
      }
      return;
    }
    out.u32(runs);
    int at = 0;
    for (int run = 0; run < runs; run++) {
      int first = next(bits, at, 0);
      at = next(bits, first, -1);
      out.u16(first);
      out.u16(at - 1);
    }
  }

  /** The next bit that is set, or with all bits flipped, the next that is not. */
  private static int next(long[] bits, int from, long flip) {
    int at = from / Long.SIZE;
    long word = at < bits.length ? (bits[at] ^ flip) & -1L << from : 0;
    while (word == 0) {
      at++;
      if (at >= bits.length) {
        return CHUNK;
      }
      word = bits[at] ^ flip;
    }
    return at * Long.SIZE + Long.numberOfTrailingZeros(word);
  }

  /**
   * Reads a set.
   *
   * @param end that its members are below
   */
  static IndexSet read(PlanInput in, long end) throws IOException {
    long members = in.u63();
    long blocks = in.u63();
    in.checksum();
    IndexSet.Builder builder = new IndexSet.Builder();
    long[] bits = new long[CHUNK / Long.SIZE];
    long lastChunk = end == 0 ? -1 : (end - 1) >> IndexSet.CHUNK_BITS;
    long next = 0;
    int chunks = 0;
    for (long block = 0; block < blocks; block++) {
      long number = in.u63();
      long form = in.u32();
      long count = form == WHOLE ? in.u63() : 1;
      if (number < next || number > lastChunk || count < 1 || count > lastChunk - number + 1) {
        throw in.damaged("a block of clusters before byte " + in.position() + " is out of place");
      }
      chunks = (int) Math.min(MAX_CHUNKS + 1L, chunks + count);
      if (chunks > MAX_CHUNKS) {
        throw in.damaged("it has more clusters than this program can hold");
      }
      if (form == WHOLE) {
        in.checksum();
        builder.add(number << IndexSet.CHUNK_BITS, (number + count) << IndexSet.CHUNK_BITS);
      } else {
        Arrays.fill(bits, 0);
        read(form, bits, in);
        in.checksum();
        builder.addChunk(number, bits);
      }
      next = number + count;
    }
    IndexSet set = builder.build();
    if (set.count() != members || (!set.isEmpty() && set.select(members - 1) >= end)) {
      throw in.damaged("it has other clusters before byte " + in.position() + " than it says");
    }
    return set;
  }

  private static void read(long form, long[] bits, PlanInput in) throws IOException {
    if (form == BITMAP) {
      long any = 0;
      for (int at = 0; at < bits.length; at++) {
        bits[at] = in.bits64();
        any |= bits[at];
      }
      if (any == 0) {
        throw in.damaged("a bitmap before byte " + in.position() + " is empty");
      }
      return;
    }
    if (form > MAX_RUNS) {
      throw in.damaged("a block before byte " + in.position() + " has the form " + form);
    }
    int behind = 0;
    for (int run = 0; run < form; run++) {
      int first = in.u16();
      int last = in.u16();
      if (first < behind || last < first) {
        throw in.damaged("a run before byte " + in.position() + " is out of place");
      }
      for (int index = first; index <= last; index++) {
        bits[index / Long.SIZE] |= 1L << index;
      }
      behind = last + 1;
    }
  }
}
