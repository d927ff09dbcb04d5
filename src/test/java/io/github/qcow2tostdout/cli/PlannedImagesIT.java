package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a plan says is what a scan finds, or it is refused. */
class PlannedImagesIT {
  @TempDir Path directory;

  private Path disk;
  private Path plan;

  @BeforeEach
  void makeDisk() throws IOException {
    disk =
        DiskRecipe.hole(5_000_000)
            .data(0, 70_000)
            .zeroes(400_000, 70_000)
            .data(1_000_000, 1)
            .data(2_300_000, 600_000)
            .data(4_999_999, 1)
            .make(directory.resolve("disk"));
    plan = directory.resolve("plan");
  }

  private static Object[] with(List<?> first, Object... more) {
    List<Object> all = new ArrayList<>(first);
    all.addAll(List.of(more));
    return all.toArray();
  }

  private static byte[] written(Object... arguments) {
    Console console = new Console();
    int code = console.run(arguments);
    assertEquals(0, code, () -> List.of(arguments) + ": " + console.err());
    return console.out();
  }

  private static String refused(int code, Object... arguments) {
    Console console = new Console();
    assertEquals(code, console.run(arguments), console.err());
    assertEquals(0, console.out().length);
    return console.err();
  }

  private void makePlan(Object... options) throws IOException {
    Files.write(plan, written(with(with("plan"), with(options), disk)));
  }

  private static List<Object> with(Object... options) {
    return List.of(options);
  }

  private static Object[] with(List<?> first, List<?> second, Object... more) {
    List<Object> all = new ArrayList<>(first);
    all.addAll(second);
    all.addAll(List.of(more));
    return all.toArray();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-c 512",
        "-c 2M",
        "-v 2",
        "-r 1",
        "-z",
        "-z -c 512 -r 1",
        "-z=zstd -c 4K",
        "-z -c 2M --deflate-window 4K",
        "-o extended_l2=on",
        "-o extended_l2=on,lazy_refcounts=on -z",
        "--zero-clusters",
        "-o extended_l2=on -c 16K --zero-clusters",
        "-d",
        "-R --data-file-name x",
        "--map-only",
        "--offset 1000 --length 3M",
        "-B @base --backing-name b.raw",
        "-B @base -z -c 4K",
        "--diff @base -o extended_l2=on",
      })
  void thePartsOfAPlanAreThoseOfTheImage(String words) throws IOException {
    Path base =
        DiskRecipe.hole(5_000_000)
            .data(0, 66_000)
            .data(300_000, 200_000)
            .make(directory.resolve("base"));
    List<Object> options =
        words.isEmpty()
            ? List.of()
            : List.of((Object[]) words.replace("@base", base.toString()).split(" "));
    byte[] image = written(with(options, disk));
    makePlan(options.toArray());
    // Where the plan is used there is no base, and the disk has another name.
    Files.delete(base);
    Path copy = directory.resolve("copy");
    Files.copy(disk, copy);
    assertArrayEquals(image, written("--plan", plan, copy));
    assertEquals(
        image.length + "\n",
        new String(written("measure", "--bytes", "--plan", plan, disk), StandardCharsets.US_ASCII));
    for (int size : new int[] {image.length, image.length - 1, 65536, 100_003}) {
      ByteArrayOutputStream joined = new ByteArrayOutputStream();
      for (int part = 1; part <= Math.ceilDiv(image.length, size); part++) {
        joined.writeBytes(
            written("--plan", plan, "--part", part + "/" + size, part % 2 == 0 ? disk : copy));
      }
      assertArrayEquals(image, joined.toByteArray(), "parts of " + size);
    }
  }

  @Test
  void aRandomPlanIsTheScanOfItsDisk() throws IOException {
    Random random = Seeds.random(PlannedImagesIT.class);
    for (int round = 0; round < 40; round++) {
      int clusterBits = 9 + random.nextInt(6);
      DiskRecipe recipe = DiskRecipe.hole(1 + random.nextInt(3_000_000));
      for (int i = random.nextInt(40); i > 0; i--) {
        recipe = recipe.data(random.nextLong(recipe.size()), 1 + random.nextInt(20_000));
      }
      Files.deleteIfExists(disk);
      recipe.make(disk);
      List<Object> options = new ArrayList<>(List.of("-c", 1 << clusterBits));
      if (random.nextBoolean()) {
        options.add(random.nextBoolean() ? "-z" : "-z=zstd");
      }
      byte[] image = written(with(options, disk));
      makePlan(options.toArray());
      int from = random.nextInt(image.length + 1);
      int to = from + random.nextInt(image.length - from + 1);
      assertArrayEquals(
          Arrays.copyOfRange(image, from, to),
          written(
              "--plan", plan, "--range", from + "-" + to, "--threads", 1 + random.nextInt(3), disk),
          options + " of " + recipe);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-z", "-o extended_l2=on --zero-clusters"})
  void aDamagedByteIsRefused(String words) throws IOException {
    Files.delete(disk);
    DiskRecipe.hole(600_000).data(100_000, 130_000).zeroes(400_000, 70_000).make(disk);
    List<Object> options = words.isEmpty() ? List.of() : List.of((Object[]) words.split(" "));
    makePlan(options.toArray());
    byte[] good = Files.readAllBytes(plan);
    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= (byte) (1 << at % 8);
      Files.write(plan, bad);
      String said = refused(ExitCode.FAILED, "--plan", plan, disk);
      assertTrue(said.contains("plan: unusable plan: "), said);
    }
    for (int size = 0; size < good.length; size++) {
      Files.write(plan, Arrays.copyOf(good, size));
      refused(ExitCode.FAILED, "--plan", plan, disk);
    }
    Files.write(plan, Arrays.copyOf(good, good.length + 1));
    refused(ExitCode.FAILED, "--plan", plan, disk);
  }

  @Test
  void aNewerPlanIsRefusedByItsVersion() throws IOException {
    makePlan();
    byte[] bytes = Files.readAllBytes(plan);
    ByteBuffer.wrap(bytes).putInt(8, 2);
    Files.write(plan, bytes);
    String said = refused(ExitCode.FAILED, "--plan", plan, disk);
    assertTrue(said.contains("it has version 2, and this program reads version 1"), said);
    assertTrue(refused(ExitCode.FAILED, "--plan", disk, disk).contains("does not begin as a plan"));
  }

  private void assertOtherDisk(String fact, Object... arguments) {
    String said = refused(ExitCode.FAILED, arguments);
    assertTrue(said.contains("not the disk of the plan: "), said);
    assertTrue(said.contains(fact), said);
  }

  private void write(Path file, long offset, int value) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {(byte) value}), offset);
    }
  }

  @Test
  void aWriteToTheDiskIsNoticed() throws IOException {
    FileTime modified = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(disk, modified);
    makePlan();
    write(disk, 2_300_000, 0);
    assertOtherDisk("its time of modification was", "--plan", plan, disk);
    Files.setLastModifiedTime(disk, modified);
    assertOtherDisk("its time of change was", "--plan", plan, disk);
    assertOtherDisk(
        "its bytes 2293760 to 2359296 are not what they were",
        "--plan",
        plan,
        "--detect-change=mtime",
        disk);
  }

  @Test
  void anotherFileIsToldByItsSizeAndItsContent() throws IOException {
    makePlan();
    Path other = directory.resolve("other");
    Files.copy(disk, other);
    write(other, 5_000_000, 1);
    assertOtherDisk(
        "it has 5000001 bytes, and the plan is of a disk of 5000000", "--plan", plan, other);
    Files.copy(disk, other, StandardCopyOption.REPLACE_EXISTING);
    write(other, 2_600_000, 0);
    assertOtherDisk("are not what they were", "--plan", plan, other);
    // What was a hole, and is data.
    Files.copy(disk, other, StandardCopyOption.REPLACE_EXISTING);
    write(other, 1_600_000, 1);
    assertOtherDisk("are not what they were", "--plan", plan, other);
    Files.move(other, disk, StandardCopyOption.REPLACE_EXISTING);
    assertOtherDisk("are not what they were", "--plan", plan, disk);
  }

  @ParameterizedTest
  @CsvSource({
    "-c, 64K",
    "-r, 16",
    "-v, 3",
    "-o, lazy_refcounts=on",
    "--level, 3",
    "-B, disk",
    "--map, disk",
    "--cluster-size, 4K",
  })
  void whatAPlanSaysIsNotSaidAgain(String option, String value) throws IOException {
    makePlan();
    String said = refused(ExitCode.USAGE, "--plan", plan, option, value, disk);
    assertTrue(said.contains(" does not go with --plan"), said);
  }

  @Test
  void noSecondCompressionIsSaid() throws IOException {
    makePlan();
    String said = refused(ExitCode.USAGE, "--plan", plan, "-z", disk);
    assertTrue(said.contains("--compress does not go with --plan"), said);
  }

  @Test
  void anotherEncoderIsRefused() throws IOException {
    makePlan("-z");
    byte[] bytes = Files.readAllBytes(plan);
    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    int at = text.indexOf("level 1");
    // The record begins behind the header, and its checksum is behind the text.
    int end = at + "level 1, window 32K".length();
    bytes[at - 3] ^= 1;
    java.util.zip.CRC32C sum = new java.util.zip.CRC32C();
    sum.update(bytes, 28, end - 28);
    ByteBuffer.wrap(bytes).putInt(end, (int) sum.getValue());
    Files.write(plan, bytes);
    String said = refused(ExitCode.FAILED, "--plan", plan, disk);
    assertTrue(said.contains("its clusters were compressed by"), said);
  }

  @Test
  void aPlanKnowsHowItsDiskWasOpened() throws IOException {
    Files.delete(disk);
    DiskRecipe.hole(3 << 20).data(500_000, 1_000_000).make(disk);
    Path image = directory.resolve("disk.qcow2");
    Files.write(image, written(disk));
    Files.write(plan, written("plan", "-f", "qcow2", "--offset", "1M", image));
    byte[] expected = written("-f", "qcow2", "--offset", "1M", image);
    assertArrayEquals(expected, written("--plan", plan, image));
    // The same disk, and no image of it.
    assertArrayEquals(expected, written("--plan", plan, "-f", "raw", disk));
    assertOtherDisk("it has 3145728 bytes", "--plan", plan, "--offset", "0", image);
  }

  @Test
  void whatIsSkippedAndWhatFollowsIsTheImage() throws Exception {
    byte[] image = written(disk);
    for (int at : new int[] {0, 1, 65536, image.length - 1, image.length}) {
      byte[] rest = Arrays.copyOfRange(image, at, image.length);
      assertArrayEquals(rest, written("--skip", at, disk));
      String hex =
          java.util.HexFormat.of()
              .formatHex(
                  java.security.MessageDigest.getInstance("SHA-256")
                      .digest(Arrays.copyOf(image, at)));
      assertArrayEquals(rest, written("--skip", at, "--expect-prefix", "sha256:" + hex, disk));
      String wrong = (hex.charAt(0) == '0' ? "1" : "0") + hex.substring(1);
      String said =
          refused(ExitCode.FAILED, "--skip", at, "--expect-prefix", "sha256:" + wrong, disk);
      assertTrue(said.contains("nothing was written"), said);
    }
    refused(ExitCode.USAGE, "--skip", image.length + 1, disk);
    refused(ExitCode.USAGE, "--expect-prefix", "crc32c:00000000", disk);
    refused(ExitCode.USAGE, "--skip", "1", "--part", "1/1M", disk);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0/1M", "1/0", "1", "/1M", "1/", "x/1M", "1K/1M", "-1/1M", "999/1M"})
  void aPartThatIsNoneIsRefused(String part) throws IOException {
    makePlan();
    refused(ExitCode.USAGE, "--plan", plan, "--part", part, disk);
    refused(ExitCode.USAGE, "--part", part, disk);
  }
}
