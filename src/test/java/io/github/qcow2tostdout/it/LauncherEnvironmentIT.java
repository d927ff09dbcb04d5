package io.github.qcow2tostdout.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing in the caller's environment, directory or descriptors gets at the VM or the image. */
@Timeout(60)
final class LauncherEnvironmentIT {
  @TempDir static Path directory;

  @BeforeAll
  static void convert() throws Exception {
    Disks.full(directory.resolve("disk"), 5 << 20);
    assertPrintsNothing("\"$0\" disk > image");
    assertPrintsNothing("\"$0\" -f qcow2 image | cmp - image");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "_JAVA_LAUNCHER_DEBUG=1",
        "_JAVA_LAUNCHER_DEBUG=",
        "_JAVA_SR_SIGNUM=99",
        "_JAVA_OPTIONS=-version",
        "JAVA_TOOL_OPTIONS=-Xlog:all=info",
        "JDK_JAVA_OPTIONS=-version",
        "JDK_AOT_VM_OPTIONS=-version",
        "JAVA_HOME=/nonexistent",
        "LD_LIBRARY_PATH=/nonexistent",
        "MALLOC_ARENA_MAX=x",
        "NLSPATH=/%N",
        "out=1",
        "few=1",
        "HOME=two\nlines 'of' \"quotes\" $(touch evil) `touch evil` \\",
        "PATH=/usr/bin:/bin:$(touch evil)\n'\"",
        "TMPDIR=/tmp\nexport X='"
      })
  void noVariableChangesTheImageOrSaysAnything(String variable) throws Exception {
    assertPrintsNothing("env \"$1\" \"$0\" disk | cmp - image", variable);
    assertPrintsNothing("env \"$1\" \"$0\" check -q image", variable);
    assertFalse(Files.exists(directory.resolve("evil")));
  }

  @ParameterizedTest
  @ValueSource(strings = {".hotspotrc", ".hotspot_compiler", "java", "vm.options", "@disk"})
  void noFileInTheWorkingDirectoryMatters(String name) throws Exception {
    Path inside = Files.createDirectory(directory.resolve("with " + name));
    Files.writeString(inside.resolve(name), "-version +PrintFlagsFinal garbage\n");
    assertPrintsNothing("cd \"$1\" && \"$0\" ../disk | cmp - ../image", inside);
  }

  @Test
  void anInputThatLooksLikeAnArgumentFileIsADisk() throws Exception {
    assertPrintsNothing("ln disk @disk2; \"$0\" @disk2 | cmp - image");
  }

  @Test
  void theVmHasFewVariables() throws Exception {
    ProcessBuilder tool = tool(directory.resolve("disk"));
    tool.environment().put("SECRET", "x");
    tool.environment().put("XDG_RUNTIME_DIR", "/tmp");
    try (HeldProcess held = HeldProcess.start(tool)) {
      held.awaitOutput();
      Path environment = Path.of("/proc", Long.toString(held.handle().pid()), "environ");
      Set<String> names = new TreeSet<>();
      for (String variable : Files.readString(environment, UTF_8).split("\0")) {
        names.add(variable.substring(0, variable.indexOf('=')));
      }
      names.removeAll(
          Set.of("PATH", "HOME", "TMPDIR", "XDG_RUNTIME_DIR", "LC_ALL", "MALLOC_ARENA_MAX"));
      assertEquals(Set.of(), names);
    }
  }

  @Test
  void theVmSpeaksOnStandardErrorOnly() throws Exception {
    Outcome outcome =
        PackagedTool.bash(
            directory, "QCOW2_TO_STDOUT_JAVA_OPTS='-XshowSettings:vm -version' \"$0\" disk");
    assertEquals("", outcome.out());
    Outcome refused =
        PackagedTool.bash(directory, "QCOW2_TO_STDOUT_JAVA_OPTS=-XX:+NoSuch \"$0\" check image");
    assertEquals(List.of(1, ""), List.of(refused.code(), refused.out()));
    assertTrue(refused.err().contains("NoSuch"), refused::err);
    Outcome logs =
        PackagedTool.bash(
            directory, "QCOW2_TO_STDOUT_JAVA_OPTS=-Xlog:gc*=info:stdout \"$0\" disk | cmp - image");
    assertEquals(List.of(0, ""), List.of(logs.code(), logs.out()));
    assertNotEquals("", logs.err());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3<&0",
        "3<&0 4<&0 5<&0 6<&0 7<&0 8<&0",
        "3<&0 4<&0 5<&0 6<&0 7<&0 8<&0 9<&0",
        "4>&1 3>&2"
      })
  void descriptorsOfTheCallerAreInNobodysWay(String open) throws Exception {
    assertPrintsNothing("{ \"$0\" disk " + open + "; } </dev/null | cmp - image");
  }

  @Test
  void anInputMayBeADescriptorOfTheCaller() throws Exception {
    assertPrintsNothing("\"$0\" /dev/fd/3 3<disk | cmp - image");
    assertPrintsNothing("\"$0\" - 3<disk <&3 | cmp - image");
  }

  @Test
  void noChildHoldsTheOutputOpen() throws Exception {
    Tool.QEMU_STORAGE_DAEMON.path();
    Path vmdk = directory.resolve("disk.vmdk");
    Tool.QEMU_IMG.runWell("convert", "-f", "raw", "-O", "vmdk", directory.resolve("disk"), vmdk);
    try (HeldProcess held = HeldProcess.start(tool("-f", "vmdk", vmdk))) {
      held.awaitOutput();
      Path output = link(held.handle(), "3");
      assertFalse(held.handle().descendants().toList().isEmpty());
      for (ProcessHandle child : held.handle().descendants().toList()) {
        try (var list = Files.list(Path.of("/proc", Long.toString(child.pid()), "fd"))) {
          for (Path descriptor : list.toList()) {
            assertNotEquals(output, Files.readSymbolicLink(descriptor));
          }
        }
      }
    }
  }

  private static Path link(ProcessHandle process, String descriptor) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "fd", descriptor));
  }

  private static ProcessBuilder tool(Object... arguments) {
    ProcessBuilder builder = new ProcessBuilder(PackagedTool.LAUNCHER.toString());
    for (Object argument : arguments) {
      builder.command().add(argument.toString());
    }
    return builder;
  }

  private static void assertPrintsNothing(String script, Object... arguments) throws Exception {
    assertEquals(new Outcome(0, "", ""), PackagedTool.bash(directory, script, arguments));
  }
}
