package io.github.qcow2tostdout.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.cli.Console;
import io.github.qcow2tostdout.source.OpenDescriptor;
import io.github.qcow2tostdout.testing.DiskRecipe;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Standard input without a process of its own: a file, or one that nobody can tell from a pipe. */
class StandardInputTest {
  private static final long SIZE = (3 << 20) + 700;
  private static final DiskRecipe RECIPE =
      DiskRecipe.hole(SIZE)
          .data(5000, 3000)
          .zeroes(1 << 20, 1 << 18)
          .data(2 << 20, 70_000)
          .data(SIZE - 1, 1);

  @TempDir Path directory;
  private Path disk;
  private Path spool;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = RECIPE.make(directory.resolve("disk.raw"));
    spool = Files.createDirectory(directory.resolve("spool"));
  }

  private OpenDescriptor file() throws IOException {
    return new OpenDescriptor(
        "standard input", disk, FileChannel.open(disk, StandardOpenOption.READ));
  }

  private OpenDescriptor pipe() throws IOException {
    return new OpenDescriptor(
        "standard input",
        directory.resolve("no-proc"),
        FileChannel.open(disk, StandardOpenOption.READ));
  }

  private Console run(OpenDescriptor in, String... arguments) throws IOException {
    Console console = new Console(in, false);
    Object[] all = Stream.concat(Stream.of(arguments), Stream.of("--spool-dir", spool)).toArray();
    int code = console.run(all);
    assertEquals("", console.err());
    assertEquals(0, code);
    try (Stream<Path> left = Files.list(spool)) {
      assertEquals(List.of(), left.toList());
    }
    return console;
  }

  private static Console failure(OpenDescriptor in, int code, String message, String... arguments) {
    Console console = new Console(in, false);
    assertEquals(code, console.run((Object[]) arguments), console::err);
    assertTrue(
        console.errLines().getFirst().startsWith("qcow2-to-stdout: " + message), console::err);
    assertEquals(0, console.out().length);
    return console;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-",
        "-c 512 -",
        "-c 4K -",
        "-c 2M -v 2 -",
        "--map-only -c 4K -",
        "--range 100K-400001 -",
        "measure -",
        "measure --output=json -",
      })
  void fileAndPipeGiveWhatTheFileGives(String arguments) throws IOException {
    String[] words = arguments.split(" ");
    Console expected = new Console();
    String[] named = words.clone();
    named[named.length - 1] = disk.toString();
    // What the pipe's zeroes are not, the file system's holes may be.
    assertEquals(0, expected.run((Object[]) named));
    assertArrayEquals(expected.out(), run(file(), words).out());
    if (!arguments.contains("--map-only")) {
      assertArrayEquals(expected.out(), run(pipe(), words).out());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--offset 1M -, 1048576, -1",
    "--offset 1M --length 1M -, 1048576, 1048576",
    "--offset 4999 --length 3001 -, 4999, 3001",
    "--length 2M -, 0, 2097152",
    "--offset 3M --length 700 -, 3145728, 700",
  })
  void aWindowOfEitherIsThatOfTheFile(String arguments, long offset, long length)
      throws IOException {
    byte[] bytes = Files.readAllBytes(disk);
    long end = length < 0 ? bytes.length : offset + length;
    Path part = directory.resolve("part");
    Files.write(part, java.util.Arrays.copyOfRange(bytes, (int) offset, (int) end));
    Console expected = new Console();
    assertEquals(0, expected.run(part));
    String[] words = arguments.split(" ");
    assertArrayEquals(expected.out(), run(file(), words).out());
    assertArrayEquals(expected.out(), run(pipe(), words).out());
    words[words.length - 1] = disk.toString();
    assertArrayEquals(expected.out(), run(file(), words).out());
  }

  @Test
  void theDiskBeginsWhereTheDescriptorStands() throws IOException {
    Console expected = new Console();
    assertEquals(0, expected.run("--offset=5001", disk));
    OpenDescriptor in = file();
    in.channel().position(1);
    assertArrayEquals(expected.out(), run(in, "--offset=5000", "-").out());
  }

  @Test
  void theMapOfAPipeHasNoOffsets() throws IOException {
    assertEquals(
        """
        [{ "start": 0, "length": 4096, "depth": 0, "present": true, "zero": true, "data": false},
        { "start": 4096, "length": 4096, "depth": 0, "present": true, "zero": false, "data": true},
        { "start": 8192, "length": 2088960, "depth": 0, "present": true, "zero": true, "data": false},
        { "start": 2097152, "length": 73728, "depth": 0, "present": true, "zero": false, "data": true},
        { "start": 2170880, "length": 974848, "depth": 0, "present": true, "zero": true, "data": false},
        { "start": 3145728, "length": 700, "depth": 0, "present": true, "zero": false, "data": true},
        { "start": 3146428, "length": 324, "depth": 0, "present": true, "zero": true, "data": false}]
        """,
        run(pipe(), "map", "-").outText());
  }

  @Test
  void messagesNameStandardInput() throws IOException {
    failure(
        new OpenDescriptor("standard input", directory, file().channel()),
        1,
        "standard input: is a directory",
        "-");
    OpenDescriptor in = file();
    in.channel().position(SIZE);
    failure(in, 1, "standard input: stands at byte " + SIZE + " of a file of " + SIZE, "-");
  }

  @Test
  void aTerminalIsRefused() throws IOException {
    Console terminal = new Console(file(), true);
    assertEquals(1, terminal.run("-"));
    assertEquals(
        List.of(
            "qcow2-to-stdout: standard input: is a terminal; pipe a disk into it, or redirect it"
                + " from a file"),
        terminal.errLines());
    Console map = new Console(file(), true);
    assertEquals(1, map.run("--map", "-", disk));
    assertTrue(map.err().contains("is a terminal; pipe a map into it"), map::err);
    Console other = new Console(file(), true);
    assertEquals(0, other.run(disk));
  }

  @Test
  void whatIsEmptyIsRefusedUnlessThatIsSaid() throws IOException {
    Files.write(disk, new byte[0]);
    String message =
        "standard input: is empty; did the command that should write to it fail? For a disk of 0"
            + " bytes say --length 0";
    failure(pipe(), 1, message, "-");
    failure(file(), 1, message, "-");
    run(pipe(), "--length", "0", "-");
    run(file(), "--length", "0", "-");
  }

  @ParameterizedTest
  @CsvSource({
    "--offset 3146429 -, '--offset 3146429 is not before the end of standard input, which has'",
    "--offset 3146428 -, '--offset 3146428 is not before the end of standard input, which has'",
    "--length 3146429 -, '--length 3146429 goes beyond the end of standard input, which has'",
    "--offset 1 --length 3146428 -, '--offset 1 --length 3146428 goes beyond the end of standard'",
  })
  void aWindowBeyondTheEndIsWrongUsage(String arguments, String message) throws IOException {
    failure(file(), 64, message, arguments.split(" "));
    failure(
        pipe(),
        64,
        message + (message.endsWith("has") ? " 3146428 bytes" : ""),
        ("--spool-dir " + spool + " " + arguments).split(" "));
  }

  @Test
  void aDataFileNeedsAFileWithAName() throws IOException {
    failure(file(), 64, "-d needs the name of the file that is on standard input; say", "-d", "-");
    failure(file(), 64, "-R needs the name of the file that is on standard input; say", "-R", "-");
    failure(
        pipe(),
        64,
        "-d needs all of a file: the guest reads the data file itself, from its first byte;"
            + " redirect standard input from one",
        "-d",
        "--data-file-name=disk.raw",
        "-");
    OpenDescriptor in = file();
    in.channel().position(512);
    failure(in, 64, "-R needs all of a file", "-R", "--data-file-name=disk.raw", "-");
    Console expected = new Console();
    assertEquals(0, expected.run("-d", "--data-file-name=disk.raw", disk));
    assertArrayEquals(expected.out(), run(file(), "-d", "--data-file-name=disk.raw", "-").out());
  }

  @Test
  void theSpoolIsShownAsAPhase() throws IOException {
    Console console = new Console(pipe(), false);
    assertEquals(0, console.run("measure", "--progress=json", "--spool-dir", spool, "-"));
    List<String> lines =
        console.errLines().stream().map(line -> line.replaceAll("_second\":\\d+", "_")).toList();
    assertEquals("{\"phase\":\"spool\",\"done\":0,\"total\":null,\"bytes_per_}", lines.getFirst());
    String end = "{\"phase\":\"spool\",\"done\":3146428,\"total\":3146428,\"bytes_per_}";
    assertTrue(lines.contains(end), console::err);
    assertEquals(
        "{\"phase\":\"scan\",\"done\":0,\"total\":3146428,\"bytes_per_}",
        lines.get(lines.indexOf(end) + 1));
  }

  @Test
  void aSpoolDirectoryThatIsNotThereIsNamed() throws IOException {
    Path missing = directory.resolve("missing");
    failure(
        pipe(),
        1,
        missing
            + ": no temporary file can be made here: no such directory; name another directory"
            + " (--spool-dir)",
        "--spool-dir",
        missing.toString(),
        "-");
  }
}
