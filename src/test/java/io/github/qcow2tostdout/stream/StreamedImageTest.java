package io.github.qcow2tostdout.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.testing.DripChannel;
import io.github.qcow2tostdout.testing.FailingChannel;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.testing.StreamableImage;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamedImageTest {
  private static final long SEED = Seeds.seed();

  private static BoundedFile receive(ReadableByteChannel in) throws IOException {
    return StreamedImage.receive("-", in, false, false, Progress.NONE);
  }

  private static BoundedFile receive(byte[] image) throws IOException {
    return receive(new DripChannel(image, SEED));
  }

  private static void assertRefused(byte[] image, String... fragments) {
    ImageException e = assertThrows(ImageException.NotStreamable.class, () -> receive(image));
    for (String fragment : fragments) {
      assertTrue(e.getMessage().contains(fragment), e::getMessage);
    }
    assertTrue(
        e.getMessage().endsWith("; store the stream in a file and check that"), e::getMessage);
  }

  @Test
  void tablesAreThereAndDataIsNot() throws Exception {
    byte[] image = StreamableImage.ofClusterBits(16).make("DD.D");
    BoundedFile file = receive(image);
    assertEquals(image.length, file.size());
    for (int cluster = 0; cluster < 5; cluster++) {
      ByteBuffer expected = ByteBuffer.wrap(image, cluster << 16, 1 << 16);
      assertEquals(expected, file.read((long) cluster << 16, 1 << 16, "table"));
    }
    // What would be read here was never looked at, and must not be taken for zeroes.
    assertThrows(IllegalStateException.class, () -> file.read(5 << 16, 8, "data"));
  }

  @Test
  void refcountBlockBeforeItsTableIsRefused() {
    byte[] image = StreamableImage.ofClusterBits(12).make("DDD");
    ByteBuffer header = ByteBuffer.wrap(image);
    int moved = image.length - 4096;
    header.putLong(48, moved).putLong(moved, 2 * 4096);
    assertRefused(
        image, "refcount block 0 at byte 8192 comes before the refcount table at byte " + moved);
  }

  @Test
  void l2TableBeforeTheL1TableIsRefused() {
    byte[] image = StreamableImage.ofClusterBits(9).make("DDD");
    ByteBuffer header = ByteBuffer.wrap(image);
    int moved = image.length - 512;
    header.putLong(40, moved).putLong(moved, header.getLong(3 * 512));
    assertRefused(
        image, "L2 table of L1 entry 0 at byte 2048 comes before the L1 table at byte " + moved);
  }

  @Test
  void snapshotsAndBitmapsAreRefused() {
    byte[] image = StreamableImage.ofClusterBits(9).make("DDD");
    ByteBuffer header = ByteBuffer.wrap(image);
    header.putInt(60, 2).putLong(64, 1024);
    assertRefused(image, "it has snapshots, whose table is at byte 1024");
    header.putInt(60, 0).putLong(64, 0);
    header.putLong(88, 1).putInt(112, 0x23852875).putInt(116, 24);
    assertRefused(image, "it has bitmaps");
  }

  @Test
  void tablesThatFitInNoMemoryAreRefusedBeforeTheyTakeIt() {
    // L2 tables without end, in which nothing follows from anything.
    int l1Size = 1 << 14;
    byte[] front = new byte[(3 << 16) + l1Size * 8];
    ByteBuffer image = ByteBuffer.wrap(front);
    image.putInt(0, 0x514649fb).putInt(4, 3).putInt(20, 16).putLong(24, 1L << 40);
    image.putInt(36, l1Size).putLong(40, 3 << 16).putLong(48, 1 << 16).putInt(56, 1);
    image.putInt(96, 4).putInt(100, 112);
    for (int i = 0; i < l1Size; i++) {
      image.putLong((3 << 16) + i * 8, ((i + 10L) << 16) | 1L << 63);
    }
    Endless noise = new Endless(front);
    ImageException e = assertThrows(ImageException.NotStreamable.class, () -> receive(noise));
    assertTrue(e.getMessage().contains("more than 92274688 bytes"), e::getMessage);
    assertTrue(noise.given < StreamedImage.MAX_KEPT + (8 << 20), () -> noise.given + " bytes");
  }

  @Test
  void errorOfTheStreamNamesIt() {
    FailingChannel broken = new FailingChannel("Input/output error");
    IOException e = assertThrows(IOException.class, () -> receive(broken));
    assertEquals("-: can't be read behind byte 0: Input/output error", e.getMessage());
  }

  @Test
  void progressGoesUpToWhatTheRefcountsSay() throws Exception {
    byte[] image = StreamableImage.ofClusterBits(21).make("D".repeat(30));
    List<Long> done = new ArrayList<>();
    List<Long> totals = new ArrayList<>();
    StreamedImage.receive(
        "-",
        new DripChannel(image, SEED),
        false,
        false,
        (phase, now, total) -> {
          totals.add(total);
          done.add(now);
        });
    assertEquals(0, done.getFirst());
    assertEquals(image.length, done.getLast());
    assertEquals(done.stream().sorted().toList(), done);
    // Each read is told: a slow stream is one that is seen to move.
    assertTrue(done.size() > image.length >>> 21, done::toString);
    assertEquals(
        List.of(Progress.UNKNOWN, (long) image.length), totals.stream().distinct().toList());
    assertEquals(image.length, totals.getLast());
  }

  /** A front, and noise behind it. */
  private static final class Endless implements ReadableByteChannel {
    private final ByteBuffer front;
    private final byte[] noise = new byte[1 << 16];
    private final Random random = new Random(SEED);
    private long given;

    Endless(byte[] front) {
      this.front = ByteBuffer.wrap(front);
    }

    @Override
    public int read(ByteBuffer to) {
      int count;
      if (front.hasRemaining()) {
        count = Math.min(front.remaining(), to.remaining());
        to.put(front.slice(front.position(), count));
        front.position(front.position() + count);
      } else {
        random.nextBytes(noise);
        count = Math.min(noise.length, to.remaining());
        to.put(noise, 0, count);
      }
      given += count;
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
