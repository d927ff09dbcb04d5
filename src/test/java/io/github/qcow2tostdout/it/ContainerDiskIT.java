package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.BlockDevices;
import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.LoopbackRegistry;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Servers;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --containerdisk}, taken by skopeo and by a registry. */
@Timeout(120)
class ContainerDiskIT {
  private static final String COPY = "skopeo --insecure-policy copy -q ";

  @TempDir Path directory;

  @BeforeEach
  void makeDisk() throws Exception {
    DiskRecipe.hole(3_000_001).data(70_000, 800_000).make(directory.resolve("disk"));
    assertEquals(new Outcome(0, "", ""), bash("\"$0\" disk > image"));
  }

  private Outcome bash(String script, Object... arguments) throws Exception {
    return PackagedTool.bash(directory, script, arguments);
  }

  private void assertWell(String script) throws Exception {
    assertEquals(new Outcome(0, "", ""), bash(script), script);
  }

  @Test
  void everyBlobIsWhatItsNameSays() throws Exception {
    assertWell(
        "\"$0\" --containerdisk disk > tar && \"$0\" --containerdisk disk | cmp - tar"
            + " && mkdir x && tar xf tar -C x && cd x/blobs/sha256"
            + " && sha256sum --quiet -c <(for f in *; do echo \"$f  $f\"; done)");
    Outcome listed =
        bash("for f in x/blobs/sha256/*; do tar --numeric-owner -tvf $f 2>/dev/null; done; true");
    assertTrue(
        listed
            .out()
            .matches(
                "drwxr-xr-x 107/107 +0 .* disk/\n-rw-r--r-- 107/107 +\\d+ .* disk/disk.qcow2\n"),
        listed::out);
    assertTrue(Files.readString(directory.resolve("x/oci-layout")).contains("1.0.0"));
  }

  /** The layer's name has gone out when the disk is written. */
  @Test
  void deviceThatChangesBetweenTheTwoRenderingsIsAnError() throws Exception {
    BlockDevices devices = new BlockDevices();
    try {
      DiskRecipe.hole(32 << 20).data(0, 32 << 20).make(directory.resolve("backing"));
      String device = devices.loop(directory.resolve("backing"));
      Outcome outcome =
          bash(
              "\"$0\" --containerdisk \"$1\" | { head -c 1000 > begin;"
                  + " printf changed | dd of=\"$1\" bs=1 seek=30M conv=notrunc,fsync status=none;"
                  + " cat > rest; }",
              device);
      assertEquals(1, outcome.code(), outcome::toString);
      assertTrue(outcome.err().contains("chang"), outcome::toString);
    } finally {
      devices.detach();
    }
  }

  @Test
  void skopeoTakesItFromAFileAndFromAFifo() throws Exception {
    Tool.SKOPEO.path();
    assertWell("\"$0\" --containerdisk=vm disk > tar && " + COPY + "oci-archive:tar dir:one");
    assertWell(
        "mkfifo p; \"$0\" --containerdisk=vm disk > p & "
            + COPY
            + "oci-archive:p dir:two && wait $!"
            + " && diff -r one two");
    assertWell(
        "f=$(python3 -c 'import json; print(json.load(open(\"one/manifest.json\"))"
            + "[\"layers\"][0][\"digest\"][7:])'); tar -xOf one/$f disk/vm.qcow2 | cmp - image");
  }

  @Test
  void aRegistryTakesAndGivesIt() throws Exception {
    Tool.SKOPEO.path();
    Tool.DOCKER_REGISTRY.path();
    try (Servers servers = new Servers()) {
      int port = LoopbackRegistry.start(servers, directory);
      String name = "docker://127.0.0.1:" + port + "/vm:1";
      assertWell("\"$0\" --containerdisk -z --containerdisk-arch arm64 disk > tar");
      assertWell(COPY + "--dest-tls-verify=false oci-archive:tar " + name);
      assertWell(COPY + "--src-tls-verify=false --override-arch arm64 " + name + " oci:pulled");
      assertWell(
          "\"$0\" -z disk > small; for f in pulled/blobs/sha256/*; do tar -xOf $f disk/disk.qcow2 >"
              + " x 2>/dev/null && cmp x small && exit; done; exit 1");
    }
  }

  @Test
  void aDiskThatChangesMeanwhileIsAnError() throws Exception {
    Outcome outcome =
        bash(
            "\"$0\" --containerdisk disk | { head -c 300000 > /dev/null; printf x >> disk;"
                + " cat > /dev/null; }");
    outcome.assertFailed(1, "disk: source changed while it was read");
  }
}
