package io.github.qcow2tostdout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code viscera} against the two reports that were shown with the proposal of {@code
 * Qcow2Metadata} for QEMU, {@code qemu-img check -M --output=json}. Nothing makes those images any
 * more; here are images with the same metadata in the same places.
 */
class VisceraTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/viscera");

  @TempDir Path directory;

  private Path image() {
    return directory.resolve("image.qcow2");
  }

  private void write(long offset, ByteBuffer bytes) throws Exception {
    try (FileChannel channel =
        FileChannel.open(image(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(bytes.rewind(), offset);
    }
  }

  private void write(long offset, long... entries) throws Exception {
    ByteBuffer bytes = ByteBuffer.allocate(entries.length * Long.BYTES);
    for (long entry : entries) {
      bytes.putLong(entry);
    }
    write(offset, bytes);
  }

  private void assertIsThatOf(String golden) throws Exception {
    JsonNode expected = JsonMapper.shared().readTree(Files.readString(GOLDEN.resolve(golden)));
    JsonNode report =
        JsonMapper.shared().readTree(CheckRun.of(image(), "--output=json", "-M").out());
    ObjectNode viscera = (ObjectNode) report.get("viscera");
    // Ours alone.
    viscera.remove("refcount-blocks");
    viscera.remove("data-extents");
    assertEquals(expected.get("viscera"), viscera);
  }

  @Test
  void bitmapsAreThoseOfTheProposal() throws Exception {
    ByteBuffer header = ByteBuffer.allocate(65536);
    Header.ofVersion(3)
        .with(HeaderField.CLUSTER_BITS, 16)
        .with(HeaderField.REFCOUNT_ORDER, 4)
        .with(HeaderField.SIZE, 1 << 20)
        .with(HeaderField.L1_SIZE, 1)
        .with(HeaderField.L1_TABLE_OFFSET, 196608)
        .with(HeaderField.REFCOUNT_TABLE_OFFSET, 65536)
        .with(HeaderField.REFCOUNT_TABLE_CLUSTERS, 1)
        .with(HeaderField.AUTOCLEAR_FEATURES, 1)
        .write(header);
    header.position(Math.toIntExact(Header.read(header.rewind()).get(HeaderField.HEADER_LENGTH)));
    header.putInt(HeaderExtension.BITMAPS).putInt(24).putInt(2).putInt(0);
    header.putLong(64).putLong(1 << 20);
    write(0, header);
    write(65536, 131072);
    write(196608, 1L << 63 | 262144);
    write(589824, 0L);
    write(983040, 655360);
    ByteBuffer entries = ByteBuffer.allocate(64);
    for (int number = 1; number <= 2; number++) {
      entries.putLong(number == 1 ? 589824 : 983040).putInt(1).putInt(0);
      entries.put((byte) 1).put((byte) 16).putShort((short) 8).putInt(0);
      entries.put(("bitmap-" + number).getBytes(UTF_8));
    }
    write(1 << 20, entries);
    write(1441791, ByteBuffer.allocate(1));
    assertIsThatOf("bitmaps.json");
  }

  @Test
  void snapshotsAreThoseOfTheProposal() throws Exception {
    ByteBuffer header = ByteBuffer.allocate(1 << 20);
    Header.ofVersion(3)
        .with(HeaderField.CLUSTER_BITS, 20)
        .with(HeaderField.REFCOUNT_ORDER, 4)
        .with(HeaderField.SIZE, 150L << 30)
        .with(HeaderField.L1_SIZE, 2)
        .with(HeaderField.L1_TABLE_OFFSET, 4194304)
        .with(HeaderField.REFCOUNT_TABLE_OFFSET, 3845128192L)
        .with(HeaderField.REFCOUNT_TABLE_CLUSTERS, 1)
        .with(HeaderField.NB_SNAPSHOTS, 2)
        .with(HeaderField.SNAPSHOTS_OFFSET, 648019968)
        .write(header);
    write(0, header);
    write(4194304, 619708416, 1156579328);
    ByteBuffer entries = ByteBuffer.allocate(191);
    for (int number = 1; number <= 2; number++) {
      long l1 = number == 1 ? 14680064 : 638582784;
      write(l1, 3957325824L, 7025459200L);
      entries.putLong(l1).putInt(2).putShort((short) 1).putShort((short) 38);
      entries.position(entries.position() + 20).putInt(16).position(entries.position() + 16);
      entries.put((byte) ('0' + number));
      String name =
          number == 1
              ? "{3036f6c5-3a1f-44cb-af1f-653cc87fba04}"
              : "{0aa1a7d6-16ee-4b44-a515-b5ecc571c959}";
      entries.put(name.getBytes(UTF_8));
      if (number == 1) {
        entries.put((byte) 0);
      }
    }
    write(648019968, entries);
    write(24820842495L, ByteBuffer.allocate(1));
    assertIsThatOf("snapshots.json");
  }
}
