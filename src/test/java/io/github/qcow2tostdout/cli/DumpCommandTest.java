package io.github.qcow2tostdout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command around the dump: options, exit codes, messages. */
class DumpCommandTest {
  @TempDir Path directory;

  private Path image;

  /** Our own conversion of a small disk. */
  @BeforeEach
  void convert() throws IOException {
    Path disk = Files.write(directory.resolve("disk"), new byte[] {1, 2, 3});
    image = directory.resolve("image");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    run(Channels.newChannel(out), OutputStream.nullOutputStream(), disk.toString());
    Files.write(image, out.toByteArray());
  }

  private static int run(WritableByteChannel out, OutputStream err, String... arguments) {
    return new Application(
            new StandardStreams(out, new PrintStream(err, true, UTF_8), false, false))
        .run(arguments);
  }

  @Test
  void ownImageIsWholeAndValid() {
    DumpRun run = DumpRun.of(image);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("0000000000000000: + magic                     0x514649fb\n"));
    assertFalse(run.out().contains(": - "), run.out());
  }

  @ParameterizedTest
  @CsvSource({
    "-r, --no-refcounts, Refcount",
    "-1, --no-l1, L1 table at",
    "-2, --no-l2, L2 table of",
    "-o, --no-offsets, 0000000000000000: +",
    "-v, --no-validity, ': +'"
  })
  void optionsLeaveOut(String option, String longOption, String text) {
    DumpRun all = DumpRun.of("--tables", image);
    DumpRun without = DumpRun.of("--tables", option, image);
    assertEquals(0, without.code());
    if (!option.equals("-o")) {
      assertTrue(all.out().contains(text), all.out());
    }
    assertFalse(without.out().contains(text), without.out());
    assertEquals(without, DumpRun.of("--tables", longOption, image));
  }

  @Test
  void offsetAndValidityColumnsAreEachTheirOwn() {
    assertTrue(DumpRun.of("--tables", image).out().contains("\n0000000000010000: + refcount_"));
    assertTrue(DumpRun.of("--tables", "-o", image).out().contains("\n+ refcount_table[0] "));
    assertTrue(
        DumpRun.of("--tables", "-v", image).out().contains("\n0000000000010000: refcount_table"));
    assertTrue(DumpRun.of("--tables", "-ov", image).out().contains("\nrefcount_table[0] "));
  }

  @Test
  void selectionsAreTheirSum() {
    String header = DumpRun.of("--header", image).out();
    String extensions = DumpRun.of("--extensions", image).out();
    assertTrue(header.startsWith("magic                     0x514649fb\nversion"));
    assertTrue(header.endsWith("\n\n" + extensions));
    assertEquals(
        header + DumpRun.of("--tables", image).out(),
        DumpRun.of("--tables", "--header", image).out());
    assertEquals(
        DumpRun.of("--locations", "--tables", image).out(),
        DumpRun.of("--tables", image).out() + DumpRun.of("--locations", image).out());
    assertEquals("", DumpRun.of("--bitmaps", image).out());
  }

  @Test
  void jsonHasTwoNames() {
    assertEquals(DumpRun.of("-j", image), DumpRun.of("--output=json", image));
    assertEquals(DumpRun.of("-j", image), DumpRun.of("-j", "--output=json", image));
    assertEquals(DumpRun.of(image), DumpRun.of("--output=human", image));
  }

  @ParameterizedTest
  @CsvSource({
    "'', IMAGE",
    "a b, ",
    "--no-such a, --no-such",
    "--output=xml a, --output xml",
    "-j --output=human a, contradict",
    "-, ./-",
    "-x a, -x"
  })
  void wrongArgumentsAreRefused(String arguments, String fragment) {
    DumpRun run =
        DumpRun.of((Object[]) (arguments.isEmpty() ? new String[0] : arguments.split(" ")));
    assertEquals(64, run.code());
    assertEquals("", run.out());
    assertTrue(run.err().contains(fragment == null ? "b" : fragment), run.err());
  }

  @Test
  void optionsBeforeTheSubcommandAreRefused() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    assertEquals(
        64,
        run(
            Channels.newChannel(OutputStream.nullOutputStream()),
            err,
            "-q",
            "dump",
            image.toString()));
    assertTrue(err.toString(UTF_8).contains("qcow2-to-stdout dump [OPTIONS] IMAGE"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | Guest offset 0x0: byte 0x",
        "0x1 | Guest offset 0x1: byte 0x",
        "511 | Guest offset 0x1ff: byte 0x",
      })
  void aByteOfTheDiskIsFound(String offset, String said) throws IOException {
    DumpRun run = DumpRun.of("--at", offset, image);
    assertEquals("", run.err());
    assertTrue(run.out().contains(said), run.out());
    assertEquals(1, run.out().lines().filter(line -> line.contains("+ l1[")).count(), run.out());
    assertEquals(1, run.out().lines().filter(line -> line.contains("+ l2[")).count(), run.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "0x", "0x-1", "x", "0x8000000000000000", "1Q"})
  void whatIsNoOffsetIsRefused(String offset) {
    DumpRun run = DumpRun.of("--at=" + offset, image);
    assertEquals(64, run.code(), run.err());
  }

  @Test
  void whatIsBehindTheDiskIsSaid() {
    DumpRun run = DumpRun.of("--at", "1T", image);
    assertEquals(1, run.code());
    assertTrue(run.err().contains("guest offset 1099511627776 lies behind its end"), run.err());
  }

  @Test
  void whatIsNoImageIsRefused() throws IOException {
    DumpRun raw = DumpRun.of(directory.resolve("disk"));
    assertEquals(1, raw.code());
    assertEquals("", raw.out());
    assertTrue(raw.err().contains("disk: not a qcow2 image: it ends at byte 3"), raw.err());
    Path longer = Files.write(directory.resolve("longer"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    assertTrue(DumpRun.of(longer).err().contains("not a qcow2 image: it starts with 01020304"));
    assertEquals(1, DumpRun.of(Files.createFile(directory.resolve("empty"))).code());
    assertTrue(DumpRun.of(directory).err().contains("neither a regular file nor a block device"));
    assertTrue(DumpRun.of(directory.resolve("no")).err().contains("no such file"));
    assertEquals(1, DumpRun.of("/dev/zero").code());
  }

  @Test
  void whatCannotBeReadIsSaidAndTheRestIsShown() throws IOException {
    byte[] bytes = Files.readAllBytes(image);
    // The first L1 entry, with its offset moved behind the end of the file.
    int l1 = 0x30000;
    bytes[l1 + 3] = 1;
    Files.write(image, bytes);
    DumpRun run = DumpRun.of(image);
    assertEquals(1, run.code());
    assertTrue(run.err().contains("image: L2 table of L1 entry 0 at byte "), run.err());
    assertTrue(run.out().contains("- l1[0] "), run.out());
    assertTrue(run.out().contains("- problem                   L2 table of L1 entry 0: lies"));
    assertTrue(run.out().contains("\nLocations:\n"));
    DumpRun json = DumpRun.of("-j", image);
    assertEquals(1, json.code());
    assertTrue(json.out().contains("\"problem_count\": 1,"), json.out());
  }

  @Test
  void failingOutputIsAnError() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    assertEquals(1, run(failing("No space left on device"), err, "dump", image.toString()));
    assertTrue(err.toString(UTF_8).contains("standard output: No space left on device"));
    assertEquals(141, run(failing("Broken pipe"), err, "dump", image.toString()));
    assertEquals(141, run(failing("Broken pipe"), err, "dump", "-j", image.toString()));
  }

  private static WritableByteChannel failing(String message) {
    return Channels.newChannel(
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(message);
          }
        });
  }
}
