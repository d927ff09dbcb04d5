package io.github.qcow2tostdout.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.plan.LayoutPlan;
import io.github.qcow2tostdout.plan.Region;
import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.InProcess;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/**
 * Images of every cluster size and refcount width, of both versions and with data inside and
 * outside, at the sizes where something begins or ends: QEMU finds nothing wrong with them, reads
 * from them what the disk holds, and can go on writing them.
 */
class QemuMatrixIT {
  private static final String DISK = "disk.raw";

  /** Boundaries of refcounts that lie behind so many bytes of image are out of a test's reach. */
  private static final long MAX_COUNTED_IMAGE = 64L << 20;

  /** The same where data is outside, and the disk, nearly all of it a hole, has so many bytes. */
  private static final long MAX_COUNTED_DISK = 1L << 30;

  /** The same where they lie behind so many spots of data on the disk. */
  private static final long MAX_SPOTS = 1L << 15;

  /** QEMU reads the holes of a raw data file: a comparison of terabytes would take minutes. */
  private static final long MAX_RAW_DATA_FILE = 256L << 20;

  /** From here on the source asks the file system for holes. */
  private static final long LARGE = 64L << 20;

  enum Variant {
    V3(3, false, false, false),
    V2(2, false, false, false),
    LAZY_REFCOUNTS(3, true, false, false),
    DATA_FILE(3, false, true, false),
    RAW_DATA_FILE(3, false, true, true),
    EXTENDED_L2(3, false, false, false),
    EXTENDED_L2_DATA_FILE(3, false, true, false),
    EXTENDED_L2_RAW_DATA_FILE(3, false, true, true);

    private final int version;
    private final boolean lazy;
    private final boolean external;
    private final boolean raw;
    private final boolean extended;

    Variant(int version, boolean lazy, boolean external, boolean raw) {
      this.version = version;
      this.lazy = lazy;
      this.external = external;
      this.raw = raw;
      extended = name().startsWith("EXTENDED_L2");
    }

    boolean exists(int clusterBits, int refcountOrder) {
      // Refcounts know nothing of subclusters: one width will do.
      return extended
          ? clusterBits >= Limits.MIN_EXTENDED_L2_CLUSTER_BITS && refcountOrder == 4
          : version == 3 || refcountOrder == ImageOptions.V2_REFCOUNT_ORDER;
    }

    Geometry geometry(int clusterBits, int refcountOrder) {
      return new Geometry(clusterBits, refcountOrder, extended);
    }

    ImageOptions options(Geometry geometry, Path disk) {
      return new ImageOptions(
          geometry,
          version,
          lazy,
          external
              ? Optional.of(new ImageOptions.DataFile(disk.toString(), raw))
              : Optional.empty());
    }
  }

  /** An image to make; the words are the test's name. */
  record Row(
      Variant variant, Geometry geometry, String words, DiskRecipe disk, long refcountBlocks) {
    @Override
    public String toString() {
      return "%s, clusters of %d, %d-bit refcounts: %s"
          .formatted(variant, geometry.clusterSize(), 1 << geometry.refcountOrder(), words);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("boundarySizes")
  @Execution(CONCURRENT)
  void imageIsCleanAndIdentical(Row row, @TempDir Path directory) throws Exception {
    named(row, () -> convertAndVerify(row, directory));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refcountBoundaries")
  @Execution(CONCURRENT)
  void refcountsReachExactlyAsFarAsTheImage(Row row, @TempDir Path directory) throws Exception {
    named(
        row,
        () -> {
          LayoutPlan plan = convertAndVerify(row, directory);
          assertEquals(
              row.refcountBlocks(),
              plan.region(Region.Kind.REFCOUNT_BLOCKS).size() / row.geometry().clusterSize());
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("writable")
  @Execution(CONCURRENT)
  void imageStaysCleanWhenItIsWrittenDiscardedAndResized(Row row, @TempDir Path directory)
      throws Exception {
    named(row, () -> writeDiscardAndResize(row, directory));
  }

  private static void writeDiscardAndResize(Row row, Path directory) throws Exception {
    Path image = directory.resolve("image.qcow2");
    convert(row, directory, image);
    // The oracle: a raw disk to which the same is done.
    Path model = row.disk().make(directory.resolve("model.raw"));
    long cluster = row.geometry().clusterSize();
    long size = sectors(row.disk().size());
    setSize(model, size);

    if (size > 0) {
      long last = (size - 1) / cluster * cluster;
      new Session(model)
          .write(0x11, 0, 512)
          .write(0x22, size - 512, 512)
          .write(0x33, sectors(size / 2), Math.min(size - sectors(size / 2), cluster))
          .run(image);
      Qemu.assertClean(image);
      new Session(model)
          .discard(0, Math.min(cluster, size))
          .discard(last, size - last)
          .write(0x44, last, 512)
          .run(image);
      Qemu.assertClean(image);
    }

    // As far as needs another L2 table where that is not too far.
    long larger = size + Math.min(cluster * row.geometry().l2Entries(), 32 << 20) + 1536;
    Tool.QEMU_IMG.runWell("resize", "-q", "-f", "qcow2", image, larger);
    setSize(model, larger);
    Qemu.assertClean(image);
    new Session(model).write(0x55, larger - 1024, 1024).write(0x66, size, 512).run(image);
    Qemu.assertClean(image);
    Qemu.assertIdentical(model, image);

    // QEMU shrinks to nothing at all no more than it creates that.
    long smaller = Math.max(512, sectors(size / 2));
    Tool.QEMU_IMG.runWell("resize", "-q", "--shrink", "-f", "qcow2", image, smaller);
    setSize(model, smaller);
    Qemu.assertClean(image);
    Qemu.assertIdentical(model, image);
  }

  private static long sectors(long size) {
    return ceilDiv(size, 512) * 512;
  }

  /** Commands for QEMU, each read back at once, and the same done to a raw disk. */
  private static final class Session {
    private final Path model;
    private final List<String> commands = new ArrayList<>();

    Session(Path model) {
      this.model = model;
    }

    Session write(int pattern, long offset, long length) throws IOException {
      if (length > 0) {
        commands.add("write -P %d %d %d".formatted(pattern, offset, length));
        commands.add("read -P %d %d %d".formatted(pattern, offset, length));
        fill(offset, length, pattern);
      }
      return this;
    }

    Session discard(long offset, long length) throws IOException {
      commands.add("discard %d %d".formatted(offset, length));
      commands.add("read -P 0 %d %d".formatted(offset, length));
      fill(offset, length, 0);
      return this;
    }

    void run(Path image) throws IOException, InterruptedException {
      Qemu.io(image, commands);
    }

    private void fill(long offset, long length, int value) throws IOException {
      byte[] bytes = new byte[Math.toIntExact(length)];
      Arrays.fill(bytes, (byte) value);
      try (RandomAccessFile file = new RandomAccessFile(model.toFile(), "rw")) {
        file.seek(offset);
        file.write(bytes);
      }
    }
  }

  /** Names the row in the error too: Maven's report of a failure has its number only. */
  private static void named(Row row, Executable test) throws Exception {
    try {
      test.execute();
    } catch (TestAbortedException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(row + ": " + e.getMessage(), e);
    }
  }

  private static LayoutPlan convertAndVerify(Row row, Path directory) throws Exception {
    Path image = directory.resolve("image.qcow2");
    LayoutPlan plan = convert(row, directory, image);
    assertEquals(plan.imageSize(), Files.size(image));
    assertEquals(plan.imageSize(), Qemu.assertClean(image));
    Qemu.assertIdentical(directory.resolve(DISK), image);
    return plan;
  }

  private static LayoutPlan convert(Row row, Path directory, Path image) throws Exception {
    // Asked for first: a tool that is missing is to skip the test before the work.
    Tool.QEMU_IMG.path();
    Tool.QEMU_IO.path();
    Path disk = row.disk().make(directory.resolve(DISK));
    return InProcess.convert(disk, row.variant().options(row.geometry(), disk), image);
  }

  private static void setSize(Path model, long size) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(model.toFile(), "rw")) {
      file.setLength(size);
    }
  }

  static Stream<Row> boundarySizes() {
    return combinations(QemuMatrixIT::boundarySizes);
  }

  static Stream<Row> refcountBoundaries() {
    return combinations(QemuMatrixIT::refcountBoundaries);
  }

  static Stream<Row> writable() {
    return combinations(QemuMatrixIT::writable);
  }

  @FunctionalInterface
  private interface Rows {
    List<Row> of(Variant variant, Geometry geometry);
  }

  /** All variants, cluster sizes and refcount widths that go together. */
  private static Stream<Row> combinations(Rows rows) {
    return Stream.of(Variant.values())
        .flatMap(variant ->
            IntStream.rangeClosed(Limits.MIN_CLUSTER_BITS, Limits.MAX_CLUSTER_BITS)
                .boxed()
                .flatMap(bits ->
                    IntStream.rangeClosed(0, Limits.MAX_REFCOUNT_ORDER)
                        .filter(order -> variant.exists(bits, order))
                        .mapToObj(order -> variant.geometry(bits, order))
                        .flatMap(geometry -> rows.of(variant, geometry).stream())));
  }

  private static List<Row> boundarySizes(Variant variant, Geometry geometry) {
    long cluster = geometry.clusterSize();
    // What one L2 table reaches: 512 GiB at the largest clusters, nearly all of it a hole.
    long span = cluster * geometry.l2Entries();
    List<Row> rows = new ArrayList<>();
    for (long size : new long[] {1, 511, 512, 513}) {
      rows.add(row(variant, geometry, size + " bytes", DiskRecipe.hole(size).data(0, size)));
    }
    rows.add(row(variant, geometry, "0 bytes", DiskRecipe.hole(0)));
    rows.add(row(variant, geometry, "a hole of 513 bytes", DiskRecipe.hole(513)));
    for (int more = -1; more <= 1; more++) {
      long size = cluster + more;
      rows.add(
          row(
              variant,
              geometry,
              "a cluster %+d".formatted(more),
              DiskRecipe.hole(size).data(0, 1).data(size - 1, 1)));
      rows.add(
          row(
              variant,
              geometry,
              "the reach of an L2 table %+d".formatted(more),
              DiskRecipe.hole(span + more).data(span + more - 1, 1)));
    }
    rows.add(
        row(
            variant,
            geometry,
            "the last cluster of an L2 table and the first of the next",
            DiskRecipe.hole(span + cluster).data(span - 1, 2)));
    rows.add(
        row(
            variant,
            geometry,
            "a table, none and a table",
            DiskRecipe.hole(3 * span).data(cluster, cluster).data(2 * span, 1)));
    rows.add(
        row(
            variant,
            geometry,
            "data only in the last partial cluster",
            DiskRecipe.hole(5 * cluster + 100).data(5 * cluster + 99, 1)));
    rows.add(
        row(
            variant,
            geometry,
            "written zeroes",
            DiskRecipe.hole(4 * cluster).zeroes(0, 3 * cluster)));
    // Extents are kept by blocks of 4 KiB: below 16 KiB the two are one to the file system.
    rows.add(
        row(
            variant,
            geometry,
            "two extents in one cluster, neither at its start",
            DiskRecipe.hole(LARGE + cluster)
                .data(3 * cluster + cluster / 4, 1)
                .data(4 * cluster - 1, 1)));
    rows.add(
        row(
            variant,
            geometry,
            "an extent over the border of two clusters",
            DiskRecipe.hole(LARGE + cluster).data(LARGE - 1, 2)));
    rows.removeIf(row -> variant.raw && row.disk().size() > MAX_RAW_DATA_FILE);
    return rows;
  }

  /**
   * Full disks of which the image is one cluster short of a refcount block, or of a cluster of the
   * refcount table, fills it, or needs the next. Where that would be too much (2 MiB clusters with
   * refcounts of one bit: 32 TiB of image), there is no such row.
   */
  private static List<Row> refcountBoundaries(Variant variant, Geometry geometry) {
    List<Row> rows = new ArrayList<>();
    if (variant.lazy) {
      // A bit in the header, and all else as without.
      return rows;
    }
    long cluster = geometry.clusterSize();
    long blocksOfATableCluster = geometry.tableEntries();
    for (long blocks : new long[] {1, 2, blocksOfATableCluster}) {
      long limit =
          variant.raw ? MAX_RAW_DATA_FILE : variant.external ? MAX_COUNTED_DISK : MAX_COUNTED_IMAGE;
      long most =
          largest(
              limit / cluster,
              guestClusters -> imageClusters(variant, geometry, guestClusters, blocks) >= 0);
      boolean tooFar = most == limit / cluster;
      for (long guestClusters = most - 1; guestClusters <= most + 1 && !tooFar; guestClusters++) {
        long size = guestClusters * cluster;
        DiskRecipe disk = DiskRecipe.hole(size);
        long step = variant.external ? cluster * geometry.l2Entries() : cluster;
        if (step < 4096) {
          disk = disk.data(0, size);
        } else if (size / step > MAX_SPOTS) {
          continue;
        } else if (!variant.raw) {
          disk = disk.dataEvery(step);
        }
        rows.add(
            new Row(
                variant,
                geometry,
                "%d clusters are %+d at the end of %d refcount blocks"
                    .formatted(guestClusters, guestClusters - most, blocks),
                disk,
                guestClusters <= most ? blocks : blocks + 1));
      }
    }
    return rows;
  }

  /** The clusters of the image of a full disk, or -1 if refcount blocks do not suffice for them. */
  private static long imageClusters(
      Variant variant, Geometry geometry, long guestClusters, long blocks) {
    long l2Tables = ceilDiv(guestClusters, geometry.l2Entries());
    long l1Table = ceilDiv(l2Tables * 8, geometry.clusterSize());
    long table = ceilDiv(blocks * 8, geometry.clusterSize());
    long data = variant.external ? 0 : guestClusters;
    long all = 1 + table + blocks + l1Table + l2Tables + data;
    long refcounts = blocks * geometry.clusterSize() * 8 / (1 << geometry.refcountOrder());
    return all <= refcounts ? all : -1;
  }

  private static long ceilDiv(long a, long b) {
    return (a + b - 1) / b;
  }

  /** The largest number up to a limit for which something holds that holds for all below it. */
  private static long largest(long limit, LongPredicate holds) {
    long low = 0;
    long high = limit;
    while (low < high) {
      long middle = low + (high - low + 1) / 2;
      if (holds.test(middle)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private static List<Row> writable(Variant variant, Geometry geometry) {
    long cluster = geometry.clusterSize();
    long span = cluster * geometry.l2Entries();
    List<Row> rows = new ArrayList<>();
    rows.add(
        row(
            variant,
            geometry,
            "a few clusters and a part",
            DiskRecipe.hole(5 * cluster + 513).data(cluster, 1).data(3 * cluster - 1, 2)));
    if (variant.lazy) {
      return rows;
    }
    rows.add(row(variant, geometry, "0 bytes", DiskRecipe.hole(0)));
    rows.add(
        row(variant, geometry, "all allocated", DiskRecipe.hole(3 * cluster).data(0, 3 * cluster)));
    rows.add(
        row(
            variant,
            geometry,
            "the reach of an L2 table",
            DiskRecipe.hole(span).data(span - 1, 1)));
    rows.removeIf(row -> variant.raw && row.disk().size() > MAX_RAW_DATA_FILE);
    return rows;
  }

  private static Row row(Variant variant, Geometry geometry, String words, DiskRecipe disk) {
    return new Row(variant, geometry, words, disk, 0);
  }
}
