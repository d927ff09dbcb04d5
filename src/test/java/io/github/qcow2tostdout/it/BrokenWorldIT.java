package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Inputs that are none, and outputs that take nothing or not all. */
@Timeout(60)
final class BrokenWorldIT {
  private static final int IMAGE_SIZE = 69 << 16;

  /** Becomes nobody where the tests run as root, whom permissions don't stop. */
  private static final String AS_NOBODY =
      "as=; [ \"$(id -u)\" != 0 ] || as='setpriv --reuid=65534 --regid=65534 --clear-groups'; ";

  @TempDir static Path directory;

  @BeforeAll
  static void makeDisk() throws Exception {
    Disks.full(directory.resolve("disk.raw"), 4 << 20);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void missingInputIsRefused() throws Exception {
    run("\"$0\" missing").assertFailedBeforeTheFirstByte(1, "missing: no such file", "check");
  }

  @Test
  void missingInputIsRefusedByMeasure() throws Exception {
    run("\"$0\" measure missing").assertFailedBeforeTheFirstByte(1, "missing: no such file");
  }

  @Test
  void danglingLinkIsRefused() throws Exception {
    run("ln -s missing link && \"$0\" link").assertFailedBeforeTheFirstByte(1, "link: no such");
  }

  @Test
  void unreadableInputIsRefused() throws Exception {
    Path copy = PackagedTool.copyTo(directory.resolve("copy"));
    run(AS_NOBODY + "echo > secret; chmod 000 secret; $as \"$1\" secret", copy)
        .assertFailedBeforeTheFirstByte(1, "secret: permission denied; run as a user who");
    run(AS_NOBODY + "mkdir -m 000 dir; $as \"$1\" dir/disk", copy)
        .assertFailedBeforeTheFirstByte(1, "dir/disk: permission denied; run as a user who");
  }

  @Test
  void directoryIsRefused() throws Exception {
    run("\"$0\" .").assertFailedBeforeTheFirstByte(1, ".: is a directory; give a regular file");
  }

  @Test
  void fifoIsRefusedWithoutWaitingForItsWriter() throws Exception {
    run("mkfifo fifo; \"$0\" fifo").assertFailedBeforeTheFirstByte(1, "fifo: is a FIFO; give");
  }

  @Test
  void standardInputIsRefusedAsWhatItIs() throws Exception {
    run("echo | \"$0\" /dev/stdin").assertFailedBeforeTheFirstByte(1, "/dev/stdin: is a FIFO");
  }

  @Test
  void characterDeviceIsRefused() throws Exception {
    run("\"$0\" /dev/zero")
        .assertFailedBeforeTheFirstByte(1, "/dev/zero: is a character device; give a regular");
  }

  @Test
  void socketIsRefused() throws Exception {
    Path path = directory.resolve("socket");
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(path));
      run("\"$0\" socket").assertFailedBeforeTheFirstByte(1, "socket: is a socket; give a regular");
    }
  }

  @Test
  void terminalIsRefusedAsOutput() throws Exception {
    String script = Tool.SCRIPT.path();
    Outcome outcome = run(script + " -qec \"'$0' disk.raw\" /dev/null");
    assertEquals(1, outcome.code());
    assertEquals(
        "qcow2-to-stdout: standard output is a terminal; redirect it to a file or pipe it into a"
            + " command\r\n",
        outcome.out());
  }

  @Test
  void terminalIsFineForReports() throws Exception {
    Outcome outcome = run(Tool.SCRIPT.path() + " -qec \"'$0' measure disk.raw\" /dev/null");
    assertEquals(0, outcome.code());
    assertTrue(outcome.out().contains("required size: " + IMAGE_SIZE), outcome::toString);
  }

  @Test
  void fullDeviceIsAFailure() throws Exception {
    run("\"$0\" disk.raw > /dev/full")
        .assertFailed(
            1,
            "standard output: No space left on device",
            "0 of " + IMAGE_SIZE + " bytes were written",
            "discard it");
  }

  @Test
  void fullDeviceIsAFailureForReports() throws Exception {
    for (String arguments : new String[] {"--help", "--version", "measure disk.raw"}) {
      run("\"$0\" " + arguments + " > /dev/full")
          .assertFailed(1, "standard output: No space left on device", "incomplete");
    }
  }

  @Test
  void limitOnTheSizeOfFilesIsAFailureThatSaysHowMuchIsOut() throws Exception {
    // In KiB for bash.
    run("ulimit -f 1000; \"$0\" disk.raw > cut")
        .assertFailed(
            1, "standard output: File too large", "1024000 of " + IMAGE_SIZE + " bytes were");
    assertEquals(1024000, Files.size(directory.resolve("cut")));
  }

  @Test
  void readerThatGoesAwayEndsTheToolInOneLine() throws Exception {
    Outcome outcome = run("\"$0\" disk.raw | head -c 1000 > /dev/null");
    outcome.assertFailed(
        141, "the reader of standard output went away after ", " of " + IMAGE_SIZE + " bytes");
    assertEquals(1, outcome.err().lines().count());
  }

  @Test
  void readerThatGoesAwayFromALargeImageEndsTheToolQuickly() throws Exception {
    Outcome outcome =
        run(
            "truncate -s 1T large && printf x | dd of=large conv=notrunc status=none;"
                + " dd if=/dev/zero bs=1M count=80 status=none | tr '\\0' x"
                + " | dd of=large conv=notrunc iflag=fullblock bs=1M status=none;"
                + " timeout 20 \"$0\" large | head -c 2000000 > /dev/null; echo ${PIPESTATUS[0]}");
    assertEquals("141\n", outcome.out());
    assertEquals(1, outcome.err().lines().count());
  }

  @Test
  void readerOfAReportThatIsNotThereIsNoStackTrace() throws Exception {
    Outcome outcome = run("mkfifo f2; (exec 3<f2) & exec 4>f2; wait; \"$0\" --help >&4");
    outcome.assertFailed(141, "the reader of standard output went away");
  }

  @Test
  void networkReceiverThatGoesAwayEndsTheTool() throws Exception {
    String resets =
        """
        import socket, struct, subprocess, sys
        listener = socket.create_server(("127.0.0.1", 0))
        out = socket.create_connection(listener.getsockname())
        receiver, _ = listener.accept()
        tool = subprocess.Popen(sys.argv[1:], stdout=out)
        out.close()
        receiver.recv(1000)
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        receiver.close()
        sys.exit(tool.wait())
        """;
    // More than the buffers of a connection on loopback take.
    Path large = Disks.full(directory.resolve("large.raw"), 40 << 20);
    Outcome outcome =
        Outcome.of(
            new ProcessBuilder(
                Tool.PYTHON.path(),
                "-c",
                resets,
                PackagedTool.LAUNCHER.toString(),
                large.toString()));
    outcome.assertFailed(141, "the reader of standard output went away after ");
  }

  @Test
  void diskItselfIsRefusedAsOutputAndLeftAlone() throws Exception {
    Path other = directory.resolve("other.raw");
    Files.copy(directory.resolve("disk.raw"), other);
    for (String redirection : new String[] {">> other.raw", "1<> other.raw", ">> link.raw"}) {
      run("ln -f other.raw link.raw; \"$0\" other.raw " + redirection)
          .assertFailed(1, "other.raw: is standard output too, and would be overwritten");
    }
    assertEquals(-1, Files.mismatch(directory.resolve("disk.raw"), other));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gone.raw > gone.raw", "-B gone.raw disk.raw > gone.raw"})
  void diskThatTheShellHasEmptiedIsSaidToBeGone(String arguments) throws Exception {
    run("cp disk.raw gone.raw; \"$0\" " + arguments)
        .assertFailed(
            1,
            "gone.raw: is standard output too, and the shell has emptied it before this program"
                + " began: the disk is gone; restore it");
  }

  @Test
  void nothingOfAFailureIsInTheOutputFile() throws Exception {
    assertFalse(run("\"$0\" missing > out").code() == 0);
    assertEquals(0, Files.size(directory.resolve("out")));
  }

  private static Outcome run(String script, Object... arguments)
      throws IOException, InterruptedException {
    return PackagedTool.bash(directory, script, arguments);
  }
}
