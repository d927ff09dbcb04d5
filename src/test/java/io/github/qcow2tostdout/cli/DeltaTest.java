package io.github.qcow2tostdout.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines with a base. */
class DeltaTest {
  private static final int CLUSTER = 65536;

  @TempDir Path directory;

  private final Console console = new Console();
  private Path disk;
  private Path base;

  @BeforeEach
  void disks() throws IOException {
    byte[] bytes = new byte[4 * CLUSTER];
    Arrays.fill(bytes, (byte) 1);
    base = Files.write(directory.resolve("base.raw"), bytes);
    bytes[CLUSTER] = 2;
    Arrays.fill(bytes, 2 * CLUSTER, 3 * CLUSTER, (byte) 0);
    disk = Files.write(directory.resolve("disk.raw"), bytes);
  }

  private static String backingName(byte[] image) {
    ByteBuffer header = ByteBuffer.wrap(image);
    int offset = (int) header.getLong(8);
    return new String(image, offset, header.getInt(16), UTF_8);
  }

  @Test
  void aDeltaHoldsWhatDiffersAndNamesItsBase() {
    assertEquals(0, console.run("-B", base, disk), console::err);
    byte[] image = console.out();
    assertEquals(6 * CLUSTER, image.length);
    assertEquals(base.toString(), backingName(image));
    assertEquals("raw", new String(image, 120, 3, US_ASCII));
    ByteBuffer tables = ByteBuffer.wrap(image);
    assertEquals(0, tables.getLong(4 * CLUSTER));
    assertEquals(5 * CLUSTER | 1L << 63, tables.getLong(4 * CLUSTER + 8));
    assertEquals(1, tables.getLong(4 * CLUSTER + 16));
    assertEquals(0, tables.getLong(4 * CLUSTER + 24));
    assertEquals("", console.err());
  }

  @Test
  void aDiffIsTheSameWithoutTheName() {
    assertEquals(0, console.run("-B", base, disk));
    Console diff = new Console();
    assertEquals(0, diff.run("--diff", base, disk));
    byte[] delta = console.out();
    byte[] image = diff.out();
    assertArrayEquals(
        Arrays.copyOfRange(delta, CLUSTER, delta.length),
        Arrays.copyOfRange(image, CLUSTER, image.length));
    assertEquals(0, ByteBuffer.wrap(image).getLong(8));
  }

  @Test
  void measureMeasuresTheDelta() {
    assertEquals(0, console.run("measure", "-B", base, disk));
    assertEquals(
        "required size: " + 6 * CLUSTER + "\nfully allocated size: " + 9 * CLUSTER + "\n",
        console.outText());
  }

  @Test
  void aNameIsTakenForTheImageAndNotOpened() {
    assertEquals(
        0,
        console.run(
            "-B",
            base,
            "--backing-name",
            "nowhere/b.qcow2",
            "--backing-name-format",
            "qcow2",
            disk));
    assertEquals("nowhere/b.qcow2", backingName(console.out()));
    assertEquals("qcow2", new String(console.out(), 120, 5, US_ASCII));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-B", "--diff"})
  void aBaseThatIsMissingIsNamed(String option) {
    Path missing = directory.resolve("missing");
    assertEquals(1, console.run(option, missing, disk));
    assertEquals(
        List.of("qcow2-to-stdout: " + missing + ": no such file or device; check the name"),
        console.errLines());
    assertEquals(0, console.out().length);
  }

  @Test
  void aDirectoryIsNoBase() {
    assertEquals(1, console.run("-B", directory, disk));
    assertTrue(console.err().contains(directory + ": is a directory; "), console::err);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-B", "--diff"})
  void aBaseInAnotherFormatIsRefusedUnlessTheFormatIsSaid(String option) throws IOException {
    byte[] bytes = Files.readAllBytes(base);
    System.arraycopy(HexFormat.of().parseHex("514649fb00000003"), 0, bytes, 0, 8);
    Files.write(base, bytes);
    assertEquals(64, console.run(option, base, disk));
    assertEquals(
        "qcow2-to-stdout: "
            + option
            + " "
            + base
            + ": the file begins like a disk in the format qcow2; say -F qcow2, or -F raw if its"
            + " bytes are the disk as they are",
        console.errLines().getFirst());
    assertEquals(0, console.out().length);
    Console told = new Console();
    assertEquals(0, told.run(option, base, "-F", "raw", disk), told::err);
    assertEquals(7 * CLUSTER, told.out().length);
  }

  @Test
  void aNameThatDoesNotFitTheHeaderClusterIsRefusedWithASizeThatWorks() {
    assertEquals(1, console.run("-c", 512, "-B", base, "--backing-name", "n".repeat(400), disk));
    assertEquals(
        "qcow2-to-stdout: "
            + disk
            + ": unsupported image: header, feature name table and backing file name take 536"
            + " bytes, a cluster holds 512; use a cluster size of 1K",
        console.err().strip());
  }

  @Test
  void aDiskComparedWithItselfIsTablesOnly() {
    assertEquals(0, console.run("--diff", disk, disk));
    assertEquals(4 * CLUSTER, console.out().length);
  }

  @Test
  void writtenZeroesAreKept() throws IOException {
    Path zeroes = Files.write(directory.resolve("zeroes"), new byte[2 * CLUSTER]);
    assertEquals(0, console.run("--zero-clusters", zeroes));
    assertEquals(5 * CLUSTER, console.out().length);
    assertEquals(1, ByteBuffer.wrap(console.out()).getLong(4 * CLUSTER));
    assertEquals(1, ByteBuffer.wrap(console.out()).getLong(4 * CLUSTER + 8));
  }

  @Test
  void helpTellsOfThem() {
    assertEquals(0, console.run("--help=all"));
    for (String word :
        List.of(
            "-B, --backing",
            "-F, --backing-format",
            "--backing-name",
            "--backing-name-format",
            "--diff",
            "--zero-clusters",
            "extended_l2")) {
      assertTrue(console.outText().contains(word), word);
    }
  }

  @Test
  void verboseSaysWhatWasComparedAndWhatIsZero() {
    assertEquals(0, console.run("--verbose", "-B", base, disk));
    assertEquals(6 * CLUSTER, console.out().length);
  }
}
