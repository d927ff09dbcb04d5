package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.BlockDevices;
import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What can go wrong, with every way in: how it ends, what is said, that no image is cut short
 * without a word, and that nothing is left behind.
 */
@Timeout(120)
final class SourceFaultsIT {
  /** More than a pipe takes, and no whole number of clusters. */
  private static final int SIZE = 8_000_512;

  /**
   * For the scripts: the tool, the tool as somebody who may read next to nothing, a server for it
   * alone, and one that fails to read as soon as there is a file that is called broken.
   */
  private static final String COMMANDS =
      """
      export TMPDIR="$PWD/tmp" tool="$0" device="$1"
      t() { "$tool" "$@"; }
      as_nobody() {
        as=; [ "$(id -u)" != 0 ] || as='setpriv --reuid=65534 --regid=65534 --clear-groups'
        $as ./copy/bin/qcow2-to-stdout "$@"
      }
      kit() { nbdkit -U - "$@"; }
      serve() {
        nbdkit -f --exit-with-parent -U "$PWD/s" --filter=error file disk.raw \
          error-pread-rate=100% error-file="$PWD/broken" 2>/dev/null &
        until [ -S s ]; do sleep 0.01; done
      }
      """;

  @TempDir Path directory;
  private final BlockDevices devices = new BlockDevices();
  private String device = "";

  @BeforeEach
  void makeDisks() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Disks.full(directory.resolve("disk.raw"), SIZE);
    Files.createDirectory(directory.resolve("tmp"));
  }

  @AfterEach
  void detach() throws Exception {
    devices.detach();
  }

  private Outcome run(String script) throws Exception {
    return Outcome.of(bash("set -o pipefail; " + script));
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  /** Nothing in the place for temporary files, and no process that knows of the directory. */
  private void assertNothingIsLeft() throws Exception {
    HeldProcess.await("the end of all children", () -> processes().isEmpty());
    try (Stream<Path> left = Files.list(directory.resolve("tmp"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  private List<String> processes() {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.map(this::commandLine)
          .filter(line -> line.contains(directory.toString()))
          .toList();
    }
  }

  private String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
    } catch (IOException e) {
      // It has ended meanwhile.
      return "";
    }
  }

  // What is no disk, or none that can be read.

  private static final String NO_DISK =
      """
      source        | fault         | script                                       | code | message
      raw file      | missing       | t missing                                    | 1 | missing: no such file or device; check the name
      raw file      | directory     | t tmp                                        | 1 | tmp: is a directory; give a regular file
      raw file      | no permission | as_nobody secret                             | 1 | secret: permission denied; run as a user who may
      raw file      | empty         | t empty                                      | 1 | empty: is empty; did the command that should write to it fail?
      raw file      | empty, meant  | t --length 0 empty                           | 0 |
      --map         | missing       | t --map missing disk.raw                     | 1 | missing: no such file or device; check the name
      --map         | directory     | t --map tmp disk.raw                         | 1 | tmp: can't be read: Is a directory
      --map         | no permission | as_nobody --map secret disk.raw              | 1 | secret: permission denied; run as a user who may
      --map         | of another    | t --map disk.map larger.raw                  | 1 | disk.map: covers 8000512 bytes of a disk of 16001024: it is the map of another
      --map         | empty         | t --map empty disk.raw                       | 1 | empty: is empty; give what
      --map         | disk missing  | t --map disk.map missing                     | 1 | missing: no such file or device; check the name
      --map         | empty disk    | t --map empty.map empty                      | 1 | empty: is empty; did the command
      window        | missing       | t --offset 1 missing                         | 1 | missing: no such file or device; check the name
      window        | directory     | t --offset 1 tmp                             | 1 | tmp: is a directory; give a regular file
      window        | beyond        | t --offset 8000512 disk.raw                  | 64 | --offset 8000512 is not before the end of disk.raw, which has 8000512 bytes
      window        | too long      | t --length 8000513 disk.raw                  | 64 | --length 8000513 goes beyond the end of disk.raw, which has 8000512 bytes
      window        | empty         | t --length 1 empty                           | 64 | --length 1 goes beyond the end of empty, which has 0 bytes
      file on stdin | directory     | t - < tmp                                    | 1 | standard input: is a directory; give a regular file
      file on stdin | beyond        | t --offset 8000512 - < disk.raw              | 64 | --offset 8000512 is not before the end of standard input, which has 8000512 bytes
      file on stdin | empty         | t - < empty                                  | 1 | standard input: is empty; did the command that should write to it fail?
      file on stdin | empty, meant  | t --length 0 - < empty                       | 0 |
      pipe          | no spool      | cat disk.raw | t --spool-dir missing -       | 1 | missing: no temporary file can be made here: no such directory
      pipe          | full spool    | cat disk.raw | (ulimit -f 1000; t -)         | 1 | /tmp: can't take all of standard input: File too large
      pipe          | no permission | chmod 755 tmp; cat disk.raw | as_nobody -    | 1 | /tmp: no temporary file can be made here: permission denied
      pipe          | beyond        | cat disk.raw | t --offset 8000512 -          | 64 | --offset 8000512 is not before the end of standard input, which has 8000512 bytes
      pipe          | too long      | cat disk.raw | t --length 8000513 -          | 64 | --length 8000513 goes beyond the end of standard input, which has 8000512 bytes
      pipe          | empty         | cat empty | t -                              | 1 | standard input: is empty; did the command that should write to it fail?
      pipe          | empty, meant  | cat empty | t --length 0 -                   | 0 |
      NBD           | missing       | t nbd+unix:///?socket=missing                | 1 | nbd+unix:///?socket=missing: can't be reached: No such file or directory
      NBD           | directory     | t nbd+unix:///?socket=tmp                    | 1 | nbd+unix:///?socket=tmp: can't be reached: Connection refused
      NBD           | no permission | serve; chmod 600 s; as_nobody nbd+unix:///?socket=s | 1 | nbd+unix:///?socket=s: can't be reached: Permission denied
      NBD           | beyond        | serve; t --offset 8000512 nbd+unix:///?socket=s | 64 | --offset 8000512 is not before the end of nbd+unix:///?socket=s, which has 8000512 bytes
      NBD           | empty         | kit null --run '"$tool" $uri'                | 1 | : is empty; did the command
      NBD           | empty, meant  | kit null --run '"$tool" --length 0 $uri'     | 0 |
      -f qcow2      | missing       | t -f qcow2 missing                           | 1 | missing: no such file or device; check the name
      -f qcow2      | directory     | t -f qcow2 tmp                               | 1 | tmp: is a directory; give a regular file
      -f qcow2      | no permission | as_nobody -f qcow2 secret                    | 1 | secret: permission denied; run as a user who may
      -f qcow2      | beyond        | t -f qcow2 --offset 8000512 disk.qcow2       | 64 | --offset 8000512 is not before the end of disk.qcow2, which has 8000512 bytes
      -f qcow2      | empty         | t -f qcow2 empty                             | 1 | empty: not a qcow2 image: it ends at byte 0
      -f vmdk       | missing       | t -f vmdk missing                            | 1 | missing: no such file or device; check the name
      -f vmdk       | directory     | t -f vmdk tmp                                | 1 | tmp: is a directory; give a regular file
      -f vmdk       | no permission | as_nobody -f vmdk secret                     | 1 | secret: permission denied; run as a user who may
      -f vmdk       | empty         | t -f vmdk empty                              | 1 | empty: can't be read as vmdk: it is no image of VMware's
      -B            | missing       | t -B missing disk.raw                        | 1 | missing: no such file or device; check the name
      -B            | directory     | t -B tmp disk.raw                            | 1 | tmp: is a directory; give a regular file
      -B            | no permission | as_nobody -B secret disk.raw                 | 1 | secret: permission denied; run as a user who may
      -B            | no image      | t -B disk.raw -F qcow2 disk.raw              | 1 | disk.raw: not a qcow2 image: it starts with
      -B            | disk missing  | t -B disk.raw missing                        | 1 | missing: no such file or device; check the name
      -B            | empty         | t -B empty disk.raw                          | 0 |
      """;

  static Stream<Arguments> whatIsNoDisk() {
    return NO_DISK
        .lines()
        .skip(1)
        .map(line -> line.split(" \\|(?: |$)", -1))
        .map(cells -> {
          // A script may have pipes of its own.
          int last = cells.length - 1;
          String script = String.join(" | ", Arrays.copyOfRange(cells, 2, last - 1));
          return Arguments.of(
              cells[0].strip(),
              cells[1].strip(),
              script.strip(),
              Integer.parseInt(cells[last - 1].strip()),
              cells[last].strip());
        });
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("whatIsNoDisk")
  void whatIsNoDiskIsRefused(String source, String fault, String script, int code, String message)
      throws Exception {
    if (script.contains("serve") || script.contains("kit")) {
      Tool.NBDKIT.path();
    }
    if (script.contains("disk.qcow2") || script.contains("-f ") || script.contains("-F ")) {
      Tool.QEMU_STORAGE_DAEMON.path();
      Tool.QEMU_IMG.runWell(
          "convert", "-f", "raw", "-O", "qcow2", directory.resolve("disk.raw"), file("disk.qcow2"));
    }
    if (script.contains("as_nobody")) {
      PackagedTool.copyTo(directory.resolve("copy"));
    }
    Outcome made =
        run(
            "touch empty; echo > secret; chmod 000 secret; echo '[]' > empty.map;"
                + (script.contains("disk.map") ? " t map disk.raw > disk.map;" : "")
                + " cat disk.raw disk.raw > larger.raw");
    assertEquals(new Outcome(0, "", ""), made);
    Outcome outcome = run(script);
    if (code == 0) {
      assertEquals(0, outcome.code(), outcome::err);
      assertEquals("", outcome.err());
      assertTrue(outcome.out().startsWith("QFI\u00fb"));
    } else {
      outcome.assertFailedBeforeTheFirstByte(code, message);
    }
    assertNothingIsLeft();
  }

  // What happens in the middle.

  /** How the reads of a source are made to fail. */
  enum Breaking {
    /** The system fails each read of the file, by strace, from the first on. */
    STRACE,
    /** The server fails each read once the image is on its way. */
    SERVER,
    /** QEMU's process is killed when the image is on its way. */
    KILL,
    /** There is no way that would not be a fault of this machine. */
    NONE
  }

  /**
   * A way in.
   *
   * @param name for the report
   * @param command of bash; the tool takes the shell's place
   * @param says what messages call it
   * @param reads the file that is read
   * @param breaking how reads of it fail
   * @param cut what is said if that file is cut when half of the image is out; empty if that does
   *     no harm
   */
  record Way(
      String name, String command, String says, String reads, Breaking breaking, String cut) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final String CHANGED = ": source changed while it was read: its size was ";
  private static final String WRITTEN =
      ": source changed while it was read: its time of modification was ";
  private static final String UNREADABLE = ": can't be read at byte ";

  private static final Pattern WRITTEN_OF = Pattern.compile(" (\\d+) of ");

  private static final List<Way> WAYS =
      List.of(
          way("raw file", "$tool disk.raw", "disk.raw", "disk.raw", Breaking.STRACE, CHANGED),
          way(
              "window",
              "$tool --offset 1000 --length 8000000 larger.raw",
              "larger.raw",
              "larger.raw",
              Breaking.STRACE,
              CHANGED),
          way(
              "--map",
              "$tool --map disk.map disk.raw",
              "disk.raw",
              "disk.raw",
              Breaking.STRACE,
              CHANGED),
          way(
              "-B, in the base",
              "$tool -B base.raw disk.raw",
              "base.raw",
              "base.raw",
              Breaking.STRACE,
              CHANGED),
          way(
              "-B, in the disk",
              "$tool -B base.raw disk.raw",
              "disk.raw",
              "disk.raw",
              Breaking.STRACE,
              CHANGED),
          way(
              "file on stdin",
              "$tool - < disk.raw",
              "standard input",
              "disk.raw",
              Breaking.STRACE,
              CHANGED),
          way("pipe", "$tool - < <(cat disk.raw)", "standard input", "disk.raw", Breaking.NONE, ""),
          way(
              "NBD",
              "$tool nbd+unix:///?socket=s",
              "nbd+unix:///?socket=s",
              "disk.raw",
              Breaking.SERVER,
              UNREADABLE),
          way(
              "-f qcow2",
              "$tool -f qcow2 disk.qcow2",
              "disk.qcow2",
              "disk.qcow2",
              Breaking.STRACE,
              CHANGED),
          way(
              "-f vmdk",
              "$tool -f vmdk disk.vmdk",
              "disk.vmdk",
              "disk.vmdk",
              Breaking.KILL,
              WRITTEN),
          way("block device", "$tool $device", "$device", "disk.raw", Breaking.NONE, UNREADABLE));

  private static Way way(
      String name, String command, String says, String reads, Breaking breaking, String cut) {
    String server = command.contains("nbd+unix:") ? "serve; " : "";
    return new Way(name, server + "exec " + command, says, reads, breaking, cut);
  }

  /** What happens when the image is on its way, and what is to come of it. */
  enum Fault {
    READER_GOES_AWAY {
      @Override
      void verify(SourceFaultsIT test, Way way) throws Exception {
        try (HeldProcess held = test.start(way)) {
          held.abandon().assertFailed(141, "the reader of standard output went away after ");
        }
      }
    },
    OUTPUT_IS_FULL {
      @Override
      void verify(SourceFaultsIT test, Way way) throws Exception {
        test.run(way.command() + " > /dev/full")
            .assertFailed(1, "standard output: No space left on device; ", "discard it");
      }
    },
    INT {
      @Override
      void verify(SourceFaultsIT test, Way way) throws Exception {
        test.assertInterrupted(way, "INT", 130);
      }
    },
    TERM {
      @Override
      void verify(SourceFaultsIT test, Way way) throws Exception {
        test.assertInterrupted(way, "TERM", 143);
      }
    },
    HUP {
      @Override
      void verify(SourceFaultsIT test, Way way) throws Exception {
        test.assertInterrupted(way, "HUP", 129);
      }
    },
    KILL {
      @Override
      void verify(SourceFaultsIT test, Way way) throws Exception {
        try (HeldProcess held = test.start(way)) {
          HeldProcess.signal("KILL", held.handle());
          held.awaitEnd();
          test.assertNothingIsLeft();
          assertEquals(137, held.finish().code());
        }
      }
    },
    INPUT_IS_CUT {
      @Override
      void verify(SourceFaultsIT test, Way way) throws Exception {
        try (HeldProcess held = test.start(way)) {
          assertEquals(0, test.run("truncate -s 2500000 " + way.reads()).code());
          test.assertCut(held.finish(), way.cut().isEmpty() ? "" : test.says(way) + way.cut());
        }
      }
    },
    READS_FAIL {
      @Override
      void verify(SourceFaultsIT test, Way way) throws Exception {
        switch (way.breaking()) {
          case STRACE -> test.assertReadErrors(way);
          case SERVER -> {
            try (HeldProcess held = test.start(way)) {
              Files.createFile(test.file("broken"));
              test.assertCut(
                  held.finish(),
                  test.says(way) + UNREADABLE,
                  "the server says: Input/output error");
            }
          }
          case KILL -> {
            try (HeldProcess held = test.start(way)) {
              // On a busy machine the list of processes now and then lacks it.
              HeldProcess.await(
                  "the child that is killed",
                  () ->
                      held.handle()
                          .descendants()
                          .filter(
                              child -> child.info().command().orElse("").contains("qemu-storage"))
                          .anyMatch(ProcessHandle::destroyForcibly));
              test.assertCut(held.finish(), test.says(way) + ": ", "qemu-storage-daemon has ended");
            }
          }
          case NONE -> throw new IllegalStateException();
        }
      }
    };

    abstract void verify(SourceFaultsIT test, Way way) throws Exception;
  }

  static Stream<Arguments> faultsOnTheWay() {
    return WAYS.stream()
        .flatMap(way ->
            Arrays.stream(Fault.values())
                .filter(fault -> fault != Fault.READS_FAIL || way.breaking() != Breaking.NONE)
                .map(fault -> Arguments.of(way, fault)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("faultsOnTheWay")
  void faultOnTheWayIsNoShortImage(Way way, Fault fault) throws Exception {
    prepare(way);
    fault.verify(this, way);
    assertNothingIsLeft();
  }

  private void prepare(Way way) throws Exception {
    String command = way.command();
    if (command.contains("serve")) {
      Tool.NBDKIT.path();
    }
    if (command.contains("$device")) {
      device = devices.loop(file("disk.raw"));
    }
    if (command.contains(" -f ")) {
      Tool.QEMU_STORAGE_DAEMON.path();
      String format = way.reads().substring(way.reads().indexOf('.') + 1);
      Tool.QEMU_IMG.runWell(
          "convert", "-f", "raw", "-O", format, file("disk.raw"), file("disk." + format));
    }
    assertEquals(
        new Outcome(0, "", ""),
        run(
            (command.contains("disk.map") ? "t map disk.raw > disk.map; " : "")
                + "{ head -c 1000 /dev/zero; cat disk.raw; } > larger.raw;"
                + (command.contains("base.raw") ? " tr a-z A-Z < disk.raw | tac > base.raw" : "")));
  }

  /** Starts the tool, and waits until it is held in the middle, because nobody reads the image. */
  private HeldProcess start(Way way) throws Exception {
    HeldProcess held = HeldProcess.start(bash(way.command()));
    try {
      held.awaitOutput();
    } catch (Exception | Error e) {
      held.close();
      throw e;
    }
    return held;
  }

  private ProcessBuilder bash(String script) {
    return new ProcessBuilder(
            "/bin/bash", "-c", COMMANDS + script, PackagedTool.LAUNCHER.toString(), device)
        .directory(directory.toFile());
  }

  private void assertInterrupted(Way way, String signal, int code) throws Exception {
    try (HeldProcess held = start(way)) {
      HeldProcess.signal(signal, held.handle());
      held.awaitEnd();
      assertNothingIsLeft();
      Outcome outcome = held.finish();
      String input = way.reads().equals("base.raw") ? "disk.raw" : says(way);
      outcome.assertFailed(code, input + ": interrupted; ", "discard it");
      // A write that is under way when the signal comes is not counted.
      Matcher said = WRITTEN_OF.matcher(outcome.err());
      assertTrue(said.find(), outcome::err);
      assertTrue(Long.parseLong(said.group(1)) <= outcome.out().length(), outcome::err);
    }
  }

  /** What messages call it. */
  private String says(Way way) {
    return way.says().replace("$device", device);
  }

  /** How much of the image is out, in the tool's words. */
  private static String written(Outcome outcome) {
    return " " + outcome.out().length() + " of ";
  }

  /**
   * The image is cut short, and that is said; without a message expected, it is whole.
   *
   * @param messages fragments
   */
  private void assertCut(Outcome outcome, String... messages) {
    if (messages[0].isEmpty()) {
      assertEquals(0, outcome.code(), outcome::err);
      assertEquals((5 + (SIZE >> 16) + 1) << 16, outcome.out().length());
      return;
    }
    outcome.assertFailed(1, messages);
    assertTrue(outcome.err().contains("discard"), outcome::err);
    assertTrue(outcome.err().contains(written(outcome)), outcome::err);
  }

  /** In the scan, and where there is none, in the emission. */
  private void assertReadErrors(Way way) throws Exception {
    String strace =
        Tool.STRACE.path()
            + " -qq -f -o log -P \"$PWD/"
            + way.reads()
            + "\" -e inject=pread64:error=EIO:when=20+"
            + " -e inject=copy_file_range,sendfile,splice:error=EIO ";
    if (Tool.STRACE.run("-o", "/dev/null", "-e", "trace=none", "true").code() != 0) {
      Tool.missing("the permission to trace processes");
    }
    run(way.command().replace("$tool", strace + "$tool"))
        .assertFailedBeforeTheFirstByte(
            1, says(way) + UNREADABLE, ": Input/output error; check the disk");
    if (!way.command().contains("-B")) {
      Outcome outcome = run(way.command().replace("$tool", strace + "$tool --map-only"));
      assertCut(outcome, says(way) + UNREADABLE, ": Input/output error; check the disk");
      assertTrue(outcome.out().length() > 1 << 16, "nothing was written before the error");
    }
  }
}
