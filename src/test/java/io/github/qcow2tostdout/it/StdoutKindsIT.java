package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of standard output gets every byte. */
@Timeout(60)
final class StdoutKindsIT {
  /** From here on the tool enlarges a pipe. */
  private static final int SIZE = 66 << 20;

  /** Prints the processor time of a command whose reader waits, and compares what it wrote. */
  private static final String NON_BLOCKING =
      """
      import os, resource, subprocess, sys, time
      expected = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE).stdout
      def used():
          usage = resource.getrusage(resource.RUSAGE_CHILDREN)
          return usage.ru_utime + usage.ru_stime
      before = used()
      ours, theirs = os.pipe()
      os.set_blocking(theirs, False)
      tool = subprocess.Popen(sys.argv[1:], stdout=theirs)
      os.close(theirs)
      pipe = os.fdopen(ours, "rb")
      got = pipe.read(1)
      time.sleep(3)  # is what is measured: a reader that does not read
      got += pipe.read()
      code = tool.wait() or got != expected
      print(used() - before)
      sys.exit(code)
      """;

  @TempDir static Path directory;
  private static Path disk;
  private static Path image;

  @BeforeAll
  static void convert() throws Exception {
    disk = Disks.full(directory.resolve("disk.raw"), SIZE);
    image = directory.resolve("disk.qcow2");
    assertDone(PackagedTool.bash(directory, "\"$0\" \"$1\" > \"$2\"", disk, image));
    assertTrue(Files.size(image) > SIZE);
    // For users other than this one.
    assertDone(PackagedTool.bash(directory, "chmod -R a+rX ."));
  }

  @Test
  void pipe() throws Exception {
    assertDone(PackagedTool.bash(directory, "\"$0\" \"$1\" | cmp - \"$2\"", disk, image));
  }

  @Test
  void fileThatIsAppendedTo() throws Exception {
    assertDone(
        PackagedTool.bash(
            directory,
            "echo before > appended && \"$0\" \"$1\" >> appended && echo after >> appended"
                + " && (echo before; cat \"$2\"; echo after) | cmp - appended",
            disk,
            image));
  }

  @Test
  void fileAtAnOffset() throws Exception {
    assertDone(
        PackagedTool.bash(
            directory,
            "(echo before; \"$0\" \"$1\"; echo after) > offset"
                + " && (echo before; cat \"$2\"; echo after) | cmp - offset",
            disk,
            image));
  }

  @Test
  void socket() throws Exception {
    assertDone(
        python(
            """
            import socket, subprocess, sys
            ours, theirs = socket.socketpair()
            tool = subprocess.Popen(sys.argv[2:], stdout=theirs)
            theirs.close()
            got = ours.makefile("rb").read()
            sys.exit(tool.wait() or got != open(sys.argv[1], "rb").read())
            """));
  }

  @Test
  void nonBlockingPipeWithoutBurningTime() throws Exception {
    Outcome outcome =
        python(
            """
            import os, resource, subprocess, sys, time
            ours, theirs = os.pipe()
            os.set_blocking(theirs, False)
            tool = subprocess.Popen(sys.argv[2:], stdout=theirs)
            os.close(theirs)
            pipe = os.fdopen(ours, "rb")
            got = pipe.read(1)
            time.sleep(3)  # is what is measured: a reader that does not read
            got += pipe.read()
            code = tool.wait() or got != open(sys.argv[1], "rb").read()
            usage = resource.getrusage(resource.RUSAGE_CHILDREN)
            print(usage.ru_utime + usage.ru_stime)
            sys.exit(code)
            """);
    assertEquals(0, outcome.code(), outcome::toString);
    double seconds = Double.parseDouble(outcome.out().strip());
    assertTrue(seconds < 1, () -> seconds + " s of processor time");
  }

  /** Each of them is more than a pipe holds, but for the last. */
  @ParameterizedTest
  @ValueSource(
      strings = {"dump", "dump -j", "map --zero-test", "map --output=human", "check --help"})
  void nonBlockingPipeGetsReportsWithoutBurningTime(String command) throws Exception {
    Path striped = directory.resolve("striped.raw");
    DiskRecipe recipe = DiskRecipe.hole(64 << 20);
    for (int i = 0; i < 4000; i++) {
      recipe = recipe.data(i * 16384L, 4096);
    }
    recipe.make(striped);
    Path stripedImage = directory.resolve("striped.qcow2");
    assertDone(PackagedTool.bash(directory, "\"$0\" -c 4K \"$1\" > \"$2\"", striped, stripedImage));
    List<String> arguments = new ArrayList<>(List.of(Tool.PYTHON.path(), "-c", NON_BLOCKING));
    arguments.add(PackagedTool.LAUNCHER.toString());
    arguments.addAll(List.of(command.split(" ")));
    arguments.add((command.startsWith("map") ? striped : stripedImage).toString());
    Outcome outcome = Outcome.of(new ProcessBuilder(arguments));
    assertEquals(0, outcome.code(), outcome::toString);
    double seconds = Double.parseDouble(outcome.out().strip());
    assertTrue(seconds < 1.5, () -> seconds + " s of processor time");
  }

  @Test
  void nonBlockingSocket() throws Exception {
    assertDone(
        python(
            """
            import socket, subprocess, sys
            ours, theirs = socket.socketpair()
            theirs.setblocking(False)
            tool = subprocess.Popen(sys.argv[2:], stdout=theirs)
            theirs.close()
            got = ours.makefile("rb").read()
            sys.exit(tool.wait() or got != open(sys.argv[1], "rb").read())
            """));
  }

  @Test
  void pipeThatMayNotBeEnlarged() throws Exception {
    // Beyond its share of pipe memory a user without privileges gets the smallest of pipes.
    Path copy = PackagedTool.copyTo(directory.resolve("copy"));
    Outcome outcome =
        python(
            copy,
            """
            import fcntl, os, subprocess, sys
            GET, SET = 1032, 1031
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(54321)
                os.setuid(54321)
            hold = []
            while True:
                pipe = os.pipe()
                hold.append(pipe)
                try:
                    fcntl.fcntl(pipe[1], SET, 1 << 20)
                except PermissionError:
                    break
                if len(hold) > 400:
                    print("no limit")
                    break
            ours, theirs = os.pipe()
            tool = subprocess.Popen(sys.argv[2:], stdout=theirs)
            os.close(theirs)
            got = os.fdopen(ours, "rb", closefd=False).read()
            print(fcntl.fcntl(ours, GET))
            sys.exit(tool.wait() or got != open(sys.argv[1], "rb").read())
            """);
    assertEquals(0, outcome.code(), outcome::toString);
    assertEquals("", outcome.err());
    if (outcome.out().startsWith("no limit")) {
      Tool.missing("a limit on the memory of pipes");
    }
    int pipeSize = Integer.parseInt(outcome.out().strip());
    assertTrue(pipeSize < 1 << 16, () -> "the pipe was enlarged to " + pipeSize);
  }

  @Test
  void pipeThatHoldsAllOfAnImageHoldsNoPagesOfItsDisk() throws Exception {
    Path small = Disks.full(directory.resolve("small.raw"), 6 << 20);
    Outcome outcome =
        Outcome.of(
            new ProcessBuilder(
                Tool.PYTHON.path(),
                "-c",
                """
                import fcntl, os, subprocess, sys
                before = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE).stdout
                ours, theirs = os.pipe()
                try:
                    fcntl.fcntl(theirs, 1031, 8 << 20)
                except PermissionError:
                    sys.exit(99)
                code = subprocess.call(sys.argv[1:], stdout=theirs)
                os.close(theirs)
                with open(sys.argv[2], "r+b") as disk:
                    disk.write(b"x" * (6 << 20))
                sys.exit(code or os.fdopen(ours, "rb").read() != before)
                """,
                PackagedTool.LAUNCHER.toString(),
                small.toString()));
    if (outcome.code() == 99) {
      Tool.impossible("only root may make such a pipe");
    }
    assertDone(outcome);
  }

  private static Outcome python(String script) throws Exception {
    return python(PackagedTool.LAUNCHER, script);
  }

  /** Runs a script with the image's path, and the tool and its argument, as arguments. */
  private static Outcome python(Path launcher, String script) throws Exception {
    List<String> command = new ArrayList<>(List.of(Tool.PYTHON.path(), "-c", script));
    command.addAll(Arrays.asList(image.toString(), launcher.toString(), disk.toString()));
    return Outcome.of(new ProcessBuilder(command));
  }

  private static void assertDone(Outcome outcome) {
    assertEquals(new Outcome(0, "", ""), outcome);
  }
}
