package io.github.qcow2tostdout.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class Qcow2ConversionTest {
  private static final long SIZE = (5L << 20) + 1000;

  @TempDir Path directory;
  private Path raw;

  @BeforeEach
  void makeDisk() throws IOException {
    raw =
        DiskRecipe.hole(SIZE)
            .data(0, 70_000)
            .zeroes(1 << 20, 1 << 20)
            .data(3_000_000, 600_000)
            .data(SIZE - 10, 10)
            .make(directory.resolve("disk.raw"));
  }

  /** A conversion, and what says the same to the program. */
  record Case(Qcow2Conversion.Builder builder, String... arguments) {
    @Override
    public String toString() {
      return String.join(" ", arguments);
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    cases.add(new Case(Qcow2Conversion.builder()));
    for (int bits = 9; bits <= 21; bits += 3) {
      cases.add(new Case(Qcow2Conversion.builder().clusterSize(1 << bits), "-c", "" + (1 << bits)));
    }
    for (int bits = 1; bits <= 64; bits *= 4) {
      cases.add(new Case(Qcow2Conversion.builder().refcountBits(bits), "-r", "" + bits));
    }
    cases.add(new Case(Qcow2Conversion.builder().version(2), "-v", "2"));
    cases.add(new Case(Qcow2Conversion.builder().extendedL2(true), "-o", "extended_l2=on"));
    cases.add(new Case(Qcow2Conversion.builder().lazyRefcounts(true), "-o", "lazy_refcounts=on"));
    cases.add(new Case(Qcow2Conversion.builder().zeroClusters(true), "--zero-clusters"));
    cases.add(new Case(Qcow2Conversion.builder().verify(true), "--verify"));
    cases.add(
        new Case(
            Qcow2Conversion.builder().dataFile("data", false), "-d", "--data-file-name", "data"));
    cases.add(
        new Case(
            Qcow2Conversion.builder().dataFile("data", true), "-R", "--data-file-name", "data"));
    cases.add(new Case(Qcow2Conversion.builder().compression(Compression.zlib()), "-z"));
    cases.add(
        new Case(
            Qcow2Conversion.builder().compression(Compression.zlib().withLevel(6).withThreads(1)),
            "-z",
            "--level",
            "6"));
    cases.add(
        new Case(
            Qcow2Conversion.builder().compression(Compression.zlib()).cacheBytes(0).verify(true),
            "-z",
            "--verify"));
    if (CompressionMethod.ZSTD.isAvailable()) {
      cases.add(new Case(Qcow2Conversion.builder().compression(Compression.zstd()), "-z=zstd"));
    }
    return cases;
  }

  private byte[] byProgram(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add(raw.toString());
    return Program.output(all.toArray(String[]::new));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theImageIsThatOfTheProgram(Case example) throws Exception {
    byte[] expected = byProgram(example.arguments());
    try (Disk disk = Disk.open(raw);
        PlannedImage image = example.builder().build().plan(disk)) {
      assertEquals(expected.length, image.size());
      assertArrayEquals(expected, ApiDisks.bytes(image));
      for (long from = 0; from < image.size(); from += image.size() / 3 + 1) {
        long to = Math.min(image.size(), from + 100_001);
        assertArrayEquals(
            Arrays.copyOfRange(expected, (int) from, (int) to), ApiDisks.bytes(image, from, to));
      }
    }
  }

  /** A disk that reads a little at a time. */
  private record SlowDisk(Disk disk) implements Disk {
    @Override
    public long size() {
      return disk.size();
    }

    @Override
    public int read(ByteBuffer to, long offset) throws IOException {
      int limit = to.limit();
      to.limit(Math.min(limit, to.position() + 777));
      try {
        return disk.read(to, offset);
      } finally {
        to.limit(limit);
      }
    }

    @Override
    public long nextData(long offset) throws IOException {
      return disk.nextData(offset);
    }

    @Override
    public long nextHole(long offset) throws IOException {
      return disk.nextHole(offset);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aDiskOfOnesOwnGivesTheSameImage(Case example) throws Exception {
    byte[] expected = byProgram(example.arguments());
    try (Disk disk = Disk.open(raw);
        PlannedImage image = example.builder().build().plan(new SlowDisk(disk))) {
      assertArrayEquals(expected, ApiDisks.bytes(image));
    }
  }

  @Test
  void aChannelIsADisk() throws Exception {
    byte[] expected = byProgram();
    try (Disk file = Disk.of(FileChannel.open(raw));
        Disk bytes = Disk.of(Disk.open(raw).channel());
        PlannedImage one = Qcow2Conversion.defaults().plan(file);
        PlannedImage other = Qcow2Conversion.defaults().plan(bytes)) {
      assertArrayEquals(expected, ApiDisks.bytes(one));
      assertArrayEquals(expected, ApiDisks.bytes(other));
    }
  }

  @Test
  void aDeltaIsThatOfTheProgram() throws Exception {
    Path base = DiskRecipe.hole(SIZE).data(0, 70_000).make(directory.resolve("base.raw"));
    byte[] expected = byProgram("-B", base.toString(), "--backing-name", "base.raw");
    Qcow2Conversion conversion = Qcow2Conversion.builder().backingFile("base.raw", "raw").build();
    try (Disk disk = Disk.open(raw);
        Disk below = Disk.open(base);
        PlannedImage image = conversion.planDelta(disk, below, new Control())) {
      assertArrayEquals(expected, ApiDisks.bytes(image));
      assertThrows(IllegalStateException.class, () -> conversion.plan(disk));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void progressOnlyGrowsAndReachesItsEnd(boolean compressed) throws Exception {
    Map<Control.Phase, Long> done = new EnumMap<>(Control.Phase.class);
    Map<Control.Phase, Long> total = new EnumMap<>(Control.Phase.class);
    Control control =
        new Control((phase, now, all) -> {
          long before = done.getOrDefault(phase, 0L);
          assertTrue(
              now >= before || (now == 0 && before == all),
              () -> phase + " goes back from " + before + " to " + now);
          assertTrue(now <= all);
          assertEquals(all, total.getOrDefault(phase, all));
          done.put(phase, now);
          total.put(phase, all);
        });
    Qcow2Conversion.Builder builder = Qcow2Conversion.builder().verify(true);
    if (compressed) {
      builder.compression(Compression.zlib());
    }
    try (Disk disk = Disk.open(raw);
        PlannedImage image = builder.build().plan(disk, control);
        SeekableByteChannel out =
            Files.newByteChannel(
                directory.resolve("out"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      image.writeTo(out, control);
      assertEquals(image.size(), done.get(Control.Phase.WRITE));
    }
    assertEquals(total, done);
    assertEquals(compressed, done.containsKey(Control.Phase.COMPRESS));
  }

  private static WritableByteChannel nowhere() {
    return Channels.newChannel(OutputStream.nullOutputStream());
  }

  /** As many as there are of this process, but those that the test's own framework has. */
  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("pool-"))
        .count();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCAN", "COMPRESS", "WRITE"})
  void whatIsCancelledLeavesNoThreads(String phase) throws Exception {
    long before = threads();
    Control[] control = new Control[1];
    control[0] =
        new Control((now, done, total) -> {
          if (now.name().equals(phase)) {
            control[0].cancel();
          }
        });
    Qcow2Conversion conversion =
        Qcow2Conversion.builder()
            .clusterSize(512)
            .cacheBytes(0)
            .compression(Compression.zlib().withThreads(3))
            .build();
    try (Disk disk = Disk.open(raw)) {
      assertThrows(
          CancellationException.class,
          () -> {
            try (PlannedImage image = conversion.plan(disk, control[0])) {
              image.writeTo(nowhere(), control[0]);
            }
          });
      assertTrue(control[0].isCancelled());
      // A pool has ended a moment before its last thread has.
      assertTimeoutPreemptively(
          Duration.ofSeconds(30),
          () -> {
            while (threads() > before) {
              Thread.onSpinWait();
            }
          });
      try (PlannedImage image = conversion.plan(disk)) {
        assertArrayEquals(
            byProgram("-z", "-c", "512"), ApiDisks.bytes(image), "the disk can still be read");
      }
    }
  }

  @Test
  void anInterruptCancels() throws Exception {
    try (Disk disk = Disk.open(raw)) {
      Thread.currentThread().interrupt();
      assertThrows(CancellationException.class, () -> Qcow2Conversion.defaults().plan(disk));
      assertTrue(Thread.interrupted());
      try (PlannedImage image = Qcow2Conversion.defaults().plan(disk)) {
        Control control = new Control((phase, done, total) -> Thread.currentThread().interrupt());
        assertThrows(CancellationException.class, () -> image.writeTo(nowhere(), control));
        assertTrue(Thread.interrupted());
      }
    }
  }

  /** The file of the disk is closed by it, and what is read next has another error. */
  @Test
  void anInterruptInsideOfTheWorkCancelsIt() throws Exception {
    WritableByteChannel interrupting =
        new WritableByteChannel() {
          @Override
          public int write(ByteBuffer bytes) {
            int count = bytes.remaining();
            bytes.position(bytes.limit());
            Thread.currentThread().interrupt();
            return count;
          }

          @Override
          public boolean isOpen() {
            return true;
          }

          @Override
          public void close() {}
        };
    for (Qcow2Conversion conversion :
        List.of(
            Qcow2Conversion.defaults(),
            Qcow2Conversion.builder().compression(Compression.zlib()).cacheBytes(0).build())) {
      try (Disk disk = Disk.open(raw);
          PlannedImage image = conversion.plan(disk)) {
        assertThrows(CancellationException.class, () -> image.writeTo(interrupting));
        assertTrue(Thread.interrupted());
      }
    }
  }

  @Test
  void theErrorOfAChannelIsItsOwn() throws Exception {
    IOException own = new IOException("full");
    var channel =
        new WritableByteChannel() {
          @Override
          public int write(ByteBuffer bytes) throws IOException {
            throw own;
          }

          @Override
          public boolean isOpen() {
            return true;
          }

          @Override
          public void close() {}
        };
    try (Disk disk = Disk.open(raw);
        PlannedImage image = Qcow2Conversion.defaults().plan(disk)) {
      assertSame(own, assertThrows(IOException.class, () -> image.writeTo(channel)));
    }
  }

  @Test
  void aDiskThatWasWrittenIsSaid() throws Exception {
    try (Disk disk = Disk.open(raw);
        PlannedImage image = Qcow2Conversion.defaults().plan(disk)) {
      try (FileChannel writer = FileChannel.open(raw, StandardOpenOption.APPEND)) {
        writer.write(ByteBuffer.allocate(1));
      }
      Qcow2Exception changed = assertThrows(Qcow2Exception.class, () -> ApiDisks.bytes(image));
      assertEquals(Qcow2Exception.Reason.CHANGED, changed.reason());
      assertTrue(changed.getMessage().startsWith(raw + ": "), changed.getMessage());
    }
  }

  @Test
  void whatContradictsItselfIsRefused() {
    for (Qcow2Conversion.Builder wrong :
        List.of(
            Qcow2Conversion.builder().version(2).refcountBits(1),
            Qcow2Conversion.builder().version(4),
            Qcow2Conversion.builder().version(2).zeroClusters(true),
            Qcow2Conversion.builder().version(2).compression(Compression.zstd()),
            Qcow2Conversion.builder().extendedL2(true).clusterSize(512),
            Qcow2Conversion.builder().dataFile("x", true).zeroClusters(true),
            Qcow2Conversion.builder().dataFile("x", false).verify(true),
            Qcow2Conversion.builder().dataFile("x", false).compression(Compression.zlib()))) {
      assertThrows(IllegalArgumentException.class, wrong::build);
    }
    assertThrows(IllegalArgumentException.class, () -> Qcow2Conversion.builder().clusterSize(1000));
    assertThrows(
        IllegalArgumentException.class, () -> Qcow2Conversion.builder().clusterSize(4 << 20));
    assertThrows(IllegalArgumentException.class, () -> Qcow2Conversion.builder().refcountBits(0));
    assertThrows(IllegalArgumentException.class, () -> Compression.zlib().withLevel(13));
    assertThrows(IllegalArgumentException.class, () -> Compression.zlib().withThreads(0));
  }

  @Test
  void aRangeOutsideIsRefused() throws Exception {
    try (Disk disk = Disk.open(raw);
        PlannedImage image = Qcow2Conversion.defaults().plan(disk)) {
      assertThrows(
          IndexOutOfBoundsException.class, () -> ApiDisks.bytes(image, 0, image.size() + 1));
      assertArrayEquals(new byte[0], ApiDisks.bytes(image, 5, 5));
    }
  }

  /** What a disk says wrongly of itself is a bug of its maker's, and is said as one. */
  @Test
  void aDiskThatContradictsItselfIsRefused() throws Exception {
    record Lying(long size, int read, long data) implements Disk {
      @Override
      public int read(ByteBuffer to, long offset) {
        return read;
      }

      @Override
      public long nextData(long offset) {
        return data;
      }
    }

    for (Disk disk :
        List.of(new Lying(5000, 0, 0), new Lying(5000, 9, 0), new Lying(5000, 0, 9000))) {
      assertThrows(IllegalStateException.class, () -> Qcow2Conversion.defaults().plan(disk));
    }
    assertThrows(
        IllegalArgumentException.class, () -> Qcow2Conversion.defaults().plan(new Lying(-1, 0, 0)));
    assertThrows(
        Qcow2Exception.class, () -> Qcow2Conversion.defaults().plan(new Lying(5000, -1, 0)));
  }

  @Test
  void severalThreadsWriteSeveralImages() throws Exception {
    Qcow2Conversion plain = Qcow2Conversion.defaults();
    Qcow2Conversion compressed =
        Qcow2Conversion.builder().compression(Compression.zlib().withThreads(2)).build();
    byte[] expectedPlain = byProgram();
    byte[] expectedCompressed = byProgram("-z");
    try (Disk disk = Disk.open(raw);
        PlannedImage one = plain.plan(disk);
        PlannedImage other = compressed.plan(disk);
        ExecutorService executor = Executors.newFixedThreadPool(4)) {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int part = 0; part < 8; part++) {
        tasks.add(() -> hasPart(one, expectedPlain, tasks.size()));
        tasks.add(() -> hasPart(other, expectedCompressed, tasks.size() / 2));
        tasks.add(() -> {
          try (Disk own = Disk.open(raw);
              PlannedImage image = compressed.plan(own)) {
            return Arrays.equals(expectedCompressed, ApiDisks.bytes(image));
          }
        });
      }
      for (Future<Boolean> task : executor.invokeAll(tasks)) {
        assertTrue(task.get());
      }
      assertFalse(Thread.interrupted());
    }
  }

  private static boolean hasPart(PlannedImage image, byte[] all, int divisor) throws IOException {
    int from = all.length / divisor;
    int to = all.length - from / 2;
    return Arrays.equals(Arrays.copyOfRange(all, from, to), ApiDisks.bytes(image, from, to));
  }
}
