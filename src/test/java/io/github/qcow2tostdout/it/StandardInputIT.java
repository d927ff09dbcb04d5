package io.github.qcow2tostdout.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk on standard input, whatever that is, and whatever happens to it. */
@Timeout(60)
final class StandardInputIT {
  /** Large enough for system calls, and no whole number of anything. */
  private static final long SIZE = (70L << 20) + 1234;

  private static final DiskRecipe RECIPE =
      DiskRecipe.hole(SIZE)
          .data(1000, 5000)
          .zeroes(10 << 20, 1 << 20)
          .data(40 << 20, 3 << 20)
          .data(SIZE - 1, 1);

  @TempDir Path directory;
  private Path disk;
  private Path spool;

  @BeforeEach
  void makeDisk() throws Exception {
    disk = RECIPE.make(directory.resolve("disk.raw"));
    spool = Files.createDirectory(directory.resolve("spool"));
    assertEquals(new Outcome(0, "", ""), bash("\"$0\" disk.raw > disk.qcow2"));
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertEquals(List.of(), namesIn(spool));
  }

  private static List<Path> namesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  /** Runs a script; what is spooled, is spooled to a directory of the test. */
  private Outcome bash(String script) throws Exception {
    return PackagedTool.bash(
        directory, "export TMPDIR='" + directory.resolve("spool") + "'; " + script);
  }

  private void assertDone(String script) throws Exception {
    assertEquals(new Outcome(0, "", ""), bash(script), script);
  }

  private static String strace(String options) throws Exception {
    if (Tool.STRACE.run("-o", "/dev/null", "-e", "trace=none", "true").code() != 0) {
      Tool.missing("the permission to trace processes");
    }
    return Tool.STRACE.path() + " -qq -f -o log " + options + " ";
  }

  private List<String> log() throws IOException {
    return Files.readAllLines(directory.resolve("log"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"$0\" - < disk.raw",
        "cat disk.raw | \"$0\" -",
        "\"$0\" - < <(cat disk.raw)",
        "cat disk.raw | \"$0\" -- -",
        "dd if=disk.raw bs=1000 status=none | \"$0\" -f raw --no-sparse -",
        "\"$0\" /dev/stdin < disk.raw",
        "exec 5< disk.raw; mv disk.raw moved; rm moved; \"$0\" - <&5",
      })
  void theImageIsThatOfTheFile(String script) throws Exception {
    assertDone(script + " | cmp - disk.qcow2");
  }

  @Test
  void measureAndMapReadItToo() throws Exception {
    assertDone("cmp <(cat disk.raw | \"$0\" measure -) <(\"$0\" measure disk.raw)");
    assertDone("cmp <(\"$0\" measure - < disk.raw) <(\"$0\" measure disk.raw)");
    assertDone("cmp <(\"$0\" map - < disk.raw) <(\"$0\" map disk.raw)");
    assertDone(
        "cat disk.raw | \"$0\" map - > pipe.map && \"$0\" --map pipe.map --map-only disk.raw | cmp"
            + " - disk.qcow2");
  }

  @Test
  void rangesOfAPipePutTogetherAreTheImage() throws Exception {
    assertDone(
        "{ cat disk.raw | \"$0\" --range=-1M - ; cat disk.raw | \"$0\" --range 1M-2000001 - ;"
            + " cat disk.raw | \"$0\" --range 2000001- -; } | cmp - disk.qcow2");
  }

  @Test
  void aFileIsReadInPlace() throws Exception {
    assertDone(strace("-e trace=openat,pread64") + "\"$0\" - < disk.raw | cmp - disk.qcow2");
    assertTrue(log().stream().anyMatch(line -> line.contains(" pread64(0, ")), "not in place");
    assertEquals(List.of(), log().stream().filter(line -> line.contains("O_TMPFILE")).toList());
    // The launcher opens /dev/null for what does not matter.
    assertEquals(
        List.of(),
        log().stream()
            .filter(line -> line.contains("O_CREAT") && !line.contains("/dev/null"))
            .toList());
  }

  @Test
  void aPipeIsSpooledToAFileThatNeverHasAName() throws Exception {
    assertDone(
        "cat disk.raw | "
            + strace("-e trace=openat,linkat,unlink,unlinkat")
            + "\"$0\" - |"
            + " cmp - disk.qcow2");
    List<String> inSpool = log().stream().filter(line -> line.contains("/spool")).toList();
    assertEquals(1, inSpool.size(), inSpool::toString);
    assertTrue(inSpool.getFirst().contains("O_TMPFILE"), inSpool::toString);
  }

  @Test
  void whereAFileNeedsANameItIsGoneAtOnce() throws Exception {
    // The first open of the directory itself is the one for a file without a name.
    assertDone(
        "cat disk.raw | "
            + strace("-P \"$PWD/spool\" -e inject=openat:error=EOPNOTSUPP:when=1")
            + "\"$0\" - | cmp - disk.qcow2");
    String log = String.join("\n", log());
    assertTrue(log.contains("O_TMPFILE") && log.contains("(INJECTED)"), log);
  }

  @Test
  void zeroesTakeNoSpaceInTheSpool() throws Exception {
    try (Held held = new Held()) {
      held.writer.write(new byte[16 << 20]);
      byte[] data = new byte[1 << 20];
      data[5] = 1;
      held.writer.write(data);
      held.writer.flush();
      Path open = held.spoolFile();
      HeldProcess.await("the spool", () -> Files.size(open) > 15 << 20);
      long blocks = Long.parseLong(Tool.PYTHON.runWell("-c", BLOCKS, open).strip());
      assertTrue(blocks * 512 <= 64 << 10, () -> blocks + " blocks");
    }
  }

  private static final String BLOCKS = "import os, sys; print(os.stat(sys.argv[1]).st_blocks)";

  @ParameterizedTest
  @CsvSource({"KILL, 137", "TERM, 143", "INT, 130", "HUP, 129"})
  void aSignalInTheSpoolLeavesNothing(String signal, int code) throws Exception {
    try (Held held = new Held()) {
      held.writer.write(new byte[] {1, 2, 3});
      held.writer.flush();
      held.spoolFile();
      assertEquals(List.of(), namesIn(spool), "while it is open");
      HeldProcess.signal(signal, held.process.handle());
      held.process.awaitEnd();
      Outcome outcome = held.process.finish();
      assertEquals(code, outcome.code());
      assertEquals("", outcome.out());
      assertEquals(
          signal.equals("KILL")
              ? ""
              : "qcow2-to-stdout: standard input: interrupted before the first byte was written\n",
          outcome.err());
    }
  }

  /** The tool with a FIFO as standard input, of which the test has the other end. */
  private final class Held implements AutoCloseable {
    final HeldProcess process;
    final OutputStream writer;

    Held() throws Exception {
      Path fifo = directory.resolve("fifo");
      assertDone("mkfifo fifo");
      process =
          HeldProcess.start(
              new ProcessBuilder(
                  "/bin/bash",
                  "-c",
                  "exec \"$0\" --spool-dir \"$1\" - < \"$2\"",
                  PackagedTool.LAUNCHER.toString(),
                  spool.toString(),
                  fifo.toString()));
      writer = Files.newOutputStream(fifo);
    }

    /** Waits for the temporary file; a name for it in /proc. */
    Path spoolFile() throws Exception {
      Path[] found = new Path[1];
      HeldProcess.await("a temporary file", () -> find(found));
      return found[0];
    }

    private boolean find(Path[] found) throws IOException {
      Path descriptors = Path.of("/proc/" + process.handle().pid() + "/fd");
      try (DirectoryStream<Path> all = Files.newDirectoryStream(descriptors)) {
        for (Path descriptor : all) {
          String target = Files.readSymbolicLink(descriptor).toString();
          if (target.startsWith(spool.toRealPath() + "/")) {
            assertTrue(target.endsWith(" (deleted)"), target);
            found[0] = descriptor;
            return true;
          }
        }
      } catch (NoSuchFileException e) {
        // It was closed while the list was read.
      }
      return false;
    }

    @Override
    public void close() throws IOException {
      process.close();
      try {
        writer.close();
      } catch (IOException e) {
        // The reader is gone.
      }
    }
  }

  @Test
  void theDiskBeginsWhereTheDescriptorStands() throws Exception {
    assertDone("tail -c +1001 disk.raw > rest && \"$0\" rest > expected");
    assertDone(
        "{ dd bs=1000 count=1 of=/dev/null status=none; \"$0\" -; } < disk.raw | cmp - expected");
    assertDone(
        "cat disk.raw | { dd bs=1000 count=1 of=/dev/null iflag=fullblock status=none; \"$0\" -; }"
            + " | cmp - expected");
    assertDone(
        "{ dd bs=600 count=1 of=/dev/null status=none; \"$0\" --offset 400 -; } < disk.raw | cmp -"
            + " expected");
  }

  @Test
  void theDescriptorStaysWhereItStands() throws Exception {
    assertDone(
        "{ dd bs=1000 count=1 of=/dev/null status=none; \"$0\" measure - > measured; \"$0\" - >"
            + " image; cat > rest; } < disk.raw; cmp rest <(tail -c +1001 disk.raw) && grep -q"
            + " \"required size: $(stat -c %s image)\" measured");
  }

  /** It stands at its beginning, whatever it would do with a write. */
  @Test
  void aDescriptorThatAppendsIsReadFromWhereItStands() throws Exception {
    String appending =
        Tool.PYTHON.path()
            + " -c 'import os, sys;"
            + " os.dup2(os.open(\"disk.raw\", os.O_RDWR | os.O_APPEND), 0);"
            + " os.lseek(0, int(sys.argv[1]), 0);"
            + " os.execv(sys.argv[2], sys.argv[2:])' ";
    assertDone(appending + "0 \"$0\" - | cmp - disk.qcow2");
    assertDone("cmp <(" + appending + "4096 \"$0\" -) <(\"$0\" --offset 4096 disk.raw)");
    bash(appending + SIZE + " \"$0\" -")
        .assertFailedBeforeTheFirstByte(1, "standard input: stands at byte " + SIZE);
  }

  @Test
  void aDescriptorAtTheEndIsNoEmptyDisk() throws Exception {
    bash("{ cat > /dev/null; \"$0\" -; } < disk.raw")
        .assertFailedBeforeTheFirstByte(
            1, "standard input: stands at byte " + SIZE + " of a file of " + SIZE + " bytes");
  }

  @Test
  void theWriterOfAPipeIsReadToItsEndThoughLessIsWanted() throws Exception {
    assertDone("head -c 1M disk.raw > part && \"$0\" part > expected");
    assertEquals(
        new Outcome(0, "0 0 0\n", ""),
        bash("cat disk.raw | \"$0\" --length 1M - | cmp - expected; echo \"${PIPESTATUS[*]}\""));
  }

  @Test
  void aCharacterDeviceIsReadNoFurtherThanIsWanted() throws Exception {
    assertDone("truncate -s 3M zeroes; \"$0\" --length 3M - < /dev/zero | cmp - <(\"$0\" zeroes)");
    assertEquals(
        (5 << 16) + (2 << 16),
        bash("\"$0\" --offset 1 --length 128K - < /dev/urandom").out().length());
    bash("\"$0\" - < /dev/null").assertFailedBeforeTheFirstByte(1, "standard input: is empty; did");
  }

  @Test
  void aPipeThatEndsBeforeTheWindowDoesIsWrongUsage() throws Exception {
    // So a length says whether the command before the pipe came to its end.
    bash("head -c 1M disk.raw | \"$0\" --length " + SIZE + " -")
        .assertFailedBeforeTheFirstByte(
            64,
            "--length " + SIZE + " goes beyond the end of standard input, which has 1048576 bytes");
  }

  @Test
  void oneSocketMayBeBothStandardStreams() throws Exception {
    Files.writeString(directory.resolve("serve.py"), SERVE);
    assertDone(Tool.PYTHON.path() + " serve.py \"$0\" < disk.raw > image && cmp image disk.qcow2");
  }

  private static final String SERVE =
      """
      import socket, subprocess, sys, threading
      ours, theirs = socket.socketpair()
      tool = subprocess.Popen([sys.argv[1], '-'], stdin=theirs, stdout=theirs)
      theirs.close()
      def feed():
          ours.sendall(sys.stdin.buffer.read())
          ours.shutdown(socket.SHUT_WR)
      threading.Thread(target=feed).start()
      while True:
          data = ours.recv(1 << 16)
          if not data:
              break
          sys.stdout.buffer.write(data)
      sys.exit(tool.wait())
      """;

  @Test
  void standardInputThatDoesNotBlockIsWaitedFor() throws Exception {
    Files.writeString(directory.resolve("slow.py"), SLOW);
    assertDone(Tool.PYTHON.path() + " slow.py \"$0\" disk.raw > image && cmp image disk.qcow2");
  }

  private static final String SLOW =
      """
      import os, subprocess, sys, threading, time
      read, write = os.pipe()
      os.set_blocking(read, False)
      tool = subprocess.Popen([sys.argv[1], '-'], stdin=read)
      os.close(read)
      time.sleep(0.5)
      with open(sys.argv[2], 'rb') as disk, os.fdopen(write, 'wb') as pipe:
          pipe.write(disk.read(12345))
          pipe.flush()
          time.sleep(0.2)
          pipe.write(disk.read())
      sys.exit(tool.wait())
      """;

  @ParameterizedTest
  @ValueSource(strings = {"\"$0\" - <&-", "\"$0\" measure - <&-", "\"$0\" map - <&-"})
  void aClosedStandardInputIsRefused(String script) throws Exception {
    bash(script).assertFailedBeforeTheFirstByte(1, "standard input: is closed, or not open for");
  }

  @Test
  void otherInputsDoNotMindThatItIsClosed() throws Exception {
    assertDone("\"$0\" disk.raw <&- | cmp - disk.qcow2");
  }

  @Test
  void whatIsOpenForWritingOnlyIsRefused() throws Exception {
    bash("\"$0\" - 0> /dev/zero")
        .assertFailedBeforeTheFirstByte(
            1, "standard input: is closed, or not open for reading; pipe a disk into it");
  }

  @Test
  void aTerminalIsRefused() throws Exception {
    // On this terminal both streams come out, and a line ends with a carriage return too.
    Outcome outcome = bash(Tool.SCRIPT.path() + " -qec \"'$0' measure -\" /dev/null");
    assertEquals(1, outcome.code());
    assertTrue(outcome.out().startsWith("qcow2-to-stdout: standard input: is a terminal; pipe a"));
  }

  @Test
  void aDirectoryIsRefused() throws Exception {
    bash("\"$0\" - < .").assertFailedBeforeTheFirstByte(1, "standard input: is a directory; give");
  }

  @Test
  void aPipeGivenByNameIsSentToStandardInput() throws Exception {
    bash("\"$0\" <(cat disk.raw)")
        .assertFailedBeforeTheFirstByte(
            1,
            "is a FIFO; give a regular file or a block device, or - and redirect standard input");
  }

  @Test
  void anEmptyPipeIsNoEmptyDisk() throws Exception {
    bash(": | \"$0\" -").assertFailedBeforeTheFirstByte(1, "standard input: is empty; did the");
  }

  @Test
  void theDiskIsNotWrittenOver() throws Exception {
    byte[] before = Files.readAllBytes(disk);
    bash("\"$0\" - < disk.raw 1<> disk.raw")
        .assertFailed(1, "standard input: is standard output too, and would be overwritten");
    assertArrayEquals(before, Files.readAllBytes(disk));
  }

  @Test
  void aFullSpoolSaysWhatToDo() throws Exception {
    bash("cat disk.raw | " + strace("-e inject=pwrite64:error=ENOSPC:when=3+") + "\"$0\" -")
        .assertFailedBeforeTheFirstByte(
            1,
            spool + ": can't take all of standard input: No space left on device after ",
            " bytes; make room; name another directory (--spool-dir)");
  }

  @Test
  void aReadErrorIsAnErrorAndNoShortDisk() throws Exception {
    bash("mkfifo fifo; cat disk.raw > fifo & "
            + strace("-P \"$PWD/fifo\" -e inject=read:error=EIO:when=20")
            + "\"$0\" - < fifo")
        .assertFailedBeforeTheFirstByte(
            1, "standard input: can't be read at byte ", ": Input/output error");
  }

  @Test
  void aReadErrorOfAFileNamesStandardInput() throws Exception {
    bash(strace("-P \"$PWD/disk.raw\" -e inject=pread64:error=EIO:when=2") + "\"$0\" - < disk.raw")
        .assertFailedBeforeTheFirstByte(
            1, "standard input: can't be read at byte ", ": Input/output error");
  }

  @Test
  void aFileThatChangesIsFoundOut() throws Exception {
    HeldProcess held =
        HeldProcess.start(
            new ProcessBuilder(
                "/bin/bash",
                "-c",
                "exec \"$0\" - < \"$1\"",
                PackagedTool.LAUNCHER.toString(),
                disk.toString()));
    try (held) {
      held.awaitOutput();
      Files.writeString(disk, "other", UTF_8, StandardOpenOption.WRITE);
      held.finish()
          .assertFailed(1, "standard input: source changed", "its time of modification was");
    }
  }

  @Test
  void theDefaultDirectoryIsTheUsersForTemporaryFiles() throws Exception {
    bash("cat disk.raw | TMPDIR=/missing \"$0\" -")
        .assertFailedBeforeTheFirstByte(1, "/missing: no temporary file can be made here: no such");
    assertDone("cat disk.raw | TMPDIR=/missing \"$0\" --spool-dir spool - | cmp - disk.qcow2");
    assertDone("cat disk.raw | TMPDIR= \"$0\" - | cmp - disk.qcow2");
  }

  @Test
  void aDataFileMayBeOnStandardInput() throws Exception {
    assertDone(
        "\"$0\" -d --data-file-name \"$PWD/disk.raw\" - < disk.raw > image && cmp image <(\"$0\" -d"
            + " --data-file-name \"$PWD/disk.raw\" disk.raw)");
    Tool.QEMU_IMG.runWell("compare", "-f", "raw", "-F", "qcow2", disk, directory.resolve("image"));
    bash("cat disk.raw | \"$0\" -R --data-file-name disk.raw -")
        .assertFailedBeforeTheFirstByte(64, "-R needs all of a file");
  }

  @Test
  void theReaderOfTheImageMayGoAway() throws Exception {
    Outcome outcome = bash("cat disk.raw | \"$0\" - | head -c 1000 | wc -c");
    assertEquals(141, outcome.code());
    assertEquals("1000\n", outcome.out());
    assertTrue(outcome.err().contains("the reader of standard output went away"), outcome::err);
    assertFalse(outcome.err().contains("cat"), outcome::err);
  }
}
