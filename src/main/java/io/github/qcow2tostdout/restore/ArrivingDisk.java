package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.image.DecodedClusters;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.stream.StreamFollower;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Follows an image that arrives, and hands on the bytes of its disk when they come: plain ones at
 * once, compressed ones when they are decoded. What comes before the table that names it is kept
 * for as long as there is room.
 */
final class ArrivingDisk implements StreamFollower {
  /**
   * What is held for compressed clusters, which can't be handed on in parts: the largest data, the
   * most that is accepted at once, and that again, because data waits for what starts before it.
   */
  private static final int WINDOW = 8 << 20;

  private final OpenedImage image;
  private final KeptTables tables;
  private final DiskBytes disk;
  private final MemoryBudget budget;
  private final ClusterCache cache;
  private final ArrivingTables arriving;
  private final PlainCluster plain;
  private final int clusterBits;
  private final int clusterSize;

  /** Where each L2 table is; see {@link KeptTables#tablePlaces}. */
  private long[] places = {};

  /** What decodes, and what that needs; made when the first compressed cluster is named. */
  private Optional<ClusterDecoding> decoding = Optional.empty();

  private Optional<ByteWindow> window = Optional.empty();

  /** The bytes behind the last whole cluster of the stream, at whose end they are. */
  private ByteBuffer tail = ByteBuffer.allocate(0);

  private long position;

  /** Up to where it is known whether somebody names the bytes. */
  private long seen;

  private long placed;

  ArrivingDisk(OpenedImage image, KeptTables tables, DiskBytes disk, MemoryBudget budget) {
    this.image = image;
    this.tables = tables;
    this.disk = disk;
    this.budget = budget;
    clusterBits = image.geometry().clusterBits();
    clusterSize = image.clusterSize();
    cache = new ClusterCache(clusterBits, budget);
    arriving = new ArrivingTables(tables);
    plain = new PlainCluster(tables, this::hand);
  }

  @Override
  public String purpose() {
    return "";
  }

  @Override
  public long memory() {
    return (long) places.length * Long.BYTES + arriving.memory();
  }

  @Override
  public boolean wantsWholeClusters() {
    return true;
  }

  /** Bytes of the disk that were handed on. */
  long placed() {
    return placed;
  }

  private void hand(ByteBuffer bytes, long guestOffset) throws IOException {
    placed += bytes.remaining();
    disk.data(bytes, guestOffset);
  }

  /** Clusters that follow each other on the disk are handed on as one. */
  private void decoded(DecodingBatch batch) throws IOException {
    for (int i = 0; i < batch.count(); ) {
      int run = batch.run(i);
      long from = batch.guestOffset(i);
      ByteBuffer bytes = batch.decoded(i, run);
      hand(bytes.limit((int) Math.min(bytes.limit(), tables.diskSize() - from)), from);
      i += run;
    }
  }

  @Override
  public void l1TableHasCome() throws IOException {
    places = tables.tablePlaces();
    disk.tableHasCome(1);
  }

  @Override
  public void accept(ByteBuffer bytes, boolean mayBeNamedLater) throws IOException {
    long start = position;
    int whole = bytes.remaining() & -clusterSize;
    ByteBuffer rest = bytes.slice(bytes.position() + whole, bytes.remaining() - whole);
    if (window.isPresent()) {
      window.get().add(bytes.duplicate());
    }
    position += bytes.remaining();
    if (whole > 0) {
      ByteBuffer clusters = bytes.slice(bytes.position(), whole);
      handNamed(clusters, start, mayBeNamedLater);
    }
    if (rest.hasRemaining()) {
      tail = ByteBuffer.allocate(rest.remaining()).put(rest).flip();
    }
  }

  /** Hands on what tables name of some clusters that have come, and keeps what none does. */
  private void handNamed(ByteBuffer clusters, long start, boolean mayBeNamedLater)
      throws IOException {
    long end = start + clusters.remaining();
    seen = Math.max(seen, start);
    while (arriving.next(end)) {
      long from = arriving.start();
      if (from > seen) {
        keep(clusters, start, seen, from, mayBeNamedLater);
        seen = from;
      }
      if (L2Entry.isCompressed(arriving.entry())) {
        int length = tables.compressedLength(arriving.entry());
        if (from + length > end) {
          // The others that start in these clusters wait behind it.
          seen = end;
          return;
        }
        decode(from, length, arriving.guestOffset());
        seen = Math.max(seen, from + length);
        arriving.advance();
      } else {
        int length = handRun(clusters, start, end);
        seen = Math.max(seen, from + length);
      }
    }
    keep(clusters, start, seen, end, mayBeNamedLater);
    seen = end;
  }

  /** Hands on clusters that follow each other on the disk too; how many bytes they have. */
  private int handRun(ByteBuffer clusters, long start, long end) throws IOException {
    long from = arriving.start();
    long guestOffset = arriving.guestOffset();
    long bitmap = arriving.bitmap();
    arriving.advance();
    int length = clusterSize;
    if (from < start) {
      throw new ImageException.Corrupt(
          image.file().name(),
          "guest offset " + guestOffset + ": its data at byte " + from + " lies across other data",
          "get a whole copy; 'qcow2-to-stdout check' tells all that is wrong");
    }
    int at = (int) (from - start);
    if (!plain.isWhole(bitmap)) {
      plain.hand(clusters.slice(at, length), from, guestOffset, bitmap);
      return length;
    }
    while (arriving.next(end)
        && arriving.start() == from + length
        && arriving.guestOffset() == guestOffset + length
        && !L2Entry.isCompressed(arriving.entry())
        && plain.isWhole(arriving.bitmap())) {
      arriving.advance();
      length += clusterSize;
    }
    plain.handRun(clusters.slice(at, length), from, guestOffset);
    return length;
  }

  /** Keeps the clusters that a range of the stream touches. */
  private void keep(ByteBuffer clusters, long start, long from, long to, boolean mayBeNamedLater) {
    if (mayBeNamedLater) {
      for (long at = from & -clusterSize; at < to; at += clusterSize) {
        cache.add(at >>> clusterBits, clusters.slice((int) (at - start), clusterSize));
      }
    }
  }

  private void decode(long from, int length, long guestOffset) throws IOException {
    if (decoding.isEmpty()) {
      decoding = Optional.of(new ClusterDecoding(image, this::decoded));
    }
    DecodingBatch batch = decoding.get().room(length, position);
    read(from, length, batch.data(), batch.end());
    batch.add(from, length, guestOffset);
  }

  /** Reads what has gone by; zeroes behind the end of the stream. */
  private void read(long from, int length, byte[] to, int index) throws IOException {
    int there = Math.clamp(position - from, 0, length);
    Arrays.fill(to, index + there, index + length, (byte) 0);
    if (window.isPresent() && window.get().reaches(from)) {
      window.get().get(from, to, index, there);
      return;
    }
    int done = 0;
    while (done < there) {
      ByteBuffer cluster = cached((from + done) >>> clusterBits);
      int in = (int) ((from + done) & (clusterSize - 1));
      int part = Math.min(there - done, clusterSize - in);
      cluster.get(in, to, index + done, part);
      done += part;
    }
  }

  private ByteBuffer cached(long cluster) throws ImageException {
    ByteBuffer found = cache.get(cluster);
    if (!found.hasRemaining()) {
      throw budget.tooSmall(image.file().name(), cluster << clusterBits, position);
    }
    return found;
  }

  @Override
  public void addTable(long offset, ByteBuffer table) throws IOException {
    long cluster = offset >>> clusterBits;
    int at = Arrays.binarySearch(places, cluster << Integer.SIZE);
    for (int i = at < 0 ? -at - 1 : at;
        i < places.length && places[i] >>> Integer.SIZE == cluster;
        i++) {
      addTable(places[i] & 0xffff_ffffL, offset);
    }
    disk.tableHasCome(offset + 1);
  }

  private void addTable(long l1Index, long offset) throws IOException {
    long first = Long.MAX_VALUE;
    for (int i = 0; i < tables.format().entries(); i++) {
      long entry = tables.entry(offset, i);
      if (entry != 0) {
        long guestOffset = tables.guestOffset(l1Index, i);
        long bitmap = tables.bitmap(offset, i);
        long data = tables.dataOffset(entry, bitmap, guestOffset);
        if (data >= position) {
          first = Math.min(first, data);
        } else if (data >= 0) {
          handKept(entry, bitmap, data, guestOffset);
        }
        if (data >= 0 && L2Entry.isCompressed(entry) && window.isEmpty()) {
          window = Optional.of(new ByteWindow(WINDOW, position));
        }
      }
    }
    if (first != Long.MAX_VALUE) {
      arriving.add(l1Index, first);
    }
  }

  /** Hands on what came before its table. */
  private void handKept(long entry, long bitmap, long data, long guestOffset) throws IOException {
    if (!L2Entry.isCompressed(entry)) {
      plain.hand(cached(data >>> clusterBits), data, guestOffset, bitmap);
      return;
    }
    // What goes on behind its table has a table in it, as a check says too.
    decode(data, tables.compressedLength(entry), guestOffset);
  }

  @Override
  public Optional<DecodedClusters> finish() throws IOException {
    while (arriving.next(Long.MAX_VALUE)) {
      long from = arriving.start();
      if (L2Entry.isCompressed(arriving.entry())) {
        int length = tables.compressedLength(arriving.entry());
        if (from + KeptTables.leastLength(length) <= position) {
          decode(from, length, arriving.guestOffset());
        }
      } else if (from == position - tail.remaining()) {
        plain.hand(tail, from, arriving.guestOffset(), arriving.bitmap());
      }
      arriving.advance();
    }
    if (decoding.isPresent()) {
      decoding.get().finish();
    }
    disk.finish();
    return Optional.empty();
  }

  @Override
  public void close() {
    decoding.ifPresent(ClusterDecoding::close);
  }
}
