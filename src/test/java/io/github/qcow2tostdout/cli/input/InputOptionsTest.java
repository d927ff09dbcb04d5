package io.github.qcow2tostdout.cli.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.cli.Console;
import io.github.qcow2tostdout.source.OpenDescriptor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Windows of INPUT and maps of it, by the command line. */
class InputOptionsTest {
  private static final int SIZE = 300_000;

  @TempDir Path directory;

  private final Console console = new Console();
  private Path disk;

  @BeforeEach
  void makeDisk() throws IOException {
    byte[] bytes = new byte[SIZE];
    Arrays.fill(bytes, 70_000, 80_000, (byte) 1);
    Arrays.fill(bytes, 200_000, 200_001, (byte) 2);
    disk = Files.write(directory.resolve("disk.raw"), bytes);
  }

  private int run(String arguments) {
    Object[] words =
        Arrays.stream(arguments.split(" ")).map(w -> w.equals("DISK") ? disk : w).toArray();
    return console.run(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--offset x DISK | --offset x: not a number of bytes; allowed: digits, or with K, M, G or"
            + " T",
        "--offset -1 DISK | --offset -1: not a number of bytes",
        "--offset=1.5K DISK | --offset 1.5K: not a number of bytes",
        "--offset=9999999T DISK | --offset 9999999T: not a number of bytes",
        "--length= DISK | --length : not a number of bytes",
        "--length=y DISK | --length y: not a number of bytes",
        "--offset=1K --offset=2K DISK | --offset=1K and --offset=2K contradict each other",
        "--offset=300000 DISK | --offset 300000 is not before the end of",
        "--offset=1M DISK | --offset 1048576 is not before the end of",
        "--length=300001 DISK | --length 300001 goes beyond the end of",
        "--offset=299999 --length=2 DISK | --offset 299999 --length 2 goes beyond the end of",
        "--offset=8191P DISK | --offset 8191P: not a number of bytes",
        "--length=8388607T DISK | --length 9223370937343148032 goes beyond the end of",
        "measure --offset=1M DISK | --offset 1048576 is not before the end of",
        "map --offset=1M DISK | --offset 1048576 is not before the end of",
        "-d --offset=512 DISK | -d needs all of a file: the guest reads the data file itself, from"
            + " its first byte; leave out --offset and --length",
        "-R --length=512 DISK | -R needs all of a file",
        "measure -d --length=512 DISK | -d needs all of a file",
        "--detect-change=x DISK | --detect-change x: not allowed; allowed: ctime, mtime, size,"
            + " verify, none",
        "--detect-change=none --verify DISK | --detect-change=none and --verify"
            + " contradict each other; say --detect-change=verify",
        "--detect-change=size --detect-change=mtime DISK | --detect-change=size and"
            + " --detect-change=mtime contradict each other; say it once",
        "--verify -d DISK | --verify does not go with -d: the data stays in INPUT",
        "--detect-change=verify -R DISK | --verify does not go with -R",
        "map --detect-change=verify DISK | --detect-change=verify needs a conversion",
        "--map - - | standard input can't be both INPUT and the map; give one of them as a file",
        "map --map - - | standard input can't be both INPUT and the map",
        "--map m --no-sparse DISK | --map and --no-sparse contradict each other; say one of them",
        "--map m --map n DISK | --map=m and --map=n contradict each other; say it once",
        "-R --map m DISK | -R and --map contradict each other: -R maps every cluster; say one",
        "-f vmdk - | -f vmdk needs a file: only raw disks and qcow2 are read from standard input",
        "--spool-dir a --spool-dir b DISK | --spool-dir=a and --spool-dir=b contradict each other",
        "map --output=xml DISK | --output xml: not allowed; allowed: json, human",
        "map -c 64K DISK | -c 64K needs --zero-test: nothing else is done by clusters",
        "map --zero-test -c 3 DISK | -c 3: not allowed; allowed: 512, 1K",
        "map --map-only DISK | Unknown option: '--map-only'",
        "map -r 16 DISK | Unknown option",
        "map | INPUT is missing; say which disk to read",
      })
  void wrongUsageIsRefused(String arguments, String message) {
    assertEquals(64, run(arguments), console::err);
    String line = console.errLines().getFirst();
    assertTrue(line.startsWith("qcow2-to-stdout: " + message), line);
    assertEquals(0, console.out().length);
  }

  @ParameterizedTest
  @CsvSource({
    "-d --offset=0 DISK",
    "-R --length=300000 DISK",
    "-d --offset=0 --length=300000 DISK"
  })
  void aWindowThatIsTheWholeDiskGoesWithADataFile(String arguments) {
    assertEquals(0, run(arguments), console::err);
  }

  @Test
  void aMapThatIsEmptyByNameIsWrongUsage() {
    assertEquals(64, console.run("--map", "", disk));
    assertTrue(console.err().contains("--map: the name is empty"), console::err);
  }

  @Test
  void onlyWhatTheMapCallsDataIsInTheImage() throws IOException {
    byte[] bytes = Files.readAllBytes(disk);
    Arrays.fill(bytes, 75_000, SIZE, (byte) 0);
    Path expected = Files.write(directory.resolve("expected"), bytes);
    Console image = new Console();
    assertEquals(0, image.run("-c", "512", expected));
    assertEquals(0, console.run("-c", "512", "--map", map("0-75000"), disk), console::err);
    assertArrayEquals(image.out(), console.out());
  }

  @Test
  void mapOnlyTakesTheMapAtItsWord() throws IOException {
    assertEquals(0, console.run("--map-only", "--map", map("0-5 131072-131073"), disk));
    // Header, refcounts, L1, L2, and two clusters that hold zeroes.
    assertEquals(7 << 16, console.out().length);
    Console tested = new Console();
    assertEquals(0, tested.run("--map", map("0-5 131072-131073"), disk));
    assertEquals(4 << 16, tested.out().length);
  }

  @Test
  void theMapIsInTheCoordinatesOfTheWindow() throws IOException {
    Console expected = new Console();
    assertEquals(0, expected.run("--offset=70K", disk));
    assertEquals(0, console.run("--offset=70K", "--map", map("0-228320"), disk), console::err);
    assertArrayEquals(expected.out(), console.out());
    Console beyond = new Console();
    assertEquals(1, beyond.run("--offset=70K", "--map", map("0-300000"), disk));
    assertTrue(
        beyond.err().contains("ends at byte 300000, beyond the end of the disk at byte 228320"),
        beyond::err);
  }

  @Test
  void theMapOfAWindowIsInItsCoordinatesToo() {
    assertEquals(0, run("map --zero-test -c 512 --offset=70000 --length=10K DISK"));
    assertEquals(
        """
        [{ "start": 0, "length": 10240, "depth": 0, "present": true, "zero": false, "data": true, "offset": 70000}]
        """,
        console.outText());
  }

  @Test
  void aTestedMapHasTheClustersWithData() {
    assertEquals(0, run("map --zero-test DISK"));
    assertEquals(
        """
        [{ "start": 0, "length": 65536, "depth": 0, "present": true, "zero": true, "data": false, "offset": 0},
        { "start": 65536, "length": 65536, "depth": 0, "present": true, "zero": false, "data": true, "offset": 65536},
        { "start": 131072, "length": 65536, "depth": 0, "present": true, "zero": true, "data": false, "offset": 131072},
        { "start": 196608, "length": 65536, "depth": 0, "present": true, "zero": false, "data": true, "offset": 196608},
        { "start": 262144, "length": 37888, "depth": 0, "present": true, "zero": true, "data": false, "offset": 262144}]
        """,
        console.outText());
  }

  @Test
  void aTableIsForPersons() {
    assertEquals(0, run("map --output=human --zero-test DISK"));
    assertEquals(
        "Offset          Length          Mapped to       File\n"
            + "0x10000         0x10000         0x10000         %s\n".formatted(disk)
            + "0x30000         0x10000         0x30000         %s\n".formatted(disk),
        console.outText());
  }

  @Test
  void aMapMayComeFromStandardInput() throws IOException {
    Path map = map("70000-80000 200000-200001");
    Console fed =
        new Console(
            new OpenDescriptor(
                "standard input", map, FileChannel.open(map, StandardOpenOption.READ)),
            false);
    assertEquals(0, fed.run("--map", "-", disk), fed::err);
    assertEquals(0, run("DISK"));
    assertArrayEquals(console.out(), fed.out());
  }

  @Test
  void aBadMapIsNamed() throws IOException {
    Path map = Files.writeString(directory.resolve("disk.map"), "[{\"offset\":5}]");
    assertEquals(1, console.run("--map", map, disk));
    assertEquals(
        List.of("qcow2-to-stdout: " + map + ": entry 1 of the map (line 1): it has no length"),
        console.errLines());
    Console missing = new Console();
    assertEquals(1, missing.run("--map", "/missing", disk));
    assertEquals(
        List.of("qcow2-to-stdout: /missing: no such file or device; check the name"),
        missing.errLines());
    Console folder = new Console();
    assertEquals(1, folder.run("--map", directory, disk));
    assertEquals(
        List.of("qcow2-to-stdout: " + directory + ": can't be read: Is a directory"),
        folder.errLines());
  }

  @Test
  void aMapMayBeNamedLikeASubcommand() {
    assertEquals(1, console.run("--map", "map", disk));
    assertEquals(
        List.of("qcow2-to-stdout: map: no such file or device; check the name"),
        console.errLines());
  }

  @Test
  void theMapOfAMapIsTheMap() throws IOException {
    assertEquals(0, console.run("map", "--output=human", "--map", map("5-7 9-11"), disk));
    assertEquals(
        "Offset          Length          Mapped to       File\n"
            + "0x5             0x2             0x5             %s\n".formatted(disk)
            + "0x9             0x2             0x9             %s\n".formatted(disk),
        console.outText());
  }

  @Test
  void helpOfMapIsItsOwn() {
    assertEquals(0, console.run("map", "--help"));
    assertTrue(console.outText().startsWith("Usage: qcow2-to-stdout map [OPTIONS] INPUT\n"));
    for (String word : List.of("--zero-test", "--map", "--offset", "--length", "--spool-dir")) {
      assertTrue(console.outText().contains(word), word);
    }
  }

  @Test
  void helpSaysWhyAPipeIsKeptFirst() {
    assertEquals(0, console.run("--help=all"));
    assertTrue(
        console.outText().replaceAll("\\s+", " ").contains("a pipe can't be read twice"),
        console::outText);
  }

  /** A map in the form of rbd. */
  private Path map(String extents) throws IOException {
    StringBuilder json = new StringBuilder("[");
    for (String extent : extents.split(" ")) {
      long from = Long.parseLong(extent.substring(0, extent.indexOf('-')));
      long to = Long.parseLong(extent.substring(extent.indexOf('-') + 1));
      json.append(json.length() > 1 ? "," : "")
          .append("{\"offset\":%d,\"length\":%d,\"exists\":\"true\"}".formatted(from, to - from));
    }
    return Files.writeString(directory.resolve("rbd.map"), json + "]\n");
  }
}
