package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The package may lie in a folder of any name, and uses its start-up archives there. */
@Timeout(60)
final class LauncherPathIT {
  @TempDir static Path directory;
  private static Path copy;

  @BeforeAll
  static void convert() throws Exception {
    Disks.full(directory.resolve("disk"), 100_000);
    run("\"$0\" disk > image");
    copy = PackagedTool.copyTo(directory.resolve("copy")).getParent().getParent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "a=b",
        "=",
        "a%b%p",
        "@a",
        "-a",
        "*",
        "~",
        "#",
        "'",
        "\"",
        "\\n",
        "$HOME",
        "a;b",
        "new\nline",
        "newline\n",
        "\u00fc"
      })
  void startsFromAFolderOfThatName(String name) throws Exception {
    Path folder = Files.createDirectory(directory.resolve(name));
    Path moved = folder.resolve("package");
    Files.move(copy, moved);
    try {
      Path launcher = moved.resolve("bin/qcow2-to-stdout");
      // With "on" the VM refuses to start without an archive that fits.
      String strict = "export QCOW2_TO_STDOUT_JAVA_OPTS=-Xshare:on; ";
      run(strict + "\"$1\" disk | cmp - image", launcher);
      run(strict + "\"$1\" check -q image", launcher);
      run(
          strict + "cd \"${1%/*}\" && sh qcow2-to-stdout \"$2/disk\" | cmp - \"$2/image\"",
          launcher,
          directory);
      run(strict + "cd \"$1\" && package/bin/qcow2-to-stdout ../disk | cmp - ../image", folder);
      run(strict + "rm -f link; ln -s \"$1\" link; ./link disk | cmp - image", launcher);
    } finally {
      Files.move(moved, copy);
    }
  }

  @Test
  void aLinkMayEndInANewline() throws Exception {
    run("rm -f a$'\\n'; ln -s \"$0\" a$'\\n'; ln -sf a$'\\n' b; ./b disk | cmp - image");
  }

  @Test
  void aColonIsSaidToBeWhatTheVmCannotHave() throws Exception {
    Path moved = Files.createDirectory(directory.resolve("co:lon")).resolve("package");
    Files.move(copy, moved);
    try {
      Path launcher = moved.resolve("bin/qcow2-to-stdout");
      for (String start :
          new String[] {
            "\"$1\"",
            "cd \"${1%/*}\"; sh qcow2-to-stdout",
            "cd \"${1%/*}\"; cd ..; bin/qcow2-to-stdout"
          }) {
        Outcome outcome = PackagedTool.bash(directory, start + " --version", launcher);
        outcome.assertFailedBeforeTheFirstByte(1, "co:lon/package", "has a colon", "move");
        assertEquals(1, outcome.err().lines().count());
      }
      // Not the folder of somebody who calls it from one with a colon.
      run(
          "mv \"$1\" package2; mkdir -p x:y; cd x:y; ../package2/bin/qcow2-to-stdout ../disk |"
              + " cmp - ../image; cd ..; mv package2 \"$1\"",
          moved);
    } finally {
      Files.move(moved, copy);
    }
  }

  private static void run(String script, Object... arguments) throws Exception {
    assertEquals(new Outcome(0, "", ""), PackagedTool.bash(directory, script, arguments));
  }
}
