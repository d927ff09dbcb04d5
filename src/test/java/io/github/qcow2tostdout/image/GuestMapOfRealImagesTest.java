package io.github.qcow2tostdout.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.testing.ImageFiles;
import io.github.qcow2tostdout.testing.RealImages;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Images as QEMU makes them: the map is that of {@code qemu-img map}. */
@Tag("slow")
class GuestMapOfRealImagesTest {
  /** A row of either map; QEMU does not say where compressed data is. */
  private record Row(long start, long end, String what, long shift) {}

  @TempDir Path directory;

  static List<RealImages.Recipe> recipes() {
    return RealImages.all();
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void theMapIsQemus(RealImages.Recipe recipe) throws Exception {
    Path path = RealImages.make(recipe, directory);
    try (BoundedFile file = ImageFiles.open(path)) {
      OpenedImage image = OpenRules.open(file);
      assertEquals(qemu(path), ours(GuestMap.of(image)));
      for (Snapshot snapshot : SnapshotTable.read(file, image.header()).snapshots()) {
        Path then = directory.resolve("then.qcow2");
        Files.copy(path, then);
        Tool.QEMU_IMG.runWell("snapshot", "-a", snapshot.id(), then);
        assertEquals(qemu(then), ours(GuestMap.of(image, snapshot)));
        Files.delete(then);
      }
    }
  }

  private static List<Row> ours(GuestMap map) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (long at = 0; at < map.size(); ) {
      GuestRun run = map.run(at, map.size());
      switch (run) {
        case GuestRun.Stored stored -> add(rows, run, "stored", stored.hostOffset() - at);
        case GuestRun.Zero zero -> add(rows, run, "zero", 0);
        case GuestRun.Unallocated nothing -> add(rows, run, "nothing", 0);
        case GuestRun.Compressed compressed -> add(rows, run, "compressed", 0);
        case GuestRun.Corrupt corrupt -> throw corrupt.error("image");
      }
      at = run.end();
    }
    return rows;
  }

  private static void add(List<Row> rows, GuestRun run, String what, long shift) {
    add(rows, new Row(run.guestOffset(), run.end(), what, shift));
  }

  /** Neighbours become one: QEMU also divides by what its file has. */
  private static void add(List<Row> rows, Row row) {
    Row last = rows.isEmpty() ? row : rows.getLast();
    if (!rows.isEmpty() && last.what.equals(row.what) && last.shift == row.shift) {
      rows.set(rows.size() - 1, new Row(last.start, row.end, row.what, row.shift));
    } else {
      rows.add(row);
    }
  }

  private static List<Row> qemu(Path image) throws IOException, InterruptedException {
    List<Row> rows = new ArrayList<>();
    String json = Tool.QEMU_IMG.runWell("map", "-f", "qcow2", "--output=json", image);
    for (JsonNode entry : JsonMapper.builder().build().readTree(json)) {
      long start = entry.get("start").asLong();
      long end = start + entry.get("length").asLong();
      boolean below = entry.get("depth").asInt() > 0 || !entry.get("present").asBoolean();
      if (start == end) {
        // A disk without bytes has one row.
      } else if (below) {
        add(rows, new Row(start, end, "nothing", 0));
      } else if (!entry.get("data").asBoolean()) {
        add(rows, new Row(start, end, "zero", 0));
      } else if (entry.has("offset")) {
        add(rows, new Row(start, end, "stored", entry.get("offset").asLong() - start));
      } else {
        add(rows, new Row(start, end, "compressed", 0));
      }
    }
    return rows;
  }
}
