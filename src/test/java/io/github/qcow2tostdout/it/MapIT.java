package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Maps that go out, compared with those of qemu-img, and maps that come in from there. */
@Timeout(120)
final class MapIT {
  /** From here on the file system is asked for holes. */
  private static final long LARGE = 64L << 20;

  @TempDir Path directory;
  private Path disk;

  @BeforeEach
  void makeDisk() throws Exception {
    disk =
        DiskRecipe.hole(LARGE + 12345)
            .data(0, 1)
            .data(10 << 20, 70_000)
            .zeroes(20 << 20, 1 << 20)
            .dataEvery(8 << 20)
            .make(directory.resolve("disk.raw"));
  }

  private Outcome bash(String script) throws Exception {
    return PackagedTool.bash(directory, script);
  }

  private void assertDone(String script) throws Exception {
    assertEquals(new Outcome(0, "", ""), bash(script), script);
  }

  /** The map of qemu-img 7.2; what later ones add to it is left out. */
  private static String qemuMap(Object... arguments) throws Exception {
    Object[] all = new Object[arguments.length + 2];
    all[0] = "map";
    all[1] = "--output=json";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return Tool.QEMU_IMG.runWell(all).replaceAll(", \"compressed\": (true|false)", "");
  }

  @ParameterizedTest
  @ValueSource(longs = {LARGE, LARGE + 1, LARGE + 511, LARGE + 512, LARGE + 100_000, 5L << 40})
  void theMapOfAFileIsThatOfQemuImg(long size) throws Exception {
    DiskRecipe.hole(size).data(4096, 5000).data(LARGE - 4097, 9).zeroes(1 << 20, 70_000).make(disk);
    Outcome map = PackagedTool.run("map", disk);
    assertEquals(new Outcome(0, qemuMap("-f", "raw", disk), ""), map);
    Outcome table = PackagedTool.run("map", "--output=human", disk);
    assertEquals(new Outcome(0, Tool.QEMU_IMG.runWell("map", "-f", "raw", disk), ""), table);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 511, 700, 4097, 100_000, 1 << 20})
  void theMapOfASmallFileIsThatOfQemuImg(long size) throws Exception {
    for (DiskRecipe recipe :
        new DiskRecipe[] {
          DiskRecipe.hole(size).data(size / 2, size), DiskRecipe.hole(size).data(0, 1)
        }) {
      recipe.make(disk);
      assertEquals(new Outcome(0, qemuMap("-f", "raw", disk), ""), PackagedTool.run("map", disk));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"data", "hole"})
  void theMapOfADiskOfOneKindIsThatOfQemuImg(String kind) throws Exception {
    DiskRecipe recipe = DiskRecipe.hole(LARGE);
    (kind.equals("data") ? recipe.data(0, LARGE) : recipe.zeroes(LARGE - 512, 0)).make(disk);
    assertEquals(qemuMap("-f", "raw", disk), PackagedTool.run("map", disk).out());
  }

  @Test
  void theMapOfAWindowIsThatOfQemuImg() throws Exception {
    assertEquals(
        qemuMap(
            "--image-opts",
            "driver=raw,offset=%d,size=%d,file.filename=%s".formatted(6 << 20, 40 << 20, disk)),
        PackagedTool.run("map", "--offset=6M", "--length=40M", disk).out());
  }

  @Test
  void whatQemuImgPrintsIsTaken() throws Exception {
    Tool.QEMU_IMG.path();
    assertDone(
        "qemu-img map -f raw --output=json disk.raw > map && \"$0\" --map map disk.raw | cmp -"
            + " <(\"$0\" disk.raw)");
    assertDone("\"$0\" --map map --map-only disk.raw | cmp - <(\"$0\" --map-only disk.raw)");
    assertDone("\"$0\" map --map map disk.raw | cmp - map");
  }

  @Test
  void whatNbdinfoPrintsIsTaken() throws Exception {
    Tool.NBDKIT.path();
    assertDone(
        "nbdkit -U - file disk.raw --run 'nbdinfo --map --json \"$uri\"' > map && \"$0\" --map map"
            + " --map-only disk.raw | cmp - <(\"$0\" --map-only disk.raw)");
  }

  /** The disk of an image with a backing file, mapped by qemu-img, read as a raw disk. */
  @Test
  void theMapOfAnImageFitsItsRawDisk() throws Exception {
    Tool.QEMU_IMG.path();
    assertDone(
        "qemu-img create -q -f qcow2 base 80M && qemu-io -f qcow2 -c 'write -P 1 1M 5M' -c 'write"
            + " -P 2 40M 64k' base > log && qemu-img create -q -f qcow2 -b base -F qcow2 over &&"
            + " qemu-io -f qcow2 -c 'write -P 3 70M 100k' -c 'write -z 2M 1M' -c 'write -P 0 50M"
            + " 1M' over >> log && qemu-img convert -f qcow2 -O raw over flat &&"
            + " qemu-img map -f qcow2 --output=json over > map");
    assertTrue(Files.readString(directory.resolve("map")).contains("\"depth\": 1"));
    assertDone(
        "\"$0\" --map map flat > image && \"$0\" flat | cmp - image && \"$0\" --map map --map-only"
            + " flat > taken");
    Qemu.assertClean(directory.resolve("taken"));
    Qemu.assertIdentical(directory.resolve("flat"), directory.resolve("taken"));
    // What was written as zeroes is data to the map, and to nobody else.
    assertTrue(Files.size(directory.resolve("taken")) > Files.size(directory.resolve("image")));
  }

  @Test
  void aMapThatWasTestedElsewhereMakesTheSameImageWithoutAScan() throws Exception {
    assertDone(
        "\"$0\" map --zero-test -c 4K disk.raw > map && cp --sparse=never disk.raw full && \"$0\""
            + " -c 4K --map - --map-only full < map | cmp - <(\"$0\" -c 4K disk.raw)");
    assertDone("\"$0\" map --zero-test -c 4K full | cmp - map");
  }

  @Test
  void whatIsOutsideOfTheMapIsNotRead() throws Exception {
    String map = "[{\"offset\":1048576,\"length\":65536},{\"offset\":33554432,\"length\":1}]";
    Files.writeString(directory.resolve("map"), map);
    if (Tool.STRACE.run("-o", "/dev/null", "-e", "trace=none", "true").code() != 0) {
      Tool.missing("the permission to trace processes");
    }
    assertDone(
        Tool.STRACE.path()
            + " -qq -f -o log -P \"$PWD/disk.raw\" -e trace=pread64,read,sendfile,copy_file_range"
            + " \"$0\" -f raw --map map --map-only disk.raw > image");
    for (String line : Files.readAllLines(directory.resolve("log"))) {
      // The VM's own signals are in the log too.
      assertTrue(
          line.contains("--- SIG")
              || line.contains(", 1048576")
              || line.contains("[1048576]")
              || line.contains("33554432"),
          line);
    }
    bashCompare("image");
  }

  /** Zero outside of the map, whatever the size of clusters. */
  private void bashCompare(String image) throws Exception {
    assertDone(
        "truncate -s $(stat -c %s disk.raw) expected; for at in 1048576:65536 33554432:1; do dd"
            + " if=disk.raw of=expected bs=64K iflag=skip_bytes,count_bytes oflag=seek_bytes"
            + " skip=${at%:*} seek=${at%:*} count=${at#*:} conv=notrunc status=none; done");
    Qemu.assertClean(directory.resolve(image));
    Qemu.assertIdentical(directory.resolve("expected"), directory.resolve(image));
    assertDone("\"$0\" -c 512 --map map disk.raw > small");
    Qemu.assertIdentical(directory.resolve("expected"), directory.resolve("small"));
  }

  @Test
  void aMapOfADiskThatHasGrownSinceIsRefused() throws Exception {
    assertDone("\"$0\" map disk.raw > map; truncate -s +1M disk.raw");
    bash("\"$0\" --map map disk.raw")
        .assertFailedBeforeTheFirstByte(1, "map: covers ", "or of this one when it was smaller");
    assertDone("truncate -s -2M disk.raw");
    bash("\"$0\" measure --map map disk.raw")
        .assertFailedBeforeTheFirstByte(1, "map: entry ", "beyond the end of the disk");
  }

  @Test
  void aMapWithMoreExtentsThanMemoryIsRefused() throws Exception {
    bash("truncate -s 1T huge; seq 0 2 40000000 | sed 's/.*/{\"offset\":&,\"length\":1},/; 1s/^/[/'"
            + " | \"$0\" --map - huge")
        .assertFailedBeforeTheFirstByte(
            1, "standard input: entry ", "it is one too many: memory has room for ");
  }

  @Test
  void aMapMayComeThroughAPipeWithAName() throws Exception {
    assertDone(
        "\"$0\" --map <(echo '[{\"offset\":0,\"length\":67121209}]') disk.raw | cmp - <(\"$0\""
            + " disk.raw)");
  }

  @Test
  void aDiskThatChangesWhileItIsMappedIsFoundOut() throws Exception {
    // Of so many extents that the map fills the pipe.
    DiskRecipe.hole(512L << 20).dataEvery(128 << 10).make(disk);
    Outcome outcome =
        bash("\"$0\" map disk.raw | { sleep 1; echo x >> disk.raw; cat > /dev/null; }");
    outcome.assertFailed(1, "disk.raw: source changed", "its size was 536870912 bytes and is");
  }

  @Test
  void theReaderOfAMapMayGoAway() throws Exception {
    DiskRecipe.hole(512L << 20).dataEvery(128 << 10).make(disk);
    Outcome outcome = bash("\"$0\" map disk.raw | head -c 10");
    assertEquals(141, outcome.code());
    assertEquals("qcow2-to-stdout: the reader of standard output went away\n", outcome.err());
  }

  @Test
  void aMapThatDoesNotFitIsAFailure() throws Exception {
    bash("\"$0\" map disk.raw > /dev/full")
        .assertFailed(1, "standard output: No space left on device; what it got is incomplete");
  }
}
