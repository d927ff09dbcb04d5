package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts that give little: limits, a bare chroot, no working directory. */
@Timeout(120)
final class ScarceIT {
  /** Becomes nobody where the tests run as root, whom the number of processes does not stop. */
  private static final String AS_NOBODY =
      "as=; [ \"$(id -u)\" != 0 ] ||"
          + " as='setpriv --reuid=61234 --regid=61234 --clear-groups'; ";

  @TempDir static Path directory;
  private static Path copy;

  @BeforeAll
  static void convert() throws Exception {
    Disks.full(directory.resolve("disk"), 70 << 20);
    run("\"$0\" disk > image; chmod -R a+rX .");
    copy = PackagedTool.copyTo(directory.resolve("copy"));
  }

  @Test
  void halfAGibibyteOfAddressSpaceWillDo() throws Exception {
    run("ulimit -v 524288; \"$0\" disk | cmp - image");
    run("ulimit -v 524288; \"$0\" - < disk | cmp - image");
    run("ulimit -v 524288; \"$0\" check -q image");
    run("ulimit -v 524288; \"$0\" check -q --deep - < image");
    run("ulimit -v 524288; \"$0\" dump image > dump; \"$0\" dump image | cmp - dump");
  }

  @ParameterizedTest
  @ValueSource(strings = {"disk", "check image", "check -", "dump image", "measure disk"})
  void lessIsRefusedInALine(String arguments) throws Exception {
    for (String limit : new String[] {"-v 524287", "-v 100000", "-n 31", "-n 13"}) {
      Outcome outcome =
          PackagedTool.bash(directory, "ulimit " + limit + "; exec \"$0\" " + arguments);
      outcome.assertFailedBeforeTheFirstByte(1, "ulimit -" + limit.charAt(1));
      assertEquals(1, outcome.err().lines().count());
    }
  }

  @Test
  void aFewDescriptorsWillDo() throws Exception {
    run("ulimit -n 32; \"$0\" disk | cmp - image");
    run("ulimit -n 32; \"$0\" - < disk | cmp - image");
    Tool.QEMU_STORAGE_DAEMON.path();
    run("ulimit -n 32; \"$0\" -f qcow2 image | cmp - image");
  }

  @Test
  void tooFewThreadsAreRefusedInALine() throws Exception {
    Outcome outcome =
        PackagedTool.bash(directory, AS_NOBODY + "ulimit -u 12; exec $as \"$1\" disk", copy);
    outcome.assertFailedBeforeTheFirstByte(1, "ulimit -u", "16 are needed");
    assertEquals(1, outcome.err().lines().count());
  }

  @Test
  void aChildThatCannotStartIsALineWithoutAdviceAboutTheJdk() throws Exception {
    Tool.QEMU_STORAGE_DAEMON.path();
    Path broken = PackagedTool.copyTo(directory.resolve("broken"));
    Files.setPosixFilePermissions(
        broken.getParent().resolveSibling("runtime/lib/jspawnhelper"),
        PosixFilePermissions.fromString("rw-r--r--"));
    Tool.QEMU_IMG.runWell(
        "convert", "-f", "raw", "-O", "vmdk", directory.resolve("disk"), directory.resolve("vmdk"));
    Outcome outcome = PackagedTool.bash(directory, "\"$1\" -f vmdk vmdk", broken);
    outcome.assertFailedBeforeTheFirstByte(1, "vmdk: can't start ", ": Permission denied; allow");
    assertEquals(1, outcome.err().lines().count());
  }

  @Test
  void aWorkingDirectoryThatIsGoneIsSaidInALine() throws Exception {
    Outcome outcome =
        PackagedTool.bash(
            directory,
            "mkdir gone; cd gone; rmdir ../gone; \"$0\" \"$1\"",
            directory.resolve("disk"));
    // The shell has its own line before.
    outcome.assertFailedBeforeTheFirstByte(
        1, "qcow2-to-stdout: the working directory is gone; change to another\n");
  }

  @Test
  void aWorkingDirectoryThatCannotBeSeenWillDo() throws Exception {
    run(
        AS_NOBODY
            + "mkdir -p shut/in; chmod 755 shut/in; cd shut/in; chmod 700 ..;"
            + " $as \"$1\" \"$2\" | cmp - \"$3\"",
        copy,
        directory.resolve("disk"),
        directory.resolve("image"));
  }

  @Test
  void aChrootNeedsNeitherProcNorDevNorAnyTool() throws Exception {
    if (!"0\n".equals(PackagedTool.bash(directory, "id -u").out())) {
      Tool.impossible("only root can change the root");
    }
    run(
        """
        mkdir -p root/bin root/tmp; cp -L /bin/sh root/bin/; cp -r "$1" root/app
        { ldd /bin/sh; find "$1/runtime" -name java -exec ldd {} + -o -name '*.so' -exec ldd {} +
        } 2>/dev/null | grep -oE '/(usr/)?lib[^ ]*' | grep -vF "$1" | sort -u |
          while read -r library; do
            [ ! -f "$library" ] || { mkdir -p "root/${library%/*}"; cp -L "$library" "root/$library"; }
          done
        cp disk image root/tmp
        """,
        copy.getParent().getParent());
    String start = "chroot root /app/bin/qcow2-to-stdout ";
    run(start + "/tmp/disk | cmp - image");
    run(start + "- < disk | cmp - image");
    run("cat disk | " + start + "- | cmp - image");
    run(start + "/tmp/disk > out; cmp out image");
    run(start + "check -q /tmp/image");
    run(start + "/tmp/disk <&- 2>&- | cmp - image");
    PackagedTool.bash(directory, start + "/tmp/disk >&-")
        .assertFailed(1, "standard output is closed");
    PackagedTool.bash(directory, start + "- <&-").assertFailed(1, "standard input: can't be read");
  }

  @Test
  void memoryThatMayNotBeExecutableIsSaid() throws Exception {
    Outcome outcome =
        Outcome.of(
            new ProcessBuilder(
                Tool.PYTHON.path(),
                "-c",
                """
                import ctypes, os, sys
                PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1
                if ctypes.CDLL(None).prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0):
                    sys.exit(99)
                os.execv(sys.argv[1], sys.argv[1:])
                """,
                PackagedTool.LAUNCHER.toString(),
                directory.resolve("disk").toString()));
    if (outcome.code() == 99) {
      Tool.impossible("this system has no PR_SET_MDWE");
    }
    outcome.assertFailedBeforeTheFirstByte(1, "executable");
  }

  private static void run(String script, Object... arguments) throws Exception {
    assertEquals(new Outcome(0, "", ""), PackagedTool.bash(directory, script, arguments));
  }
}
