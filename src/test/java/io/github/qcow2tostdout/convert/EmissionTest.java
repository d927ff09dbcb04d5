package io.github.qcow2tostdout.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Residency;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of the source and the output while an image is written. */
class EmissionTest {
  private static final long CLUSTER = 65536;
  private static final byte ONE = 1;

  /** Allocates the clusters [from, to). */
  private static void allocate(MemorySource source, long from, long to) {
    for (long cluster = from; cluster < to; cluster++) {
      source.put(cluster * CLUSTER, ONE);
    }
  }

  /** Writes a range and returns all that was asked for meanwhile; the end of 0 is the image's. */
  private static List<String> log(RecordingSource source, List<String> log, long from, long to)
      throws IOException {
    Conversion conversion =
        Conversion.prepare(source, ImageOptions.defaults(), ScanOptions.TEST_ALL, Progress.NONE);
    log.clear();
    long end = to == 0 ? conversion.plan().imageSize() : to;
    conversion.write(new SequentialOutput(new RecordingChannel(log), from, end, Progress.NONE));
    return log;
  }

  @Test
  void smallImageIsWrittenTableByTableAndItsDataCopied() throws IOException {
    List<String> log = new ArrayList<>();
    RecordingSource source = new RecordingSource(10 << 20, log);
    allocate(source, 0, 1);
    allocate(source, 5, 7);
    assertEquals(
        List.of(
            "write 0+65536", // header
            "write 65536+65536", // refcount table
            "write 131072+65536", // refcount block
            "write 196608+65536", // L1 table
            "write 262144+65536", // L2 table
            "read 0+65536",
            "write 327680+65536",
            "read 327680+131072",
            "write 393216+131072",
            "identity"),
        log(source, log, 0, 0));
  }

  @Test
  void runsAreHandedOverInSlicesAndTheLastMibIsCopiedAndTheLastClusterPadded() throws IOException {
    List<String> log = new ArrayList<>();
    RecordingSource source = new RecordingSource((30 << 20) + 512, log);
    allocate(source, 0, 200);
    allocate(source, 300, 380);
    allocate(source, 480, 481);
    // 327680 bytes of tables and 281 clusters: 18743296. The last MiB starts at 17694720, which is
    // 4259840 bytes into the second run.
    assertEquals(
        List.of(
            "write 0+65536",
            "write 65536+65536",
            "write 131072+65536",
            "write 196608+65536",
            "write 262144+65536",
            "transfer 0+8388608",
            "transfer 8388608+4718592",
            "transfer 19660800+4259840",
            "read 23920640+262144",
            "write 17694720+262144",
            "read 24182784+262144",
            "write 17956864+262144",
            "read 24444928+262144",
            "write 18219008+262144",
            "read 24707072+196608",
            "write 18481152+196608",
            "read 31457280+512",
            "write 18677760+512",
            "write 18678272+65024",
            "identity"),
        log(source, log, 0, 0));
  }

  @Test
  void tablesOfSeveralBuffersAreWrittenInSteps() throws IOException {
    List<String> log = new ArrayList<>();
    // 4096 clusters with a GiB between them: 5 L2 tables, 320 KiB of them.
    RecordingSource source = new RecordingSource(4L << 30, log);
    for (long gib = 0; gib < 4; gib++) {
      allocate(source, gib * 16384, gib * 16384 + 1);
    }
    source.put((4L << 30) - 1, ONE);
    source.extents(
        0,
        1,
        1L << 30,
        (1L << 30) + 1,
        2L << 30,
        (2L << 30) + 1,
        3L << 30,
        (3L << 30) + 1,
        (4L << 30) - 1,
        4L << 30);
    assertEquals(
        List.of(
            "write 0+65536",
            "write 65536+65536",
            "write 131072+65536",
            "write 196608+65536",
            "write 262144+262144",
            "write 524288+65536"),
        log(source, log, 0, 0).subList(0, 6));
  }

  /** Which of transfer and read the data takes, for an output that holds so much by reference. */
  private static List<String> ways(long heldByReference) throws IOException {
    List<String> log = new ArrayList<>();
    RecordingSource source = new RecordingSource(4 << 20, log);
    allocate(source, 0, 64);
    Conversion conversion =
        Conversion.prepare(source, ImageOptions.defaults(), ScanOptions.TEST_ALL, Progress.NONE);
    log.clear();
    conversion.write(
        new SequentialOutput(
            new RecordingChannel(log),
            0,
            conversion.plan().imageSize(),
            Progress.NONE,
            heldByReference));
    return log.stream()
        .filter(line -> line.startsWith("transfer") || line.startsWith("read"))
        .toList();
  }

  @Test
  void outputThatHoldsNothingByReferenceIsHandedEverything() throws IOException {
    assertEquals(List.of("transfer 0+4194304"), ways(0));
  }

  @Test
  void whatALargerPipeHoldsIsCopied() throws IOException {
    assertEquals(List.of("transfer 0+3932160", "read 3932160+262144"), ways(256 << 10));
  }

  @Test
  void outputThatHoldsReferencesForeverGetsCopiesOnly() throws IOException {
    assertEquals(16, ways(Long.MAX_VALUE).stream().filter(line -> line.startsWith("read")).count());
  }

  @Test
  void rangeOfDataTouchesNothingElse() throws IOException {
    List<String> log = new ArrayList<>();
    RecordingSource source = new RecordingSource(10 << 20, log);
    allocate(source, 0, 1);
    allocate(source, 5, 7);
    assertEquals(
        List.of("read 100+65436", "write 0+65436", "read 327680+50", "write 65436+50", "identity"),
        log(source, log, 327680 + 100, 393216 + 50));
  }

  @Test
  void rangeOfTablesReadsNothing() throws IOException {
    List<String> log = new ArrayList<>();
    RecordingSource source = new RecordingSource(10 << 20, log);
    allocate(source, 0, 100);
    assertEquals(
        List.of("write 0+1", "write 1+65536", "write 65537+3", "identity"),
        log(source, log, 131071, 196608 + 3));
  }

  @Test
  void rangesLastMibIsCopiedToo() throws IOException {
    List<String> log = new ArrayList<>();
    RecordingSource source = new RecordingSource(10 << 20, log);
    allocate(source, 0, 160);
    assertEquals(
        List.of("transfer 0+100", "read 100+262144", "write 100+262144"),
        log(source, log, 327680, 327680 + (1 << 20) + 100).subList(0, 3));
  }

  @Test
  void emptyRangeWritesNothing() throws IOException {
    List<String> log = new ArrayList<>();
    RecordingSource source = new RecordingSource(10 << 20, log);
    assertEquals(List.of("identity"), log(source, log, 1000, 1000));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void readAheadIsAWindowOf32MibOverTheDataAloneAndComesFirst(int from) throws IOException {
    List<String> log = new ArrayList<>();
    RecordingSource source =
        new RecordingSource(200 << 20, log) {
          @Override
          public Residency residency(DataExtents extents) {
            return new Residency(1, 0, 0);
          }
        };
    allocate(source, 16, 16 + 640);
    allocate(source, 1600, 1600 + 640);
    long size = 5 * CLUSTER + 2 * 640 * CLUSTER;
    // From the start, or from the middle of the first run.
    long start = from == 0 ? 0 : 5 * CLUSTER + (8 << 20);
    long emitted = 0;
    long advised = 0;
    List<String> ranges = new ArrayList<>();
    for (String line : log(source, log, start, size)) {
      String[] words = line.split("[ +]");
      if (words[0].equals("advice")) {
        ranges.add(words[1] + "+" + words[2]);
        advised += Long.parseLong(words[2]);
        assertTrue(advised - emitted <= 33 << 20, line);
      } else if (words[0].equals("transfer") || words[0].equals("read")) {
        long left = 2 * 640 * CLUSTER - (from == 0 ? 0 : 8 << 20) - emitted;
        assertTrue(advised - emitted >= Math.min(32 << 20, left), line);
        emitted += Long.parseLong(words[2]);
      }
    }
    List<String> expected = new ArrayList<>();
    for (long at = CLUSTER * 16 + (from == 0 ? 0 : 8 << 20); at < CLUSTER * 656; at += 1 << 20) {
      expected.add(at + "+1048576");
    }
    for (long at = CLUSTER * 1600; at < CLUSTER * 2240; at += 1 << 20) {
      expected.add(at + "+1048576");
    }
    assertEquals(expected, ranges);
  }

  @Test
  void sourceInMemoryIsNotAdvised() throws IOException {
    List<String> log = new ArrayList<>();
    RecordingSource source = new RecordingSource(10 << 20, log);
    allocate(source, 0, 100);
    log(source, log, 0, 0);
    assertEquals(List.of(), log.stream().filter(line -> line.startsWith("advice")).toList());
  }

  /** A disk of 4 MiB without a zero, so that some of its image is handed over. */
  private static byte[] disk() {
    byte[] disk = new byte[4 << 20];
    new Random(1).nextBytes(disk);
    for (int i = 0; i < disk.length; i += 512) {
      disk[i] = ONE;
    }
    return disk;
  }

  private static byte[] expected() {
    return new ModelImage(16, 4, 3, false, "", false).of(disk());
  }

  /** A disk whose {@code transferTo} a test replaces. */
  private static class TransferringSource extends MemorySource {
    TransferringSource() {
      super(4 << 20);
      put(0, disk());
    }
  }

  @Test
  void transferThatTakesNothingIsReplacedByAReadAndAWrite() throws IOException {
    MemorySource source =
        new TransferringSource() {
          @Override
          public long transferTo(long offset, long count, WritableByteChannel target) {
            return 0;
          }
        };
    assertArrayEquals(expected(), Images.image(source, ImageOptions.defaults()));
  }

  @Test
  void transferThatTakesAPartGoesOnBehindIt() throws IOException {
    MemorySource source =
        new TransferringSource() {
          @Override
          public long transferTo(long offset, long count, WritableByteChannel target)
              throws IOException {
            return super.transferTo(offset, Math.min(count, 100_001), target);
          }
        };
    assertArrayEquals(expected(), Images.image(source, ImageOptions.defaults()));
  }

  @Test
  void transferThatFailsNowAndThenLosesNothing() throws IOException {
    MemorySource source =
        new TransferringSource() {
          private int calls;

          @Override
          public long transferTo(long offset, long count, WritableByteChannel target)
              throws IOException {
            calls++;
            if (calls % 2 == 0) {
              throw new IOException("not now");
            }
            return super.transferTo(offset, Math.min(count, 77), target);
          }
        };
    assertArrayEquals(expected(), Images.image(source, ImageOptions.defaults()));
  }

  @Test
  void transferThatFailsBecauseOfTheInputIsTheInputsError() throws IOException {
    IOException error = new IOException("EIO");
    boolean[] broken = new boolean[1];
    MemorySource source =
        new TransferringSource() {
          @Override
          public int read(ByteBuffer buffer, long offset) throws IOException {
            if (broken[0]) {
              throw error;
            }
            return super.read(buffer, offset);
          }

          @Override
          public long transferTo(long offset, long count, WritableByteChannel target)
              throws IOException {
            throw new IOException("either side");
          }
        };
    Conversion conversion =
        Conversion.prepare(source, ImageOptions.defaults(), ScanOptions.TEST_ALL, Progress.NONE);
    broken[0] = true;
    BytesChannel channel = new BytesChannel();
    SequentialOutput out =
        new SequentialOutput(channel, 0, conversion.plan().imageSize(), Progress.NONE);
    assertSame(error, assertThrows(IOException.class, () -> conversion.write(out)));
    assertEquals(channel.bytes().length, out.written());
  }

  @Test
  void transferThatFailsBecauseOfTheOutputIsTheOutputsError() throws IOException {
    IOException error = new IOException("Broken pipe");
    MemorySource source =
        new TransferringSource() {
          @Override
          public long transferTo(long offset, long count, WritableByteChannel target)
              throws IOException {
            throw new IOException("either side");
          }
        };
    Conversion conversion =
        Conversion.prepare(source, ImageOptions.defaults(), ScanOptions.TEST_ALL, Progress.NONE);
    BytesChannel channel =
        new BytesChannel() {
          @Override
          public int write(ByteBuffer buffer) throws IOException {
            if (bytes().length >= 1 << 20) {
              throw error;
            }
            return super.write(buffer);
          }
        };
    SequentialOutput out =
        new SequentialOutput(channel, 0, conversion.plan().imageSize(), Progress.NONE);
    OutputException e = assertThrows(OutputException.class, () -> conversion.write(out));
    assertSame(error, e.getCause());
    assertArrayEquals(Arrays.copyOf(expected(), channel.bytes().length), channel.bytes());
    assertEquals(channel.bytes().length, out.written());
  }

  @Test
  void slowChannelGetsTheSameImage() throws IOException {
    byte[] disk = new byte[3000];
    disk[1000] = ONE;
    disk[2999] = ONE;
    Conversion conversion =
        Conversion.prepare(
            MemorySource.of(disk), Images.options(9, 4), ScanOptions.TEST_ALL, Progress.NONE);
    BytesChannel channel =
        new BytesChannel() {
          private int calls;

          @Override
          public int write(ByteBuffer buffer) throws IOException {
            calls++;
            int count = Math.min(calls % 4, buffer.remaining());
            byte[] taken = new byte[count];
            buffer.get(taken);
            return super.write(ByteBuffer.wrap(taken));
          }
        };
    conversion.write(
        new SequentialOutput(channel, 0, conversion.plan().imageSize(), Progress.NONE));
    assertArrayEquals(new ModelImage(9, 4, 3, false, "", false).of(disk), channel.bytes());
  }
}
