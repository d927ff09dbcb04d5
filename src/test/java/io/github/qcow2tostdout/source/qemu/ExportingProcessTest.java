package io.github.qcow2tostdout.source.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.HeldProcess;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ExportingProcessTest {
  private static final Duration LONG = Duration.ofSeconds(50);

  @TempDir Path temporary;
  private Environment environment;

  @BeforeEach
  void environment() {
    Map<String, String> variables = new HashMap<>(System.getenv());
    variables.put("TMPDIR", temporary.toString());
    environment = new Environment(variables);
  }

  private ExportingProcess start(String script) throws IOException {
    return ExportingProcess.start(
        socket -> List.of("/bin/sh", "-c", script, temporary.toString()), environment);
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files.toList();
    }
  }

  private Path madeDirectory() throws Exception {
    HeldProcess.await("the directory", () -> !left().isEmpty());
    return left().getFirst();
  }

  /** Processes other than this one that know of the directory. */
  private List<ProcessHandle> processes() {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.filter(process -> process.pid() != ProcessHandle.current().pid())
          .filter(process -> knows(process))
          .toList();
    }
  }

  private boolean knows(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
          .contains(temporary.toString());
    } catch (IOException e) {
      // It has ended meanwhile.
      return false;
    }
  }

  private void assertNothingIsLeft() throws IOException {
    assertEquals(List.of(), left());
    assertEquals(List.of(), processes());
  }

  @Test
  void connectsAsSoonAsTheChildListens() throws Exception {
    try (ExportingProcess process = start("exec sleep 1000")) {
      Path directory = madeDirectory();
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
      try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        listener.bind(UnixDomainSocketAddress.of(directory.resolve("s")));
        process.connect(LONG).orElseThrow().close();
      }
      assertFalse(process.hasEndedWithin(0));
    }
    assertNothingIsLeft();
  }

  @Test
  void endOfTheChildBeforeItListensIsNoticedAndItsWordsAreKept() throws Exception {
    try (ExportingProcess process = start("echo one; echo two >&2; exit 1")) {
      assertEquals(Optional.empty(), process.connect(LONG));
      assertEquals("one\ntwo\n", process.messages());
    }
    assertNothingIsLeft();
  }

  @Test
  void programThatCantBeStartedIsSaidByTheShell() throws Exception {
    try (ExportingProcess process =
        ExportingProcess.start(socket -> List.of(temporary + "/missing"), environment)) {
      assertEquals(Optional.empty(), process.connect(LONG));
      assertTrue(process.messages().contains("missing: not found"), process::messages);
    }
    assertNothingIsLeft();
  }

  @Test
  void childThatSaysMuchDoesNotHang() throws Exception {
    try (ExportingProcess process = start("yes | head -c 1000000")) {
      assertEquals(Optional.empty(), process.connect(LONG));
      assertTrue(process.messages().length() < 20_000);
    }
    assertNothingIsLeft();
  }

  @Test
  void childThatDoesNotListenInTimeIsGivenUp() throws Exception {
    try (ExportingProcess process = start("exec sleep 1000")) {
      madeDirectory();
      assertThrows(TimeoutException.class, () -> process.connect(Duration.ofMillis(20)));
    }
    HeldProcess.await("the end of all", () -> processes().isEmpty());
    assertNothingIsLeft();
  }

  @Test
  void childHasNoMoreMemoryThanItMay() throws Exception {
    Path directory = ExportingProcess.newDirectory(environment);
    try (ExportingProcess process =
        ExportingProcess.start(
            directory,
            socket -> List.of("/bin/sh", "-c", "ulimit -v"),
            List.of(),
            300 << 20,
            environment)) {
      assertEquals(Optional.empty(), process.connect(LONG));
      assertEquals((300 << 10) + "\n", process.messages());
    }
    assertNothingIsLeft();
  }

  @Test
  void textsAreFilesThatTheChildFinds() throws Exception {
    Path directory = ExportingProcess.newDirectory(environment);
    try (ExportingProcess process =
        ExportingProcess.start(
            directory,
            socket -> List.of("/bin/sh", "-c", "cat 0 1; ls"),
            List.of("-n %s $x\n", "\"two'\n"),
            1 << 30,
            environment)) {
      assertEquals(Optional.empty(), process.connect(LONG));
      assertTrue(process.messages().startsWith("-n %s $x\n\"two'\n0\n1\n"), process::messages);
    }
    assertNothingIsLeft();
  }

  @Test
  void filesThatTheChildHasOpenAreKnown() throws Exception {
    Path file = Files.createFile(temporary.resolve("file"));
    try (ExportingProcess process = start("exec 7<$0/file; : >$0/ready; exec sleep 1000")) {
      HeldProcess.await("the file", () -> Files.exists(temporary.resolve("ready")));
      assertTrue(process.openFiles().containsValue(file.toRealPath()));
    }
    Files.delete(file);
    Files.delete(temporary.resolve("ready"));
  }

  /** And what it was about to do: it has nothing to finish. */
  @ParameterizedTest
  @ValueSource(strings = {"exec sleep 1000", "trap '' TERM HUP INT; while :; do sleep 0.1; done"})
  void childIsGoneWhenItIsClosed(String script) throws Exception {
    ExportingProcess process = start(script);
    madeDirectory();
    assertFalse(processes().isEmpty());
    process.close();
    HeldProcess.await("the end of all", () -> processes().isEmpty());
    assertNothingIsLeft();
  }
}
