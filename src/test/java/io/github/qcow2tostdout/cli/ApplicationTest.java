package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
import org.junit.jupiter.params.provider.ValueSource;

class ApplicationTest {
  /** Header, refcount table, refcount block, L1 table, L2 table and one data cluster of 64 KiB. */
  private static final int IMAGE_SIZE = 6 << 16;

  private static final int QCOW2_MAGIC = 0x514649fb;

  @TempDir Path directory;

  private final Console console = new Console();
  private Path disk;

  @BeforeEach
  void disk() throws IOException {
    disk = Files.writeString(directory.resolve("disk.raw"), "content");
  }

  @Test
  void theImageIsAllThatComesOut() {
    assertEquals(0, console.run(disk));
    assertImage(console);
    assertEquals("", console.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-h", "--help"})
  void helpGoesToStandardOutput(String option) {
    assertEquals(0, console.run(option));
    assertTrue(console.outText().startsWith("Usage: qcow2-to-stdout [OPTIONS] INPUT\n"));
    for (String word :
        List.of(
            "Examples:",
            "Commands;",
            "measure INPUT ",
            "--cluster-size",
            "--refcount-bits",
            "--qcow2-version",
            "--data-file",
            "--data-file-raw",
            "--data-file-name",
            "--input-format",
            "-o",
            "--no-sparse",
            "--range",
            "--progress",
            "--quiet",
            "--verbose",
            "--version",
            "--help=TOPIC")) {
      assertTrue(console.outText().contains(word), word);
    }
    assertEquals("", console.err());
  }

  @Test
  void helpOfMeasureIsItsOwn() {
    assertEquals(0, console.run("measure", "--help"));
    assertTrue(console.outText().startsWith("Usage: qcow2-to-stdout measure [OPTIONS] INPUT\n"));
    assertTrue(console.outText().contains("--output"));
  }

  @Test
  void helpIsShownOnATerminal() {
    Console terminal = new Console(true, true);
    assertEquals(0, terminal.run("--help"));
    assertTrue(terminal.outText().startsWith("Usage: "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-V", "--version"})
  void versionGoesToStandardOutput(String option) {
    assertEquals(0, console.run(option));
    assertEquals(Program.version() + "\n", console.outText());
    assertEquals("", console.err());
  }

  @Test
  void measureSaysTheExactSize() {
    assertEquals(0, console.run("measure", disk));
    assertEquals("required size: 393216\nfully allocated size: 393216\n", console.outText());
    assertEquals("", console.err());
  }

  @Test
  void measureSpeaksJson() throws IOException {
    Path empty = Files.write(directory.resolve("empty"), new byte[1 << 20]);
    assertEquals(0, console.run("measure", "--output=json", empty));
    assertEquals(
        "{\n    \"required\": 262144,\n    \"fully-allocated\": 1376256\n}\n", console.outText());
  }

  @Test
  void measureSpeaksToPersons() {
    Console terminal = new Console(true, true);
    assertEquals(0, terminal.run("measure", "--output", "human", disk));
    assertEquals(
        "required size: 393216 (384 KiB)\nfully allocated size: 393216 (384 KiB)\n",
        terminal.outText());
  }

  @ParameterizedTest
  @CsvSource({"0-10, 10", "100-, 393116", "-4K, 4096", "5-5, 0"})
  void aRangeIsWrittenAndMeasuredAlike(String range, int size) {
    assertEquals(0, console.run("--range=" + range, disk));
    assertEquals(size, console.out().length);
    Console measure = new Console();
    assertEquals(0, measure.run("measure", "--range=" + range, disk));
    assertTrue(measure.outText().startsWith("required size: " + size + "\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"convert", "measure"})
  void aRangeBeyondTheEndIsWrongUsage(String command) {
    String range = "--range=393210-393217";
    assertUsage(
        "--range 393210-393217 goes beyond the end of the image, which has 393216 bytes",
        command.equals("measure") ? console.run("measure", range, disk) : console.run(range, disk));
  }

  @Test
  void aBackwardRangeIsWrongUsage() {
    assertUsage(
        "--range 5-4 is backwards: FROM must not be behind TO", console.run("--range=5-4", disk));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-q -q",
        "-p -p",
        "-p --progress=bar",
        "--progress=json --progress=json",
        "--no-sparse --no-sparse",
        "--range=0- --range=0-"
      })
  void theSameTwiceIsFine(String options) {
    Object[] arguments = (options + " " + disk).split(" ");
    assertEquals(0, console.run(arguments));
    assertImage(console);
  }

  @ParameterizedTest
  @CsvSource({
    "-p --progress=json, --progress=bar, --progress=json",
    "--range=0-1 --range=0-2, --range=0-1, --range=0-2",
    "measure --output=json --output=human, --output=json, --output=human",
  })
  void aContradictionIsWrongUsage(String options, String first, String second) {
    Object[] arguments = (options + " " + disk).split(" ");
    assertUsage(
        first + " and " + second + " contradict each other; say it once", console.run(arguments));
  }

  @Test
  void anUnknownOptionIsWrongUsage() {
    assertUsage("Unknown option: '--no-such-option'", console.run("--no-such-option", disk));
  }

  @Test
  void anOptionOfMeasureIsUnknownToTheConversion() {
    assertUsage("Unknown option: '--output=json'", console.run("--output=json", disk));
  }

  @Test
  void anOptionWithoutItsValueIsWrongUsage() {
    assertUsage(
        "Missing required parameter for option '--cluster-size' (SIZE)", console.run(disk, "-c"));
  }

  @Test
  void anOptionIsNoValue() {
    assertUsage(
        "Expected parameter for option '--cluster-size' but found '-q'",
        console.run("-c", "-q", disk));
  }

  @Test
  void aFlagTakesNoValue() {
    assertUsage(
        "option '--quiet' should be specified without 'no' parameter",
        console.run("--quiet=no", disk));
  }

  @Test
  void twoInputsAreWrongUsage() {
    assertUsage(
        "other: is one too many: the image goes to standard output; say qcow2-to-stdout INPUT >"
            + " other",
        console.run(disk, "other"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "measure", "-c=64K", "-p", "-q", "--"})
  void aMissingInputIsWrongUsage(String arguments) {
    assertUsage(
        "INPUT is missing; say which disk to read",
        arguments.isEmpty() ? console.run() : console.run(arguments));
  }

  @Test
  void anEmptyInputIsWrongUsage() {
    assertUsage("INPUT is empty", console.run(""));
  }

  @Test
  void aNameThatNoFileCanHaveIsWrongUsage() {
    assertUsage("a?b: not a file name: Nul character not allowed", console.run("a\0b"));
  }

  @Test
  void aBadOutputFormatIsRefusedWithTheAllowed() {
    assertUsage(
        "--output xml: not allowed; allowed: human, json",
        console.run("measure", "--output=xml", disk));
  }

  @Test
  void aBadProgressIsRefusedWithTheAllowed() {
    assertUsage(
        "--progress=dots: not allowed; allowed: bar, json", console.run("--progress=dots", disk));
  }

  @Test
  void quietAndVerboseContradictEachOther() {
    assertUsage(
        "--quiet and --verbose contradict each other; say one of them",
        console.run("-q", "--verbose", disk));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-q -p", "-qp", "-pq", "-q --progress=json", "measure -q -p", "map -q -p"})
  void quietAndProgressContradictEachOther(String options) {
    assertUsage(
        "--quiet and --progress contradict each other; say one of them",
        console.run((Object[]) (options + " " + disk).split(" ")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-c=64K", "-p", "-q", "--progress=json", "--no-sparse"})
  void optionsBeforeMeasureAreRefused(String option) {
    assertUsage(
        "options and arguments go behind the subcommand: qcow2-to-stdout measure [OPTIONS] INPUT"
            + " (a file of that name is ./measure)",
        console.run(option, "measure", disk));
  }

  @Test
  void anInputBeforeMeasureIsRefused() {
    assertUsage(
        "options and arguments go behind the subcommand: qcow2-to-stdout measure [OPTIONS] INPUT"
            + " (a file of that name is ./measure)",
        console.run(disk, "measure"));
  }

  @Test
  void aFileNamedLikeTheSubcommandIsGivenAsAPath() throws IOException {
    Files.copy(disk, directory.resolve("measure"));
    assertEquals(0, console.run(directory + "/./measure"));
    assertImage(console);
  }

  @Test
  void aFileNamedLikeTheSubcommandMayBeAnArgumentOfIt() {
    assertEquals(1, console.run("measure", "measure"));
    assertEquals(
        List.of("qcow2-to-stdout: measure: no such file or device; check the name"),
        console.errLines());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-c", "--help", "measure", "--"})
  void twoDashesEndTheOptions(String name) {
    assertEquals(1, console.run("-q", "--", name));
    assertEquals(
        List.of("qcow2-to-stdout: " + name + ": no such file or device; check the name"),
        console.errLines());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-p", "--progress"})
  void progressDoesNotSwallowTheInput(String option) {
    assertEquals(0, console.run(option, disk));
    assertImage(console);
    String summary = "qcow2-to-stdout: " + disk + ": 512 bytes, of which 512 bytes data and 0 ";
    assertTrue(
        option.contains("q") ? console.err().isEmpty() : console.err().startsWith(summary),
        console::err);
  }

  @Test
  void progressAsJsonIsOneObjectALine() {
    assertEquals(0, console.run("--progress=json", disk));
    assertImage(console);
    List<String> lines =
        console.errLines().stream().map(line -> line.replaceAll("_second\":\\d+", "_")).toList();
    assertEquals(
        List.of(
            "{\"phase\":\"scan\",\"done\":0,\"total\":7,\"bytes_per_}",
            "{\"phase\":\"scan\",\"done\":7,\"total\":7,\"bytes_per_}",
            "{\"phase\":\"write\",\"done\":0,\"total\":393216,\"bytes_per_}",
            "{\"phase\":\"write\",\"done\":393216,\"total\":393216,\"bytes_per_}"),
        List.of(lines.get(0), lines.get(1), lines.get(2), lines.getLast()));
  }

  @Test
  void progressIsDrawnOnATerminal() {
    Console terminal = new Console(false, true);
    assertEquals(0, terminal.run("-p", disk));
    assertImage(terminal);
    assertTrue(terminal.err().contains("\rScan  100% ["), terminal::err);
    assertTrue(terminal.err().contains("\rWrite 100% ["), terminal::err);
    assertTrue(terminal.err().endsWith("\n"));
  }

  @Test
  void theBarEndsBeforeAnErrorIsPrinted() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    StandardStreams streams =
        new StandardStreams(
            BrokenChannel.after(0, "No space left on device"),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            true);
    assertEquals(1, new Application(streams).run("-p", disk.toString()));
    String said = err.toString(StandardCharsets.UTF_8);
    assertTrue(said.contains("\nqcow2-to-stdout: standard output: No space left"), said);
  }

  @Test
  void verboseSaysWhatIsDone() {
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      assertEquals(0, console.run("--verbose", disk));
    } finally {
      System.setErr(before);
    }
    assertImage(console);
    String said = log.toString(StandardCharsets.UTF_8);
    assertTrue(said.contains(disk + ": 7 bytes, 1 of 1 clusters allocated (in memory)"), said);
    assertTrue(said.contains("header: bytes 0 to 65536"), said);
    assertTrue(said.contains("data: bytes 327680 to 393216"), said);
  }

  @ParameterizedTest
  @CsvSource({"@, ''", "'${sys:user.home}', ''", "%n, ''", "'\"', '\"'"})
  void nothingInAnArgumentIsExpanded(String before, String after) throws IOException {
    String name = before + "arguments" + after;
    Files.writeString(directory.resolve("arguments"), "--help");
    assertEquals(1, console.run(name));
    assertEquals(
        List.of("qcow2-to-stdout: " + name + ": no such file or device; check the name"),
        console.errLines());
  }

  @Test
  void aFileOfArgumentsIsNotRead() throws IOException {
    Path arguments = Files.writeString(directory.resolve("arguments"), "--help");
    assertEquals(1, console.run("@" + arguments));
    assertEquals(0, console.out().length);
  }

  @Test
  void aMissingDiskIsNamed() {
    Path missing = directory.resolve("missing");
    assertFailure(missing + ": no such file or device; check the name", console.run(missing));
  }

  @Test
  void aDirectoryIsRefused() {
    assertFailure(
        directory + ": is a directory; give a regular file or a block device",
        console.run(directory));
  }

  @Test
  void aCharacterDeviceIsRefused() {
    assertFailure(
        "/dev/zero: is a character device; give a regular file or a block device, or - and"
            + " redirect standard input from this",
        console.run("measure", "/dev/zero"));
  }

  @Test
  void anImageIsNotShownOnATerminal() {
    Console terminal = new Console(true, true);
    assertEquals(1, terminal.run(disk));
    assertEquals(
        List.of(
            "qcow2-to-stdout: standard output is a terminal; redirect it to a file or pipe it into"
                + " a command"),
        terminal.errLines());
    assertEquals(0, terminal.out().length);
  }

  @Test
  void anImageThatQemuWouldNotOpenIsRefusedBeforeItsFirstByte() {
    assertEquals(1, console.run("-d", "--data-file-name=" + "x".repeat(600), "-c", "512", disk));
    assertEquals(1, console.errLines().size(), console::err);
    assertTrue(console.err().contains("use a cluster size of 1K"), console::err);
    assertEquals(0, console.out().length);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 65536, IMAGE_SIZE - 1})
  void aReaderThatWentAwayIs141(long room) {
    Console broken = new Console(BrokenChannel.after(room, "Broken pipe"));
    assertEquals(141, broken.run(disk));
    assertEquals(
        List.of(
            "qcow2-to-stdout: the reader of standard output went away after "
                + room
                + " of 393216 bytes"),
        broken.errLines());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100_000})
  void aFullDiskIsAFailure(long room) {
    Console full = new Console(BrokenChannel.after(room, "No space left on device"));
    assertEquals(1, full.run(disk));
    assertEquals(
        List.of(
            "qcow2-to-stdout: standard output: No space left on device; "
                + room
                + " of 393216 bytes were written, the image is cut short: discard it"),
        full.errLines());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version", "measure"})
  void aReportWhoseReaderWentAwayIs141(String command) {
    Console broken = new Console(BrokenChannel.after(3, "Broken pipe"));
    assertEquals(
        141, command.equals("measure") ? broken.run("measure", disk) : broken.run(command));
    assertEquals(
        List.of("qcow2-to-stdout: the reader of standard output went away"), broken.errLines());
  }

  @Test
  void aReportThatDoesNotFitIsAFailure() {
    Console full = new Console(BrokenChannel.after(3, "No space left on device"));
    assertEquals(1, full.run("measure", disk));
    assertEquals(
        List.of(
            "qcow2-to-stdout: standard output: No space left on device; what it got is"
                + " incomplete"),
        full.errLines());
  }

  @Test
  void aDiskThatGrowsWhileItIsWrittenIsAFailure() {
    Console changing =
        new Console(
            new BrokenChannel(0, () -> Files.writeString(disk, "more", StandardOpenOption.APPEND)));
    assertEquals(1, changing.run(disk));
    List<String> lines = changing.errLines();
    assertEquals(2, lines.size(), changing::err);
    assertTrue(lines.get(0).contains("disk.raw: source changed while it was read: its size was 7"));
    assertEquals(
        "qcow2-to-stdout: 393216 of 393216 bytes were written, but they are not to be trusted:"
            + " discard them",
        lines.get(1));
  }

  @Test
  void aDiskThatShrinksWhileItIsWrittenIsNeverPadded() {
    Console changing = new Console(new BrokenChannel(0, () -> Files.writeString(disk, "con")));
    assertEquals(1, changing.run(disk));
    List<String> lines = changing.errLines();
    assertEquals(2, lines.size(), changing::err);
    assertTrue(lines.get(0).contains("disk.raw: source changed while it was read"));
    assertEquals(
        "qcow2-to-stdout: 327680 of 393216 bytes were written, the image is cut short: discard it",
        lines.get(1));
  }

  @Test
  void outOfMemoryIsToldWithoutAStackTrace() {
    assertEquals(
        "out of memory (Java heap space); use larger clusters (-c), or give the VM more:"
            + " QCOW2_TO_STDOUT_JAVA_OPTS=-Xmx1g",
        failureBy(new OutOfMemoryError("Java heap space")));
  }

  @Test
  void aBugIsToldWithoutAStackTrace() {
    assertEquals(
        "internal error, please report it: java.lang.IllegalStateException: oops",
        failureBy(new IllegalStateException("oops")));
    assertEquals(
        "internal error, please report it: java.lang.StackOverflowError: deep",
        failureBy(new StackOverflowError("deep")));
  }

  @Test
  void aBugIsToldWithItsStackTraceIfThatIsWanted() {
    Console breaking =
        new Console(
            new BrokenChannel(
                0,
                () -> {
                  throw new IllegalStateException("oops");
                }));
    PrintStream before = System.err;
    System.setErr(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    try {
      assertEquals(1, breaking.run("--verbose", disk));
    } finally {
      System.setErr(before);
    }
    List<String> lines = breaking.errLines();
    assertTrue(lines.getFirst().contains("internal error, please report it"), breaking::err);
    assertEquals("java.lang.IllegalStateException: oops", lines.get(2));
    assertTrue(lines.get(3).startsWith("\tat io.github.qcow2tostdout."), breaking::err);
  }

  @Test
  void aFailureOfTheWorldHasNoStackTrace() {
    assertEquals(1, console.run("--verbose", directory.resolve("missing")));
    assertEquals(1, console.errLines().size(), console::err);
  }

  private String failureBy(Throwable bad) {
    Console breaking =
        new Console(
            new BrokenChannel(
                0,
                () -> {
                  switch (bad) {
                    case RuntimeException e -> throw e;
                    case Error e -> throw e;
                    default -> throw new IOException(bad);
                  }
                }));
    assertEquals(1, breaking.run(disk));
    List<String> lines = breaking.errLines();
    assertEquals(2, lines.size(), breaking::err);
    assertEquals(
        "qcow2-to-stdout: 0 of 393216 bytes were written, the image is cut short: discard it",
        lines.get(1));
    String start = "qcow2-to-stdout: " + disk + ": ";
    assertTrue(lines.get(0).startsWith(start), breaking::err);
    return lines.get(0).substring(start.length());
  }

  private void assertUsage(String message, int code) {
    assertEquals(64, code);
    assertEquals(2, console.errLines().size(), console::err);
    assertTrue(
        console.errLines().getFirst().startsWith("qcow2-to-stdout: " + message), console::err);
    assertTrue(
        console
            .errLines()
            .getLast()
            .matches("Try 'qcow2-to-stdout( measure| map)? --help' for the options\\."),
        console::err);
    assertEquals(0, console.out().length);
  }

  private void assertFailure(String message, int code) {
    assertEquals(1, code);
    assertEquals(List.of("qcow2-to-stdout: " + message), console.errLines());
    assertEquals(0, console.out().length);
  }

  private static void assertImage(Console console) {
    byte[] image = console.out();
    assertEquals(IMAGE_SIZE, image.length);
    assertEquals(QCOW2_MAGIC, ByteBuffer.wrap(image).getInt());
    byte[] data = Arrays.copyOf("content".getBytes(StandardCharsets.US_ASCII), 1 << 16);
    assertArrayEquals(data, Arrays.copyOfRange(image, IMAGE_SIZE - (1 << 16), IMAGE_SIZE));
  }
}
