package io.github.qcow2tostdout.report.map;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.ExtentList;
import io.github.qcow2tostdout.testing.FailingChannel;
import io.github.qcow2tostdout.testing.Seeds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiskMapReaderTest {
  private static final long SIZE = 1000;

  private static ExtentList read(String json) throws IOException {
    return new DiskMapReader("disk.map", SIZE).read(new ByteArrayInputStream(json.getBytes(UTF_8)));
  }

  private static String text(ExtentList list) throws IOException {
    List<String> all = new ArrayList<>();
    for (DataExtents walk = list.walk(); walk.next(); ) {
      all.add(walk.from() + "-" + walk.to());
    }
    return String.join(" ", all);
  }

  private static String refusal(String json) {
    FileSystemException e = assertThrows(FileSystemException.class, () -> read(json));
    assertEquals("disk.map", e.getFile());
    return e.getReason();
  }

  @Test
  void theFormOfQemuImgIsRead() throws IOException {
    // As qemu-img 7.2 prints it, for a size that it rounds up, and with a key of 8.2.
    assertEquals(
        "100-200 300-1000",
        text(
            read(
                """
                [{ "start": 0, "length": 100, "depth": 1, "present": false, "zero": true, "data": false, "compressed": false},
                { "start": 100, "length": 50, "depth": 0, "present": true, "zero": false, "data": true, "offset": 70000},
                { "start": 150, "length": 50, "depth": 0, "present": true, "zero": false, "data": true},
                { "start": 200, "length": 100, "depth": 0, "present": true, "zero": true, "data": true, "offset": 5},
                { "start": 300, "length": 724, "depth": 0, "present": false, "zero": false, "data": false}]
                """)));
  }

  @Test
  void theFormOfRbdIsRead() throws IOException {
    assertEquals(
        "0-10 500-700",
        text(
            read(
                """
                [{"offset":0,"length":10,"exists":"true"},{"offset":50,"length":10,"exists":"false"},
                {"offset":500,"length":100,"exists":true},{"offset":600,"length":100}]
                """)));
  }

  @Test
  void theFormOfNbdinfoIsRead() throws IOException {
    assertEquals(
        "10-20 30-40",
        text(
            read(
                """
                [{ "offset": 0, "length": 10, "type": 3, "description": "hole,zero"},
                { "offset": 10, "length": 10, "type": 0, "description": "data"},
                { "offset": 20, "length": 10, "type": 2, "description": "zero"},
                { "offset": 30, "length": 10, "type": 1, "description": "hole"}]
                """)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | ''",
        " [ ] | ''",
        "[{\"start\":0,\"length\":1000}] | 0-1000",
        "[{\"length\":1000,\"start\":0,\"zero\":true}] | ''",
        "[{\"start\":0,\"length\":1024}] | 0-1000",
        "[{\"start\":0,\"length\":1000},{\"start\":1000,\"length\":24}] | 0-1000",
        "[{\"start\":0,\"length\":0},{\"start\":0,\"length\":1000}] | 0-1000",
        "[{\"start\":0,\"length\":1000,\"zero\":\"false\"}] | 0-1000",
        "[{\"offset\":500,\"length\":10},{\"offset\":0,\"length\":10}] | 0-10 500-510",
        "[{\"offset\":0,\"length\":10},{\"offset\":0,\"length\":10}] | 0-10",
        "[{\"offset\":0,\"length\":10},{\"offset\":5,\"length\":10,\"exists\":false}] | 0-10",
        "[{\"offset\":0,\"length\":10,\"type\":\"data\"}] | 0-10",
        "[{\"offset\":0,\"length\":10,\"more\":{\"a\":[1,{\"offset\":3}]}}] | 0-10",
        "[{\"offset\":990,\"length\":34}] | 990-1000",
        "[{\"offset\":1000,\"length\":24}] | ''",
        "[{\"offset\":7,\"length\":0}] | ''",
      })
  void aMapMayBeWrittenInManyWays(String json, String extents) throws IOException {
    assertEquals(extents, text(read(json)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | is empty; give what 'qemu-img map --output=json', 'rbd diff --format=json' or",
        "{} | is JSON, but no array of extents; give what",
        "3 | is JSON, but no array of extents",
        "[ | is no JSON (line 1, column 2): it ends in the middle",
        "[{\"offset\":0 | is no JSON (line 1, column ",
        "Offset          Length | is no JSON; give what 'qemu-img map --output=json'",
        "[{\"offset\":0,\"length\":1}] [] | goes on behind the end of the map, in line 1",
        "[{\"offset\":0,\"length\":1}]] | is no JSON (line 1, column 26)",
        "[5] | entry 1 of the map (line 1): it is no object",
        "[null] | entry 1 of the map (line 1): it is no object",
        "[[]] | entry 1 of the map (line 1): it is no object",
        "[{}] | entry 1 of the map (line 1): it has neither start nor offset",
        "[{\"length\":1}] | has neither start nor offset",
        "[{\"start\":0}] | entry 1 of the map (line 1): it has no length",
        "[{\"start\":-1,\"length\":1}] | its start is negative",
        "[{\"offset\":0,\"length\":-5}] | its length is negative",
        "[{\"offset\":-9223372036854775808,\"length\":1}] | its offset is negative",
        "[{\"offset\":0.0,\"length\":1}] | its offset is no whole number",
        "[{\"offset\":1e2,\"length\":1}] | is no whole number",
        "[{\"offset\":\"0\",\"length\":1}] | is no whole number",
        "[{\"offset\":0,\"length\":null}] | its length is no whole number",
        "[{\"offset\":0,\"length\":9223372036854775808}] | its length is more than any disk has",
        "[{\"offset\":0,\"length\":9223372036854775807}] | ends at byte 9223372036854775807,"
            + " beyond",
        "[{\"offset\":1,\"length\":9223372036854775807}] | has 9223372036854775807 bytes from byte"
            + " 1",
        "[{\"offset\":0,\"offset\":1,\"length\":1}] | it has offset twice",
        "[{\"start\":0,\"length\":1,\"zero\":true,\"zero\":false}] | it has zero twice",
        "[{\"start\":0,\"length\":1,\"zero\":1}] | its zero is neither true nor false",
        "[{\"offset\":0,\"length\":1,\"exists\":\"yes\"}] | its exists is neither true",
        "[{\"offset\":0,\"length\":1,\"exists\":[true]}] | its exists is neither true",
        "[{\"offset\":0,\"length\":1025}] | ends at byte 1025, beyond the end of the disk at byte"
            + " 1000",
        "[{\"offset\":5000,\"length\":0}] | ends at byte 5000, beyond the end of the disk",
        "[{\"start\":5,\"length\":995}] | starts at byte 5, while those before it end at byte 0",
        "[{\"start\":0,\"length\":5},{\"start\":6,\"length\":1}] | entry 2 of the map (line 1):"
            + " it starts",
        "[{\"start\":0,\"length\":5},{\"start\":0,\"length\":5}] | entry 2 of the map (line 1):"
            + " it starts",
        "[{\"start\":0,\"length\":5},{\"offset\":5,\"length\":5}] | has no start, unlike those"
            + " before",
        "[{\"offset\":0,\"length\":5},{\"start\":5,\"length\":5}] | has a start, unlike those"
            + " before",
        "[{\"start\":0,\"length\":999}] | covers 999 bytes of a disk of 1000: it is the map of",
        "[{\"start\":0,\"length\":1000},{\"start\":1000,\"length\":25}] | entry 2 of the map (line"
            + " 1): it ends",
        "[{\"offset\":NaN,\"length\":1}] | is no JSON",
        "[{'offset':0,'length':1}] | is no JSON",
      })
  void whatIsNoMapOfTheDiskIsRefused(String json, String reason) {
    String got = refusal(json);
    assertTrue(got.contains(reason), got);
  }

  @Test
  void theEntryAndItsLineAreNamed() {
    assertTrue(
        refusal("[\n{\"offset\":0,\"length\":1},\n\n{\"offset\":0,\n\"length\":-1}]")
            .startsWith("entry 2 of the map (line 4): its length is negative"));
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 100_000})
  void deepNestingIsRefusedEarly(int depth) {
    String reason = refusal("[{\"x\":" + "[".repeat(depth));
    assertTrue(reason.startsWith("is no JSON") && reason.contains("depth"), reason);
  }

  @Test
  void aNumberOfManyDigitsIsRefused() {
    String reason = refusal("[{\"offset\":" + "9".repeat(100_000) + ",\"length\":1}]");
    assertTrue(reason.startsWith("is no JSON") && reason.contains("length"), reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0\0\0\0\1\2\3\4", "QFI\u00fb", "\177ELF", "MBR"})
  void whatIsNoTextIsNoJsonInOurWords(String bytes) {
    String reason = refusal(bytes);
    assertTrue(reason.startsWith("is no JSON; give what 'qemu-img map"), reason);
  }

  @Test
  void aNameWithoutEndIsRefused() {
    String reason = refusal("[{\"" + "x".repeat(1 << 20) + "\":1}]");
    assertTrue(reason.startsWith("is no JSON"), reason);
  }

  @Test
  void moreExtentsThanMemoryHasRoomForAreRefused() throws IOException {
    String json =
        "[{\"offset\":0,\"length\":1},{\"offset\":2,\"length\":1},{\"offset\":4,\"length\":1}]";
    InputStream in = new ByteArrayInputStream(json.getBytes(UTF_8));
    FileSystemException e =
        assertThrows(
            FileSystemException.class, () -> new DiskMapReader("disk.map", SIZE, 2).read(in));
    assertTrue(
        e.getReason()
            .startsWith(
                "entry 3 of the map (line 1): it is one too many: memory has room for 2 extents of"
                    + " data; give the VM more"),
        e::getReason);
    assertEquals(3, read(json).count());
  }

  @Test
  void aMapThatCanNotBeReadIsNamed() {
    InputStream broken = Channels.newInputStream(new FailingChannel("Input/output error"));
    FileSystemException e =
        assertThrows(
            FileSystemException.class, () -> new DiskMapReader("disk.map", SIZE).read(broken));
    assertEquals("disk.map", e.getFile());
    assertEquals("can't be read: Input/output error", e.getReason());
  }

  /** Two million entries, each of them new data: 32 MiB. */
  @Tag("slow")
  @Test
  void aLargeMapIsReadAsItComes() throws IOException {
    int entries = 2_000_000;
    Enumeration<InputStream> parts =
        Collections.enumeration(
            List.of(
                new ByteArrayInputStream("[".getBytes(UTF_8)),
                Channels.newInputStream(new Entries(entries)),
                new ByteArrayInputStream("]".getBytes(UTF_8))));
    ExtentList list =
        new DiskMapReader("disk.map", 2L * entries, entries).read(new SequenceInputStream(parts));
    assertEquals(entries, list.count());
    assertEquals(2L * entries - 1, list.end());
  }

  /** Entries of one byte at every second byte, made when they are read. */
  private static final class Entries implements ReadableByteChannel {
    private final int count;
    private int next;
    private ByteBuffer entry = ByteBuffer.allocate(0);

    Entries(int count) {
      this.count = count;
    }

    @Override
    public int read(ByteBuffer target) {
      if (!entry.hasRemaining()) {
        if (next == count) {
          return -1;
        }
        entry =
            UTF_8.encode(
                "{\"offset\":" + 2L * next + ",\"length\":1}" + (next + 1 < count ? "," : ""));
        next++;
      }
      int bytes = Math.min(entry.remaining(), target.remaining());
      target.put(entry.slice(entry.position(), bytes));
      entry.position(entry.position() + bytes);
      return bytes;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  /** Damage of every kind ends in extents within the disk, or in the one kind of error. */
  @Test
  void damagedMapsAreReadOrRefused() throws IOException {
    Random random = Seeds.random(DiskMapReaderTest.class);
    String[] maps = {
      "[{ \"start\": 0, \"length\": 600, \"zero\": true, \"data\": false, \"offset\": 0},\n"
          + "{ \"start\": 600, \"length\": 400, \"zero\": false, \"data\": true}]",
      "[{\"offset\":0,\"length\":600,\"exists\":\"true\"},{\"offset\":700,\"length\":5}]"
    };
    String[] pieces = {"{", "}", "[", "]", ",", ":", "\"", "-", "9223372036854775807", "1e9", "\0"};
    for (int round = 0; round < 20_000; round++) {
      StringBuilder json = new StringBuilder(maps[random.nextInt(maps.length)]);
      for (int damages = 1 + random.nextInt(3); damages > 0; damages--) {
        int at = random.nextInt(json.length());
        switch (random.nextInt(3)) {
          case 0 -> json.insert(at, pieces[random.nextInt(pieces.length)]);
          case 1 -> json.delete(at, at + 1 + random.nextInt(5));
          default -> json.setCharAt(at, (char) random.nextInt(256));
        }
      }
      try {
        ExtentList list = read(json.toString());
        assertTrue(list.end() <= SIZE, json::toString);
      } catch (FileSystemException e) {
        assertEquals("disk.map", e.getFile());
        assertTrue(e.getReason().length() > 5, e::getReason);
      }
    }
  }
}
