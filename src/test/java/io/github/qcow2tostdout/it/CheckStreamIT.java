package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code check -} behind real pipes. */
@Timeout(120)
final class CheckStreamIT {
  /** From here on the tool enlarges a pipe. */
  private static final int SIZE = 66 << 20;

  private static final String REST =
      "qcow2-to-stdout: reading standard input to its end, for a tee that may be in front of it\n";

  @TempDir static Path shared;
  private static Path image;

  @TempDir Path directory;

  @BeforeAll
  static void convert() throws Exception {
    Path disk = Disks.full(shared.resolve("disk.raw"), SIZE);
    image = shared.resolve("disk.qcow2");
    assertEquals(
        new Outcome(0, "", ""), PackagedTool.bash(shared, "\"$0\" \"$1\" > \"$2\"", disk, image));
  }

  private Outcome bash(String script, Object... arguments) throws Exception {
    return PackagedTool.bash(directory, script, arguments);
  }

  /** What the file gets, if it is called as standard input is. */
  private static Outcome ofFile(Path file, Object... options) throws Exception {
    Object[] arguments = new Object[options.length + 2];
    arguments[0] = "check";
    System.arraycopy(options, 0, arguments, 1, options.length);
    arguments[options.length + 1] = file;
    Outcome outcome = PackagedTool.run(arguments);
    return new Outcome(
        outcome.code(),
        outcome.out().replace("\"" + file + "\"", "\"-\""),
        outcome.err().replace(file + ": ", "standard input: "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--strict", "--output=json -M", "--untrusted --deep", "-q"})
  void pipeGetsTheAnswersOfTheFile(String options) throws Exception {
    Object[] words = options.isEmpty() ? new Object[0] : options.split(" ");
    Outcome outcome = bash("cat \"$1\" | \"$0\" check " + options + " -", image);
    assertEquals(ofFile(image, words), outcome);
    assertEquals(0, outcome.code());
  }

  @Test
  void streamThatIsBeingMadeIsCheckedAndStored() throws Exception {
    Outcome outcome =
        bash("\"$0\" \"$1\" | tee stored | \"$0\" check --strict -", shared.resolve("disk.raw"));
    assertEquals(ofFile(image, "--strict"), outcome);
    assertEquals(-1, Files.mismatch(image, directory.resolve("stored")));
  }

  /** The exit codes are those of tee and of the check. */
  private void assertStored(Path sent, String codes, String... fragments) throws Exception {
    Outcome outcome =
        bash(
            "cat \"$1\" | tee stored | \"$0\" check --strict - > report;"
                + " echo ${PIPESTATUS[1]} ${PIPESTATUS[2]}",
            sent);
    for (String fragment : fragments) {
      assertTrue(outcome.err().contains(fragment), outcome::err);
    }
    assertEquals(codes + "\n", outcome.out(), outcome::err);
    assertEquals(-1, Files.mismatch(sent, directory.resolve("stored")));
  }

  @Test
  void everythingIsStoredWhateverTheCheckSays() throws Exception {
    Path sent = directory.resolve("sent");
    Files.copy(image, sent);
    assertStored(sent, "0 0");
    Poke.hex(sent, 0x20000, "0000");
    assertStored(sent, "0 2");
    // Refused at its start: a feature that nobody knows, a layout that can't be streamed, noise.
    Poke.hex(sent, 0x48, "80");
    assertStored(sent, "0 1", "Unknown incompatible feature", REST);
    Poke.hex(sent, 0x48, "00");
    Poke.hex(sent, 60, "00000001");
    assertStored(sent, "0 63", "not a streamable layout: it has snapshots", REST);
    Poke.hex(sent, 0, "00000000");
    assertStored(sent, "0 63", "not a qcow2 image", REST);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--bogus", "-M", "--output=xml", "--output=json --output=human"})
  void everythingIsStoredAlsoIfTheArgumentsAreWrong(String wrong) throws Exception {
    Outcome outcome =
        bash(
            "cat \"$1\" | tee stored | \"$0\" check "
                + wrong
                + " -; echo ${PIPESTATUS[1]} ${PIPESTATUS[2]}",
            image);
    assertEquals("0 64\n", outcome.out(), outcome::err);
    assertTrue(outcome.err().endsWith(REST), outcome::err);
    assertEquals(-1, Files.mismatch(image, directory.resolve("stored")));
  }

  /** What nobody sends need not have an end. */
  @ParameterizedTest
  @ValueSource(strings = {"/dev/zero", "/dev/null", "\"$1\""})
  void nothingIsReadAfterWrongArgumentsIfNobodySendsIt(String input) throws Exception {
    Outcome outcome = bash("\"$0\" check --bogus - < " + input, image);
    assertEquals(64, outcome.code(), outcome::err);
    assertTrue(!outcome.err().contains(REST), outcome::err);
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "check --deep --untrusted"})
  void deviceWithoutEndIsRefusedAndLeft(String command) throws Exception {
    Outcome outcome = bash("\"$0\" " + command + " - < /dev/zero");
    assertEquals(63, outcome.code(), outcome::err);
    assertTrue(!outcome.err().contains(REST), outcome::err);
  }

  /** On a slow stream of a small image too there is something to see. */
  @Test
  void progressComesBeforeTheFirstMebibytes() throws Exception {
    Outcome outcome =
        bash(
            "{ sleep 1; head -c 112 \"$1\"; sleep 1; tail -c +113 \"$1\" | head -c 1000; }"
                + " | \"$0\" check --progress=json -",
            image);
    List<String> lines = outcome.err().lines().filter(l -> l.contains("\"read\"")).toList();
    assertEquals(
        List.of("0", "112", "1112", "1112"),
        lines.stream().map(l -> l.replaceAll(".*\"done\":([0-9]+),.*", "$1")).toList(),
        outcome::err);
  }

  /** Cut in the middle of each structure, and at a cluster's border; as head would cut. */
  @ParameterizedTest
  @CsvSource({
    "1, 63",
    "100, 1",
    "4096, 2",
    "65536, 2",
    "70000, 2",
    "131073, 2",
    "190000, 2",
    "196608, 2",
    "196612, 2",
    "262144, 2",
    "262145, 2",
    "600000, 2",
    "1048576, 2",
    "40000000, 2",
  })
  void streamThatWasCutIsNever0(int bytes, int code) throws Exception {
    Outcome outcome =
        bash("head -c $1 \"$2\" | tee stored | \"$0\" check --strict -", bytes, image);
    assertEquals(ofFile(directory.resolve("stored"), "--strict"), outcome);
    assertEquals(code, outcome.code());
    assertEquals(bytes, Files.size(directory.resolve("stored")));
  }

  @Test
  void lastByteThatIsMissingIsNamed() throws Exception {
    Outcome outcome = bash("head -c -1 \"$1\" | \"$0\" check --strict -", image);
    assertEquals(2, outcome.code());
    assertTrue(outcome.out().contains("error truncated: data cluster at guest offset"));
  }

  @Test
  void fileIsReadInPlaceWithAnyLayout() throws Exception {
    Path qemu = directory.resolve("snapshots");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", qemu, "1M");
    Tool.QEMU_IMG.runWell("snapshot", "-c", "one", qemu);
    assertEquals(ofFile(qemu, "--strict"), bash("\"$0\" check --strict - < \"$1\"", qemu));
    assertEquals(63, bash("cat \"$1\" | \"$0\" check --strict -", qemu).code());
  }

  @Test
  void fileThatStandsBehindItsStartIsAStreamFromThere() throws Exception {
    Outcome outcome =
        bash("{ echo before; cat \"$1\"; } > both; { read; \"$0\" check -; } < both", image);
    assertEquals(ofFile(image), outcome);
  }

  @Test
  void whatIsNoStreamIsNamed() throws Exception {
    bash("\"$0\" check - <&-")
        .assertFailedBeforeTheFirstByte(1, "standard input: is closed, or not open for reading");
    bash("\"$0\" check - < .").assertFailedBeforeTheFirstByte(1, "standard input: ");
    bash("\"$0\" check - < /dev/null")
        .assertFailedBeforeTheFirstByte(63, "standard input: not a qcow2 image");
    bash("true | \"$0\" check -")
        .assertFailedBeforeTheFirstByte(63, "standard input: not a qcow2 image");
    Outcome terminal = bash(Tool.SCRIPT.path() + " -qec \"'$0' check -\" /dev/null");
    assertEquals(1, terminal.code());
    assertTrue(terminal.out().contains("standard input: is a terminal"), terminal::out);
    // An image of that name is another thing.
    bash("\"$0\" check ./-").assertFailedBeforeTheFirstByte(1, "./-: no such file");
  }

  @Test
  void readerThatWentAwayIs141AndTheSenderIsHeardOut() throws Exception {
    Outcome outcome = bash("cat \"$1\" | \"$0\" check - | true; echo ${PIPESTATUS[*]}", image);
    assertEquals("0 141 0\n", outcome.out());
  }

  @Test
  void socketAndPipeThatDoNotBlockAreReadWithoutBurningTime() throws Exception {
    String script =
        """
        import os, resource, socket, subprocess, sys, time
        if sys.argv[2] == "socket":
            ours, theirs = socket.socketpair()
            ours, theirs = ours.detach(), theirs.detach()
        else:
            theirs, ours = os.pipe()
        os.set_blocking(theirs, False)
        tool = subprocess.Popen([sys.argv[3], "check", "-"], stdin=theirs)
        os.close(theirs)
        data = open(sys.argv[1], "rb").read()
        with os.fdopen(ours, "wb") as pipe:
            pipe.write(data[:100000])
            pipe.flush()
            time.sleep(3)  # is what is measured: a sender that does not send
            pipe.write(data[100000:])
        code = tool.wait()
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        sys.stderr.write(str(usage.ru_utime + usage.ru_stime))
        sys.exit(code)
        """;
    Path program = Files.writeString(directory.resolve("sender.py"), script);
    for (String kind : new String[] {"socket", "pipe"}) {
      Outcome outcome = Tool.PYTHON.run(program, image, kind, PackagedTool.LAUNCHER);
      assertEquals(0, outcome.code(), outcome::toString);
      assertEquals(ofFile(image).out(), outcome.out());
      double seconds = Double.parseDouble(outcome.err());
      assertTrue(seconds < 2, () -> kind + ": " + seconds + " s of processor time");
    }
  }

  @Test
  void progressIsThatOfTheStreamAndThenOfTheTables() throws Exception {
    Outcome outcome = bash("cat \"$1\" | \"$0\" check --progress=json -", image);
    String total = "\"total\":" + Files.size(image) + ",";
    assertTrue(outcome.err().contains("{\"phase\":\"read\",\"done\":"), outcome::err);
    assertTrue(
        outcome.err().contains("{\"phase\":\"read\",\"done\":" + Files.size(image) + "," + total),
        outcome::err);
    assertTrue(outcome.err().contains("{\"phase\":\"check\","), outcome::err);
  }

  @Test
  void dataFileIsFollowedFromWhereTheCommandRuns() throws Exception {
    Disks.full(directory.resolve("data.raw"), 1 << 20);
    String pipe = "\"$0\" -d data.raw | \"$0\" check --strict --follow -";
    assertEquals(0, bash(pipe).code());
    Outcome outcome =
        bash(
            "\"$0\" -d data.raw > meta; rm data.raw; cat meta | "
                + "\"$0\" check --strict --follow -");
    assertEquals(2, outcome.code());
    assertTrue(outcome.out().contains("data-file-not-found"), outcome::out);
  }

  /** 2 GiB of tables: more than the memory that is allowed. */
  @Test
  void tablesOf16TibFitIntoTheMemory() throws Exception {
    Path memory = Path.of("/dev/shm");
    if (!Files.isWritable(memory)) {
      Tool.missing("a memory file system at " + memory);
    }
    Path large = Files.createTempDirectory(memory, "stream");
    try {
      Outcome made = PackagedTool.bash(large, "truncate -s 16T disk");
      assertEquals(new Outcome(0, "", ""), made);
      String script =
          """
          import resource, subprocess, sys
          send = subprocess.Popen([sys.argv[1], "-R", sys.argv[2]], stdout=subprocess.PIPE)
          tool = subprocess.Popen([sys.argv[1], "check", "--strict", "-"], stdin=send.stdout)
          send.stdout.close()
          code = tool.wait() or send.wait()
          print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
          sys.exit(code)
          """;
      Path program = Files.writeString(directory.resolve("large.py"), script);
      Outcome outcome = Tool.PYTHON.run(program, PackagedTool.LAUNCHER, large.resolve("disk"));
      assertEquals(0, outcome.code(), outcome::toString);
      assertTrue(
          outcome.out().contains("268435456/268435456 = 100.00% allocated, 0.00% fragmented"),
          outcome::out);
      int kib = Integer.parseInt(outcome.out().lines().toList().getLast());
      assertTrue(kib > 10_000 && kib <= 256 << 10, () -> kib + " KiB");
      assertTrue(outcome.out().startsWith("No errors were found"), outcome::out);
    } finally {
      Files.deleteIfExists(large.resolve("disk"));
      Files.delete(large);
    }
  }
}
