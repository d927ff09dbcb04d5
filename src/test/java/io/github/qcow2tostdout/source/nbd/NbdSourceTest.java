package io.github.qcow2tostdout.source.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.testing.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from servers that are honest, each in its own way. */
@Timeout(60)
class NbdSourceTest {
  @TempDir Path directory;

  private static byte[] randomDisk(int size) {
    byte[] disk = new byte[size];
    new Random(size).nextBytes(disk);
    return disk;
  }

  /** What an honest server may do differently. */
  interface Habit {
    FakeNbdServer server(Path directory, byte[] disk) throws IOException;
  }

  static Stream<Arguments> habits() {
    return Stream.of(
        habit("plain", FakeNbdServer::new),
        habit("simple replies", (directory, disk) -> new SimpleServer(directory, disk)),
        habit("export name only, with zeroes", (directory, disk) -> new OldServer(directory, disk)),
        habit("scattered chunks", (directory, disk) -> new ScatteringServer(directory, disk)),
        habit("replies out of order", (directory, disk) -> new LateServer(directory, disk)),
        habit("blocks of 4096", (directory, disk) -> new BlockServer(directory, disk, 4096, 65536)),
        habit("blocks of 64K", (directory, disk) -> new BlockServer(directory, disk, 65536, 65536)),
        habit("one chunk", (directory, disk) -> new OneChunkServer(directory, disk, 1 << 25)),
        habit("one small chunk", (directory, disk) -> new OneChunkServer(directory, disk, 1 << 16)),
        habit("no limit", (directory, disk) -> new BlockServer(directory, disk, 1, 0xffffffffL)),
        habit("odd limit", (directory, disk) -> new BlockServer(directory, disk, 512, 70000)));
  }

  private static Arguments habit(String name, Habit habit) {
    return Arguments.of(name, habit);
  }

  private static final class SimpleServer extends FakeNbdServer {
    SimpleServer(Path directory, byte[] disk) throws IOException {
      super(directory, disk);
    }

    @Override
    boolean option(int option, byte[] data, DataOutputStream out) throws IOException {
      if (option == 8) {
        reply(out, option, 1 << 31 | 1, "what?".getBytes(UTF_8));
        return false;
      }
      return super.option(option, data, out);
    }
  }

  private static final class OldServer extends FakeNbdServer {
    OldServer(Path directory, byte[] disk) throws IOException {
      super(directory, disk);
    }

    @Override
    void greet(DataOutputStream out) throws IOException {
      out.writeLong(0x4e42444d41474943L);
      out.writeLong(0x49484156454F5054L);
      out.writeShort(1);
    }

    @Override
    boolean option(int option, byte[] data, DataOutputStream out) throws IOException {
      if (option != 1) {
        reply(out, option, 1 << 31 | 1, new byte[0]);
        return false;
      }
      assertEquals("an export/x", new String(data, UTF_8));
      boolean transmission = super.option(option, data, out);
      out.write(new byte[124]);
      return transmission;
    }
  }

  /** Cuts replies into chunks, in any order; what is zero by chance is a hole. */
  private static final class ScatteringServer extends FakeNbdServer {
    private final Random random = Seeds.random(NbdSourceTest.class);

    ScatteringServer(Path directory, byte[] disk) throws IOException {
      super(directory, disk);
    }

    @Override
    void read(Request request, DataOutputStream out) throws IOException {
      List<long[]> chunks = new ArrayList<>();
      long end = request.offset() + request.length();
      for (long at = request.offset(); at < end; ) {
        long to = Math.min(end, at + 1 + random.nextInt(20000));
        chunks.add(new long[] {at, to});
        at = to;
      }
      Collections.shuffle(chunks, random);
      for (long[] chunk : chunks) {
        byte[] bytes = Arrays.copyOfRange(disk, (int) chunk[0], (int) chunk[1]);
        boolean zero = Arrays.equals(bytes, new byte[bytes.length]);
        chunk(
            out,
            0,
            zero ? HOLE : DATA,
            request.cookie(),
            zero ? hole(chunk[0], bytes.length) : data(chunk[0], bytes.length));
      }
      chunk(out, DONE, NONE, request.cookie(), new byte[0]);
    }
  }

  /** Sends one chunk where it is asked to, if it is not too long. */
  private static final class OneChunkServer extends FakeNbdServer {
    private final int longest;

    OneChunkServer(Path directory, byte[] disk, int longest) throws IOException {
      super(directory, disk);
      this.longest = longest;
    }

    @Override
    int exportFlags() {
      return super.exportFlags() | CAN_ONE_CHUNK;
    }

    @Override
    void read(Request request, DataOutputStream out) throws IOException {
      if (request.length() > longest && request.flags() == ONE_CHUNK) {
        chunk(out, DONE, ERROR, request.cookie(), error(EOVERFLOW, "too long"));
      } else {
        super.read(request, out);
      }
    }

    /** The flags of the reads it was asked for. */
    List<Integer> flags() {
      return requests(READ).stream().map(Request::flags).toList();
    }
  }

  /** Takes its time for each request, another each time, while others overtake. */
  private static final class LateServer extends FakeNbdServer {
    private final Random random = Seeds.random(NbdSourceTest.class);

    LateServer(Path directory, byte[] disk) throws IOException {
      super(directory, disk);
    }

    @Override
    void read(Request request, DataOutputStream out) {
      int delay = random.nextInt(3);
      Thread.ofVirtual()
          .start(() -> {
            try {
              Thread.sleep(delay);
              synchronized (out) {
                super.read(request, out);
              }
            } catch (IOException | InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
    }
  }

  /** Insists on what it has said of sizes. */
  private static class BlockServer extends FakeNbdServer {
    private final int minimum;
    private final long maximum;

    BlockServer(Path directory, byte[] disk, int minimum, long maximum) throws IOException {
      super(directory, disk);
      this.minimum = minimum;
      this.maximum = maximum;
    }

    @Override
    void info(DataOutputStream out) throws IOException {
      super.info(out);
      reply(
          out,
          7,
          3,
          bytes(to -> {
            to.writeShort(3);
            to.writeInt(minimum);
            to.writeInt(Math.max(512, minimum));
            to.writeInt((int) maximum);
          }));
      // Of a kind that is not known.
      reply(out, 7, 3, new byte[] {0, 99, 1, 2, 3});
    }

    @Override
    void read(Request request, DataOutputStream out) throws IOException {
      long end = request.offset() + request.length();
      if (request.offset() % minimum != 0
          || (end % minimum != 0 && end != disk.length)
          || request.length() > maximum) {
        throw new IllegalStateException(request + " with blocks of " + minimum);
      }
      super.read(request, out);
    }
  }

  @Tag("slow")
  @ParameterizedTest(name = "{0}")
  @MethodSource("habits")
  void bytesAreThoseOfTheExport(String name, Habit habit) throws Exception {
    byte[] disk = randomDisk(3 << 20);
    Arrays.fill(disk, 100_000, 400_000, (byte) 0);
    try (FakeNbdServer server = habit.server(directory, disk)) {
      try (NbdSource source = NbdSource.open(server.uri(), true)) {
        assertEquals(disk.length, source.size());
        assertEquals(server.uri().text(), source.name());
        Random random = Seeds.random(NbdSourceTest.class);
        for (int round = 0; round < 300; round++) {
          int offset = random.nextInt(disk.length + 10);
          int length = random.nextInt(1 << random.nextInt(21));
          if (random.nextBoolean()) {
            source.willNeed(random.nextInt(disk.length), random.nextInt(1 << 20));
          }
          assertReads(disk, source, offset, length);
        }
        assertArrayEquals(disk, transferred(source, 0, disk.length));
        assertArrayEquals(
            Arrays.copyOfRange(disk, 1234, 1_234_567), transferred(source, 1234, 1_233_333));
      }
      assertEquals(Optional.empty(), server.broken());
      assertEquals(1, server.requests(FakeNbdServer.DISCONNECT).size());
    }
  }

  private static void assertReads(byte[] disk, NbdSource source, int offset, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    int count = source.read(buffer, offset);
    int expected = Math.clamp(disk.length - offset, 0, length);
    assertEquals(expected, count);
    assertEquals(expected, buffer.position());
    assertArrayEquals(
        Arrays.copyOfRange(
            disk, Math.min(offset, disk.length), Math.min(offset, disk.length) + count),
        Arrays.copyOf(buffer.array(), count));
  }

  private static byte[] transferred(NbdSource source, long from, long count) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    WritableByteChannel channel = Channels.newChannel(bytes);
    for (long done = 0; done < count; ) {
      long more = source.transferTo(from + done, count - done, channel);
      assertTrue(more > 0 && more <= count - done);
      done += more;
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 511, 512, 513, 65_535, 65_536, 65_537, 262_145})
  void anySizeIsReadToItsEnd(int size) throws Exception {
    byte[] disk = randomDisk(size);
    for (int block : new int[] {1, 512, 65_536}) {
      try (FakeNbdServer server = new BlockServer(directory, disk, block, 1 << 25);
          NbdSource source = NbdSource.open(server.uri(), true)) {
        assertReads(disk, source, 0, size + 1);
        assertReads(disk, source, size, 1);
        source.willNeed(0, size + 5000);
        assertReads(disk, source, Math.max(0, size - 1), 2);
      }
    }
  }

  @Tag("slow")
  @Test
  void severalThreadsReadAtOnce() throws Exception {
    byte[] disk = randomDisk(4 << 20);
    try (FakeNbdServer server = new ScatteringServer(directory, disk);
        NbdSource source = NbdSource.open(server.uri(), true);
        ExecutorService pool = Executors.newFixedThreadPool(12)) {
      List<Future<?>> tasks = new ArrayList<>();
      for (int task = 0; task < 12; task++) {
        Random random = new Random(task);
        tasks.add(
            pool.submit(() -> {
              for (int round = 0; round < 100; round++) {
                int offset = random.nextInt(disk.length);
                source.willNeed(random.nextInt(disk.length), 300_000);
                assertReads(disk, source, offset, random.nextInt(300_000));
              }
              return null;
            }));
      }
      for (Future<?> task : tasks) {
        task.get();
      }
    }
  }

  /** What is said to be read soon is asked for before it is read, and once. */
  @Test
  void announcedReadsAreUnderWayTogether() throws Exception {
    byte[] disk = randomDisk(1 << 20);
    try (FakeNbdServer server = new FakeNbdServer(directory, disk);
        NbdSource source = NbdSource.open(server.uri(), true)) {
      for (int at = 0; at < disk.length; at += 65536) {
        source.willNeed(at, 4096);
      }
      assertReads(disk, source, 0, 4096);
      // All of them went out in one piece, and this server answers in their order.
      while (server.requests(FakeNbdServer.READ).size() < 16) {
        Thread.onSpinWait();
      }
      for (int at = 65536; at < disk.length; at += 65536) {
        assertReads(disk, source, at, 4096);
      }
      List<FakeNbdServer.Request> reads = server.requests(FakeNbdServer.READ);
      assertEquals(16, reads.size());
      assertTrue(reads.stream().allMatch(read -> read.length() == 4096));
    }
  }

  @Test
  void announcementsThatNobodyReadsAreNotInTheWay() throws Exception {
    byte[] disk = randomDisk(8 << 20);
    try (FakeNbdServer server = new FakeNbdServer(directory, disk);
        NbdSource source = NbdSource.open(server.uri(), true)) {
      for (int round = 0; round < 20; round++) {
        for (int at = 0; at < disk.length; at += 4096) {
          source.willNeed(at, 1000);
        }
        source.willNeed(0, disk.length);
        assertReads(disk, source, round * 10_000, 500_000);
        assertReads(disk, source, 7 << 20, 1 << 20);
      }
    }
  }

  @Test
  void oneChunkIsAskedForWhereThatCanBeHad() throws Exception {
    byte[] disk = randomDisk(1 << 20);
    try (OneChunkServer server = new OneChunkServer(directory, disk, 1 << 25);
        NbdSource source = NbdSource.open(server.uri(), true)) {
      assertReads(disk, source, 0, 1000);
      assertReads(disk, source, 500_000, 1000);
      assertEquals(List.of(FakeNbdServer.ONE_CHUNK, FakeNbdServer.ONE_CHUNK), server.flags());
    }
  }

  @Test
  void oneChunkIsGivenUpWhereItIsTooLong() throws Exception {
    byte[] disk = randomDisk(1 << 20);
    try (OneChunkServer server = new OneChunkServer(directory, disk, 1 << 16);
        NbdSource source = NbdSource.open(server.uri(), true)) {
      assertReads(disk, source, 0, 1 << 16);
      assertReads(disk, source, 200_000, 1 + (1 << 16));
      assertReads(disk, source, 500_000, 100);
      assertEquals(List.of(FakeNbdServer.ONE_CHUNK, FakeNbdServer.ONE_CHUNK, 0, 0), server.flags());
    }
  }

  // Where data is.

  /** Says what a test says, for the first request, and that all is data for others. */
  private static final class StatusServer extends FakeNbdServer {
    private final long size;
    private final long[][] descriptors;
    private int asked;

    StatusServer(Path directory, long size, long[]... descriptors) throws IOException {
      super(directory, new byte[0]);
      this.size = size;
      this.descriptors = descriptors;
    }

    @Override
    long size() {
      return size;
    }

    @Override
    void status(Request request, DataOutputStream out) throws IOException {
      if (asked < descriptors.length) {
        chunk(out, DONE, STATUS, request.cookie(), extents(descriptors[asked++]));
      } else {
        super.status(request, out);
      }
    }
  }

  private String extents(long size, long[]... descriptors) throws IOException {
    try (FakeNbdServer server = new StatusServer(directory, size, descriptors);
        NbdSource source = NbdSource.open(server.uri(), true)) {
      return shown(source.dataExtents());
    }
  }

  private static String shown(DataExtents extents) throws IOException {
    List<String> shown = new ArrayList<>();
    while (extents.next()) {
      shown.add(extents.from() + "-" + extents.to());
    }
    return String.join(" ", shown);
  }

  private static long[] says(long... descriptors) {
    return descriptors;
  }

  @Test
  void onlyWhatReadsAsZeroesIsNoData() throws Exception {
    assertEquals("0-100 200-400", extents(500, says(100, 0, 100, 2, 100, 1, 100, 0xfff0, 100, 3)));
  }

  @Test
  void shortRepliesAreFollowedUp() throws Exception {
    assertEquals("100-500", extents(500, says(100, 3), says(1, 0), says(399, 0)));
  }

  @Test
  void lastExtentMayReachFurtherThanWasAskedAndIsNotTrustedThere() throws Exception {
    assertEquals("0-100", extents(500, says(100, 0, 0xffff_ffffL, 3)));
  }

  @Test
  void equalNeighboursAreOneExtent() throws Exception {
    assertEquals("0-300", extents(400, says(100, 0, 100, 0), says(50, 0), says(50, 1, 100, 2)));
  }

  @Test
  void moreThan4GibIsAskedForInPieces() throws Exception {
    long piece = (1L << 32) - 65536;
    assertEquals(
        (piece - 10) + "-" + (piece + 20) + " " + (2 * piece) + "-" + (10L << 30),
        extents(
            10L << 30, says(piece - 10, 3, 10, 0), says(20, 0, piece - 20, 2), says(1L << 20, 0)));
  }

  @Test
  void emptyExportHasNoData() throws Exception {
    assertEquals("", extents(0));
  }

  @Test
  void allIsDataWhereTheServerIsNotAsked() throws Exception {
    byte[] disk = new byte[1000];
    try (FakeNbdServer server = new SimpleServer(directory, disk);
        NbdSource source = NbdSource.open(server.uri(), true)) {
      assertEquals("0-1000", shown(source.dataExtents()));
    }
    try (FakeNbdServer server = new StatusServer(directory, 1000, says(1000, 3));
        NbdSource source = NbdSource.open(server.uri(), false)) {
      assertEquals("0-1000", shown(source.dataExtents()));
      assertEquals(List.of(), server.requests(FakeNbdServer.BLOCK_STATUS));
    }
  }

  @Test
  void extentsThatEndInsideABlockAreAskedForInBlocks() throws Exception {
    try (FakeNbdServer server =
            new BlockServer(directory, new byte[5 * 4096 + 7], 4096, 1 << 20) {
              private int asked;

              @Override
              void status(Request request, DataOutputStream out) throws IOException {
                assertEquals(0, request.offset() % 4096);
                long[][] all = {says(100, 0), says(100, 0), says(4096, 3, 10, 0), says(9000, 3)};
                chunk(out, DONE, STATUS, request.cookie(), extents(all[Math.min(asked++, 3)]));
              }
            };
        NbdSource source = NbdSource.open(server.uri(), true)) {
      String shown = shown(source.dataExtents());
      // The first block is described twice without an end, so it is data.
      assertTrue(shown.startsWith("0-4096"), shown);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {22, 95})
  void serverThatCantSayAfterAllIsReadWhole(int error) throws Exception {
    try (FakeNbdServer server =
            new FakeNbdServer(directory, new byte[1000]) {
              @Override
              void status(Request request, DataOutputStream out) throws IOException {
                chunk(out, DONE, ERROR, request.cookie(), error(error, "no"));
              }
            };
        NbdSource source = NbdSource.open(server.uri(), true)) {
      assertEquals("0-1000", shown(source.dataExtents()));
    }
  }

  @Test
  void serverThatFailsToSayIsAnError() throws Exception {
    try (FakeNbdServer server =
            new FakeNbdServer(directory, new byte[1000]) {
              @Override
              void status(Request request, DataOutputStream out) throws IOException {
                chunk(out, DONE, ERROR, request.cookie(), error(EIO, "bad disk"));
              }
            };
        NbdSource source = NbdSource.open(server.uri(), true)) {
      FileSystemException e =
          assertThrows(FileSystemException.class, () -> shown(source.dataExtents()));
      assertEquals(server.uri().text(), e.getFile());
      assertTrue(e.getReason().contains("Input/output error (bad disk)"), e::getReason);
    }
  }

  // Errors of reads.

  /** Can't read one byte of its disk. */
  private static final class SickServer extends FakeNbdServer {
    private final long sick;
    private final boolean simple;

    SickServer(Path directory, byte[] disk, long sick, boolean simple) throws IOException {
      super(directory, disk);
      this.sick = sick;
      this.simple = simple;
    }

    @Override
    void read(Request request, DataOutputStream out) throws IOException {
      if (sick < request.offset() || sick >= request.offset() + request.length()) {
        super.read(request, out);
      } else if (simple) {
        out.writeInt(SIMPLE);
        out.writeInt(EIO);
        out.writeLong(request.cookie());
      } else {
        byte[] error = error(EIO, "it is gone");
        chunk(
            out,
            0,
            ERROR_OFFSET,
            request.cookie(),
            bytes(to -> {
              to.write(error);
              to.writeLong(sick);
            }));
        chunk(out, DONE, NONE, request.cookie(), new byte[0]);
      }
    }
  }

  @Test
  void serversErrorNamesExportOffsetAndMessage() throws Exception {
    byte[] disk = randomDisk(1 << 20);
    try (FakeNbdServer server = new SickServer(directory, disk, 300_000, false);
        NbdSource source = NbdSource.open(server.uri(), true)) {
      FileSystemException e =
          assertThrows(FileSystemException.class, () -> assertReads(disk, source, 0, disk.length));
      assertEquals(server.uri().text(), e.getFile());
      assertTrue(
          e.getReason()
              .startsWith(
                  "can't be read at byte 300000: the server says: Input/output error (it is gone)"),
          e::getReason);
      // The connection is as good as before.
      assertReads(disk, source, 500_000, 100_000);
      assertThrows(FileSystemException.class, () -> assertReads(disk, source, 299_999, 2));
      assertReads(disk, source, 0, 300_000);
    }
  }

  @Test
  void errorInSimpleReplyIsOne() throws Exception {
    byte[] disk = randomDisk(1 << 20);
    try (FakeNbdServer server = new SickServer(directory, disk, 300_000, true);
        NbdSource source = NbdSource.open(server.uri(), true)) {
      assertThrows(FileSystemException.class, () -> assertReads(disk, source, 300_000, 1));
      assertReads(disk, source, 300_001, 1000);
    }
  }

  @Test
  void errorWhereNobodyReadsIsNoFailure() throws Exception {
    byte[] disk = randomDisk(1 << 20);
    try (FakeNbdServer server = new SickServer(directory, disk, 700_000, false);
        NbdSource source = NbdSource.open(server.uri(), true)) {
      source.willNeed(0, disk.length);
      assertReads(disk, source, 0, 500_000);
      assertFalse(server.requests(FakeNbdServer.READ).isEmpty());
    }
  }

  // The end.

  /** Answers the first read at once, and the others when it is let. */
  private static final class WaitingServer extends FakeNbdServer {
    private final CountDownLatch let = new CountDownLatch(1);
    private final AtomicInteger answered = new AtomicInteger();
    private volatile int answeredAtDisconnect = -1;

    WaitingServer(Path directory, byte[] disk) throws IOException {
      super(directory, disk);
    }

    @Override
    void read(Request request, DataOutputStream out) throws IOException {
      if (request.offset() == 0) {
        super.read(request, out);
        answered.incrementAndGet();
        return;
      }
      Thread.ofVirtual()
          .start(() -> {
            try {
              let.await();
              synchronized (out) {
                super.read(request, out);
                answered.incrementAndGet();
              }
            } catch (IOException | InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
    }

    @Override
    void disconnect() {
      answeredAtDisconnect = answered.get();
    }

    /** Reads the first bytes, while so much more is under way. */
    void readWithReadsAhead(NbdSource source) throws IOException {
      for (int at = 0; at < disk.length; at += 65536) {
        source.willNeed(at, 4096);
      }
      assertReads(disk, source, 0, 4096);
      while (requests(READ).size() < 16) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void goodByeIsSaidWhenNothingIsUnderWayAnyMore() throws Exception {
    try (WaitingServer server = new WaitingServer(directory, randomDisk(1 << 20))) {
      NbdSource source = NbdSource.open(server.uri(), true);
      server.readWithReadsAhead(source);
      Thread closing = Thread.ofPlatform().start(() -> assertDoesNotThrow(source::close));
      closing.join(100);
      assertEquals(List.of(), server.requests(FakeNbdServer.DISCONNECT));
      assertTrue(closing.isAlive(), "it has not waited");
      server.let.countDown();
      closing.join();
      assertEquals(Optional.empty(), server.broken());
      assertEquals(16, server.answeredAtDisconnect);
    }
  }

  @Tag("slow")
  @Test
  void serverThatHangsIsNotWaitedForLong() throws Exception {
    try (WaitingServer server = new WaitingServer(directory, randomDisk(1 << 20))) {
      NbdSource source = NbdSource.open(server.uri(), true);
      server.readWithReadsAhead(source);
      assertTimeout(Duration.ofSeconds(10), source::close);
      assertEquals(Optional.empty(), server.broken());
      assertEquals(List.of(), server.requests(FakeNbdServer.DISCONNECT));
    }
  }

  @Test
  void connectionThatIsBrokenIsClosedAtOnce() throws Exception {
    try (FakeNbdServer server =
        new FakeNbdServer(directory, randomDisk(1 << 20)) {
          @Override
          void read(Request request, DataOutputStream out) throws IOException {
            if (request.offset() == 0) {
              out.writeInt(0);
            }
          }
        }) {
      NbdSource source = NbdSource.open(server.uri(), true);
      source.willNeed(65536, 4096);
      assertThrows(FileSystemException.class, () -> source.read(ByteBuffer.allocate(4096), 0));
      // For the last replies of one that is not broken it waits two seconds.
      assertTimeout(Duration.ofMillis(1900), source::close);
      assertEquals(Optional.empty(), server.broken());
      assertEquals(List.of(), server.requests(FakeNbdServer.DISCONNECT));
    }
  }
}
