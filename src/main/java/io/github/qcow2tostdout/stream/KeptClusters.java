package io.github.qcow2tostdout.stream;

import io.github.qcow2tostdout.image.BoundedFile;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Clusters of a stream that were kept, to be read as if they were in a file. They come in the order
 * of the stream, and lie here in pages of successive clusters, coded.
 */
final class KeptClusters implements BoundedFile.Bytes {
  /** A page has at least so many bytes of clusters, if they follow each other. */
  private static final int PAGE = 16 << 10;

  /** What a page takes beside its code: the head of an array, and its places in three others. */
  private static final int PAGE_OVERHEAD = 16 + 8 + 4 + 4;

  /** What the clusters are, by which they are coded. */
  enum Kind {
    /** Tables of offsets: each is a cluster further than the one before. */
    OFFSETS,
    REFCOUNTS,
    L2_TABLES
  }

  /** How one kind is coded, and the page of it that was decoded last. */
  private static final class Coding {
    private final TableCodec codec;
    private int page = -1;
    private ByteBuffer bytes = ByteBuffer.allocate(0);

    Coding(TableCodec codec) {
      this.codec = codec;
    }
  }

  private final int clusterBits;
  private final int pageClusters;
  private final long[] words;
  private final byte[] scratch;
  private final Coding offsets;
  private final Coding refcounts;
  private final Coding l2Tables;

  /** The first cluster of each page, ascending. */
  private long[] firstClusters = new long[16];

  /** The code of each page, with the number of its clusters in front. */
  private byte[][] pages = new byte[16][];

  private Kind[] kinds = new Kind[16];

  private int pageCount;
  private long codedBytes;

  private Kind openKind = Kind.OFFSETS;
  private long openCluster;
  private int openClusters;

  /**
   * Nothing is kept yet.
   *
   * @param clusterBits log2 of the cluster size
   * @param extendedL2 whether L2 entries have subcluster bitmaps
   * @param dataFile whether L2 entries are places in a file that is laid out as the disk is
   */
  KeptClusters(int clusterBits, boolean extendedL2, boolean dataFile) {
    this.clusterBits = clusterBits;
    int clusterSize = 1 << clusterBits;
    pageClusters = Math.max(1, PAGE >>> clusterBits);
    words = new long[(pageClusters << clusterBits) / Long.BYTES];
    scratch = new byte[1 + TableCodec.maxSize(words.length)];
    offsets = new Coding(new TableCodec(clusterSize, false, false));
    refcounts = new Coding(new TableCodec(0, false, false));
    l2Tables = new Coding(new TableCodec(clusterSize, extendedL2, dataFile));
  }

  private Coding coding(Kind kind) {
    return switch (kind) {
      case OFFSETS -> offsets;
      case REFCOUNTS -> refcounts;
      case L2_TABLES -> l2Tables;
    };
  }

  /** Bytes of memory that what is kept takes. */
  long size() {
    return codedBytes + (long) pageCount * PAGE_OVERHEAD;
  }

  /**
   * Keeps a cluster.
   *
   * @param cluster its index, higher than that of the one before
   * @param bytes all of it, big-endian
   */
  void add(long cluster, Kind kind, ByteBuffer bytes) {
    boolean fits =
        openClusters > 0
            && openClusters < pageClusters
            && kind == openKind
            && cluster == openCluster + openClusters;
    if (!fits) {
      closePage();
      openKind = kind;
      openCluster = cluster;
    }
    int perCluster = (1 << clusterBits) / Long.BYTES;
    bytes.asLongBuffer().get(words, openClusters * perCluster, perCluster);
    openClusters++;
  }

  private void closePage() {
    if (openClusters == 0) {
      return;
    }
    ByteBuffer out = ByteBuffer.wrap(scratch);
    out.put((byte) openClusters);
    coding(openKind).codec.encode(words, openClusters << clusterBits >>> 3, out);
    if (pageCount == pages.length) {
      pages = Arrays.copyOf(pages, pageCount + pageCount / 2);
      firstClusters = Arrays.copyOf(firstClusters, pages.length);
      kinds = Arrays.copyOf(kinds, pages.length);
    }
    pages[pageCount] = Arrays.copyOf(scratch, out.position());
    firstClusters[pageCount] = openCluster;
    kinds[pageCount] = openKind;
    codedBytes += out.position();
    pageCount++;
    openClusters = 0;
  }

  /** Whether a cluster is kept. */
  boolean contains(long cluster) {
    if (cluster >= openCluster && cluster < openCluster + openClusters) {
      return true;
    }
    int page = page(cluster);
    return page >= 0 && cluster < firstClusters[page] + clusters(page);
  }

  /** The last page that starts at a cluster or before it; -1 if there is none. */
  private int page(long cluster) {
    int found = Arrays.binarySearch(firstClusters, 0, pageCount, cluster);
    return found >= 0 ? found : -found - 2;
  }

  private int clusters(int page) {
    return pages[page][0];
  }

  @Override
  public int read(ByteBuffer to, long offset) {
    closePage();
    long cluster = offset >>> clusterBits;
    if (!contains(cluster)) {
      throw new IllegalStateException("byte " + offset + " of the stream was not kept");
    }
    int page = page(cluster);
    ByteBuffer bytes = decode(page);
    int at = (int) (offset - (firstClusters[page] << clusterBits));
    int length = Math.min(to.remaining(), bytes.limit() - at);
    to.put(bytes.slice(at, length));
    return length;
  }

  private ByteBuffer decode(int page) {
    Coding last = coding(kinds[page]);
    if (last.page != page) {
      if (last.page < 0) {
        last.bytes = ByteBuffer.allocate(words.length * Long.BYTES);
      }
      int size = clusters(page) << clusterBits;
      last.codec.decode(ByteBuffer.wrap(pages[page]).position(1), words, size / Long.BYTES);
      last.bytes.clear().limit(size);
      last.bytes.asLongBuffer().put(words, 0, size / Long.BYTES);
      last.page = page;
    }
    return last.bytes;
  }
}
