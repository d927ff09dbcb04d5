package io.github.qcow2tostdout.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.cli.DumpRun;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Dumps of real images against what QEMU says of them. */
class DumpImagesTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  @TempDir Path directory;

  static List<String> images() {
    return DumpImages.names();
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("images")
  void everythingIsReadAndValid(String name) throws Exception {
    Path image = new DumpImages(directory).make(name);
    DumpRun text = DumpRun.of(image);
    assertEquals("", text.err());
    assertEquals(0, text.code());
    assertTrue(
        text.out().lines().noneMatch(line -> line.startsWith(": -", 16)),
        "a line is marked: " + text.out());
    DumpRun run = DumpRun.of("-j", image);
    assertEquals("", run.err());
    assertEquals(0, run.code());
    DumpSchema.check(run.out());
    JsonNode dump = MAPPER.readTree(run.out());
    headerIsThatOfInfo(dump, info(image));
    locationsAscend(dump);
    if (!name.startsWith("data-file") && !name.equals("luks")) {
      refcountsAreThoseOfCheck(dump, image);
    }
    if (!name.startsWith("data-file")) {
      mappingIsThatOfMap(dump, image);
    }
  }

  private static JsonNode info(Path image) throws Exception {
    return MAPPER.readTree(Tool.QEMU_IMG.runWell("info", "-U", "--output=json", image));
  }

  private static void headerIsThatOfInfo(JsonNode dump, JsonNode info) {
    JsonNode header = dump.get("header");
    JsonNode data = info.get("format-specific").get("data");
    assertEquals(info.get("virtual-size").asLong(), header.get("size").asLong());
    assertEquals(info.get("cluster-size").asLong(), 1L << header.get("cluster_bits").asInt());
    boolean v3 = data.get("compat").asString().equals("1.1");
    assertEquals(v3 ? 3 : 2, header.get("version").asInt());
    assertEquals(
        data.get("compression-type").asString(),
        header.get("compression_type").asInt() == 0 ? "zlib" : "zstd");
    assertEquals(data.get("refcount-bits").asInt(), 1 << header.get("refcount_order").asInt());
    if (v3) {
      assertEquals(data.get("lazy-refcounts").asBoolean(), bit(header, "compatible_features", 0));
      assertEquals(data.get("corrupt").asBoolean(), bit(header, "incompatible_features", 1));
      assertEquals(data.get("extended-l2").asBoolean(), bit(header, "incompatible_features", 4));
    }
    assertEquals(info.get("dirty-flag").asBoolean(), bit(header, "incompatible_features", 0));
    assertEquals(
        info.has("backing-filename") ? info.get("backing-filename").asString() : "",
        dump.has("backing_file") ? dump.get("backing_file").get("name").asString() : "");
    snapshotsAreThoseOfInfo(dump, info);
    if (data.has("bitmaps")) {
      Set<String> names = new TreeSet<>();
      for (JsonNode extension : dump.get("extensions")) {
        if (extension.get("name").asString().equals("Bitmaps")) {
          extension
              .get("data")
              .get("bitmap_directory")
              .forEach(bitmap -> names.add(bitmap.get("name").asString()));
        }
      }
      Set<String> expected = new TreeSet<>();
      data.get("bitmaps").forEach(bitmap -> expected.add(bitmap.get("name").asString()));
      assertEquals(expected, names);
    }
  }

  private static void snapshotsAreThoseOfInfo(JsonNode dump, JsonNode info) {
    assertEquals(info.has("snapshots"), dump.has("snapshot_table"));
    if (info.has("snapshots")) {
      int i = 0;
      for (JsonNode snapshot : dump.get("snapshot_table").get("snapshots")) {
        JsonNode expected = info.get("snapshots").get(i);
        i++;
        assertEquals(expected.get("id").asString(), snapshot.get("id").asString());
        assertEquals(expected.get("name").asString(), snapshot.get("name").asString());
        assertEquals(expected.get("date-sec").asLong(), snapshot.get("date_sec").asLong());
        assertEquals(
            expected.get("vm-state-size").asLong(), snapshot.get("vm_state_size").asLong());
        assertEquals(expected.get("icount").asLong(), snapshot.get("icount").asLong());
      }
      assertEquals(info.get("snapshots").size(), i);
    }
  }

  private static boolean bit(JsonNode header, String field, int bit) {
    return header.get(field).bigIntegerValue().testBit(bit);
  }

  private static void locationsAscend(JsonNode dump) {
    long before = -1;
    for (JsonNode location : dump.get("locations")) {
      long offset = location.get("offset").asLong();
      assertTrue(offset >= before, location.toString());
      before = offset;
    }
  }

  /** A clean image's refcounts end where check says that the image ends. */
  private static void refcountsAreThoseOfCheck(JsonNode dump, Path image) throws Exception {
    JsonNode check = MAPPER.readTree(Tool.QEMU_IMG.runWell("check", "--output=json", image));
    long end = 0;
    for (JsonNode block : dump.get("refcount_blocks")) {
      for (JsonNode run : block.get("refcounts")) {
        end = run.get("first_cluster").asLong() + run.get("clusters").asLong();
      }
    }
    long clusterSize = 1L << dump.get("header").get("cluster_bits").asInt();
    assertEquals(check.get("image-end-offset").asLong(), end * clusterSize);
  }

  /** Every extent that map has in this file is where the L2 tables say. */
  private static void mappingIsThatOfMap(JsonNode dump, Path image) throws Exception {
    if (dump.get("header").get("crypt_method").asInt() != 0) {
      return;
    }
    long clusterSize = 1L << dump.get("header").get("cluster_bits").asInt();
    Map<Long, Long> normal = new TreeMap<>();
    long compressed = 0;
    for (JsonNode table : dump.get("l2_tables")) {
      for (JsonNode entry : table.get("entries")) {
        switch (entry.get("type").asString()) {
          case "normal" ->
              normal.put(entry.get("guest_offset").asLong(), entry.get("host_offset").asLong());
          case "compressed" -> compressed += clusterSize;
          default -> {}
        }
      }
    }
    long mappedCompressed = 0;
    Set<Long> seen = new TreeSet<>();
    for (JsonNode extent : MAPPER.readTree(Tool.QEMU_IMG.runWell("map", "--output=json", image))) {
      long start = extent.get("start").asLong();
      long length = extent.get("length").asLong();
      if (extent.has("offset") && extent.get("depth").asInt() == 0) {
        for (long at = start - start % clusterSize; at < start + length; at += clusterSize) {
          Long host = normal.get(at);
          if (host != null) {
            assertEquals(extent.get("offset").asLong() - start + at, host.longValue());
            seen.add(at);
          } else {
            assertTrue(!extent.get("data").asBoolean(), "no entry for guest offset " + at);
          }
        }
      } else if (extent.get("data").asBoolean() && extent.get("depth").asInt() == 0) {
        mappedCompressed += length;
      }
    }
    assertEquals(normal.keySet(), seen);
    assertEquals(mappedCompressed, compressed);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("images")
  void imageIsOnlyRead(String name) throws Exception {
    Path image = new DumpImages(directory).make(name);
    byte[] before = Files.readAllBytes(image);
    assertTrue(image.toFile().setReadOnly());
    assertEquals(0, DumpRun.of(image).code());
    assertEquals(-1, Arrays.mismatch(before, Files.readAllBytes(image)));
  }
}
