package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Images in qcow2 as INPUT, which no QEMU is needed for. */
@Timeout(120)
final class Qcow2InputIT {
  private static final DiskRecipe DISK =
      DiskRecipe.hole(32 << 20)
          .data(1 << 20, 3_000_000)
          .zeroes(9 << 20, 2 << 20)
          .data((31 << 20) + 512, 1000);

  @TempDir Path directory;
  private Path disk;
  private Path image;

  @BeforeEach
  void makeDisk() throws Exception {
    disk = DISK.make(directory.resolve("disk.raw"));
    image = directory.resolve("image.qcow2");
  }

  private Outcome bash(String script) throws Exception {
    return PackagedTool.bash(directory, script);
  }

  /** A script that writes out.qcow2. */
  private void assertGivesTheDisk(String script) throws Exception {
    Outcome outcome = bash(script);
    assertEquals(0, outcome.code(), outcome::toString);
    Qemu.assertClean(directory.resolve("out.qcow2"));
    Qemu.assertIdentical(disk, directory.resolve("out.qcow2"));
  }

  private void convert(String... options) throws Exception {
    Object[] arguments = new Object[options.length + 7];
    System.arraycopy(new Object[] {"convert", "-f", "raw", "-O", "qcow2"}, 0, arguments, 0, 5);
    System.arraycopy(options, 0, arguments, 5, options.length);
    arguments[arguments.length - 2] = disk;
    arguments[arguments.length - 1] = image;
    Tool.QEMU_IMG.runWell(arguments);
  }

  @Test
  void noQemuIsNeeded() throws Exception {
    convert();
    assertGivesTheDisk(
        "mkdir bin; for p in env readlink; do ln -s $(command -v $p) bin; done;"
            + " PATH=$PWD/bin \"$0\" -f qcow2 image.qcow2 > out.qcow2");
    assertGivesTheDisk("\"$0\" -f auto image.qcow2 > out.qcow2");
  }

  @ParameterizedTest
  @CsvSource({"zlib, zstd", "zstd, zlib"})
  void imagesAreCompressedAnew(String from, String to) throws Exception {
    convert("-c", "-o", "compression_type=" + from);
    assertGivesTheDisk("\"$0\" -f qcow2 -z=" + to + " image.qcow2 > out.qcow2");
    String info = Tool.QEMU_IMG.runWell("info", directory.resolve("out.qcow2"));
    assertTrue(info.contains("compression type: " + to), info);
  }

  /** The libraries decode what is larger than 16 MiB. */
  @ParameterizedTest
  @CsvSource({"zlib", "zstd"})
  void largeCompressedImagesAreFlattened(String type) throws Exception {
    bash(
        "seq 1 6000000 | head -c 40M > disk.raw; head -c 12M /dev/urandom >> disk.raw;"
            + " seq 7 6000000 | head -c 20M >> disk.raw");
    convert("-c", "-o", "compression_type=" + type);
    assertTrue(Files.size(image) > 16 << 20);
    assertGivesTheDisk("\"$0\" -f qcow2 image.qcow2 > out.qcow2");
    assertGivesTheDisk("\"$0\" -f qcow2 -c 2M --threads 3 -z image.qcow2 > out.qcow2");
    // The layout does not depend on what the disk was read from.
    Outcome same = bash("\"$0\" -f qcow2 image.qcow2 | cmp - <(\"$0\" -f raw disk.raw)");
    assertEquals(0, same.code(), same::toString);
  }

  @Test
  void deltaToAnImage() throws Exception {
    convert("-c");
    bash("cp disk.raw new.raw; printf changed | dd of=new.raw bs=1 seek=5M conv=notrunc");
    Outcome delta = bash("\"$0\" -B image.qcow2 -F qcow2 new.raw > delta.qcow2");
    assertEquals(0, delta.code(), delta::toString);
    Qemu.assertIdentical(directory.resolve("new.raw"), directory.resolve("delta.qcow2"));
    assertTrue(Files.size(directory.resolve("delta.qcow2")) < 1 << 20);
  }

  @Test
  void snapshotIsCutOut() throws Exception {
    convert();
    Tool.QEMU_IMG.runWell("snapshot", "-c", "before", image);
    Tool.QEMU_IO.runWell("-f", "qcow2", "-c", "write -P 9 0 20M", image);
    assertGivesTheDisk("\"$0\" -f qcow2 --snapshot before image.qcow2 > out.qcow2");
    assertGivesTheDisk("\"$0\" -f qcow2 --snapshot 1 - < image.qcow2 > out.qcow2");
    PackagedTool.run("-f", "qcow2", "--snapshot", "none", image)
        .assertFailedBeforeTheFirstByte(1, "has no snapshot none; it has 1 (before)");
    PackagedTool.run("--snapshot", "1", disk).assertFailedBeforeTheFirstByte(64, "needs -f qcow2");
  }

  @Test
  void pipeIsSpooled() throws Exception {
    convert("-c");
    assertGivesTheDisk("cat image.qcow2 | \"$0\" -f qcow2 - > out.qcow2");
    assertGivesTheDisk("\"$0\" -f qcow2 - < image.qcow2 > out.qcow2");
    Outcome measured = bash("cat image.qcow2 | \"$0\" measure -f qcow2 --length 16M -");
    assertEquals(0, measured.code(), measured::toString);
    assertTrue(measured.out().contains("fully allocated size: 17104896"), measured::out);
    Outcome none = bash("cat disk.raw | \"$0\" -f qcow2 -");
    none.assertFailedBeforeTheFirstByte(1, "standard input: not a qcow2 image");
    Outcome cut = bash("head -c 300K image.qcow2 | \"$0\" -f qcow2 - | cat");
    assertEquals(1, cut.code(), cut::toString);
    assertTrue(cut.err().contains("beyond the end of the file"), cut::err);
  }

  @Test
  void theMapIsThatOfTheImage() throws Exception {
    convert();
    Outcome map = PackagedTool.run("map", "-f", "qcow2", image);
    assertEquals(0, map.code(), map::err);
    for (JsonNode entry : JsonMapper.builder().build().readTree(map.out())) {
      assertFalse(entry.has("offset"), map::out);
    }
    assertGivesTheDisk(
        "\"$0\" map -f qcow2 image.qcow2 | \"$0\" --map - --map-only disk.raw > out.qcow2");
  }

  @Test
  void damageIsSalvaged() throws Exception {
    convert();
    // The 17th entry of the only L2 table maps the first cluster of data.
    Poke.hex(image, (4 << 16) + 17 * 8, "8000000000000201");
    PackagedTool.run("-f", "qcow2", image)
        .assertFailedBeforeTheFirstByte(1, "corrupt image: guest offset 1114112");
    bash("dd if=/dev/zero of=disk.raw bs=64K seek=17 count=1 conv=notrunc");
    Outcome salvaged =
        bash("\"$0\" -f qcow2 --salvage --salvage-report lost.json image.qcow2 > out.qcow2");
    assertEquals(3, salvaged.code(), salvaged::err);
    assertEquals(1, salvaged.err().lines().count(), salvaged::err);
    assertTrue(
        salvaged.err().contains("lost: bytes 1114112 to 1179648 of the disk are zeroes now"),
        salvaged::err);
    Qemu.assertIdentical(disk, directory.resolve("out.qcow2"));
    JsonNode report =
        JsonMapper.builder().build().readTree(Files.readString(directory.resolve("lost.json")));
    assertEquals(65536, report.get("lost-bytes").asInt());
    assertEquals(1114112, report.get("lost").get(0).get("start").asInt());
    assertEquals(65536, report.get("lost").get(0).get("length").asInt());
    assertEquals("corrupt", report.get("lost").get(0).get("cause").asString());
    assertEquals(3, bash("\"$0\" measure -f qcow2 --salvage image.qcow2").code());
    PackagedTool.run("--salvage-report", "x", "-f", "qcow2", image)
        .assertFailedBeforeTheFirstByte(64, "needs --salvage");
  }

  @Test
  void imageOfAWriterIsRefused() throws Exception {
    convert();
    Path base = Files.move(image, directory.resolve("base.qcow2"));
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", "-b", base, "-F", "qcow2", image);
    Path socket = directory.resolve("socket");
    try (HeldProcess writer =
        HeldProcess.start(
            new ProcessBuilder(
                Tool.QEMU_NBD.path(),
                "-t",
                "-k",
                socket.toString(),
                "-f",
                "qcow2",
                base.toString()))) {
      HeldProcess.await("qemu-nbd: " + writer.err(), () -> Files.exists(socket));
      PackagedTool.run("-f", "qcow2", base)
          .assertFailedBeforeTheFirstByte(1, base + ": QEMU has it open for writing", "-U");
      PackagedTool.run("-q", "--follow", "-f", "qcow2", image)
          .assertFailedBeforeTheFirstByte(1, "QEMU has " + base + " open for writing");
      Outcome stdin = bash("\"$0\" -f qcow2 - < base.qcow2");
      stdin.assertFailedBeforeTheFirstByte(1, "standard input: QEMU has it open for writing");
      assertGivesTheDisk("\"$0\" -U -f qcow2 base.qcow2 > out.qcow2");
      assertTrue(writer.handle().isAlive());
    }
    assertGivesTheDisk("\"$0\" -q --follow -f qcow2 image.qcow2 > out.qcow2");
  }
}
