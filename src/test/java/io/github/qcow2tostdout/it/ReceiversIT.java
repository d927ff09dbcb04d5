package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.LoopbackApache;
import io.github.qcow2tostdout.testing.LoopbackRegistry;
import io.github.qcow2tostdout.testing.LoopbackSshd;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.RecipeShell;
import io.github.qcow2tostdout.testing.Servers;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Recipes of docs/uploading.md, against the receivers themselves. */
@Timeout(120)
final class ReceiversIT {
  private static final String DOCUMENT = "docs/uploading.md";

  @TempDir Path directory;
  private final Servers servers = new Servers();
  private RecipeShell shell;
  private Path there;

  @BeforeEach
  void makeDisk() throws Exception {
    shell = new RecipeShell(directory);
    there = Files.createDirectory(directory.resolve("there"));
    Disks.full(shell.here().resolve("disk.raw"), 12 << 20);
    shell.runWell("truncate -s 20M disk.raw && qcow2-to-stdout disk.raw > image");
  }

  @AfterEach
  void stopServers() {
    servers.close();
  }

  private void assertArrived() throws Exception {
    shell.runWell("cmp image '" + there + "/disk.qcow2'");
  }

  private String http() throws Exception {
    int port = LoopbackApache.start(servers, directory, there);
    return RecipeShell.example("http", DOCUMENT).replace("http://host", "http://127.0.0.1:" + port);
  }

  @Test
  void httpGoesOnWhereItBroke() throws Exception {
    String script = http();
    shell.wrap(
        "curl",
        """
        case $* in
          *Content-Range*) rmdir '%1$s' 2> /dev/null && {
              head -c 5000000 > '%2$s'
              { cat '%2$s'; sleep 2; } | timeout 1 %3$s "$@"
              exit 28
            } ;;
        esac
        exec %3$s "$@"
        """
            .formatted(
                Files.createDirectory(directory.resolve("once")),
                directory.resolve("begin"),
                Tool.CURL.path()));
    assertNotEquals(0, shell.run(script).code());
    assertEquals(5_000_000, Files.size(there.resolve("disk.qcow2")));
    shell.runWell(script);
    assertArrived();
    // Once more: there is nothing to do.
    shell.runWell(script);
    assertArrived();
  }

  @Test
  void httpDoesNotGoOnFromSomethingElse() throws Exception {
    String script = http();
    shell.runWell("head -c 3000001 image > '" + there + "/disk.qcow2'");
    Poke.hex(there.resolve("disk.qcow2"), 2_999_999, "4d4e");
    Files.setAttribute(there.resolve("disk.qcow2"), "unix:mode", 0100666);
    Outcome outcome = shell.run(script);
    assertNotEquals(0, outcome.code());
    assertEquals(3_000_001, Files.size(there.resolve("disk.qcow2")));
  }

  @Test
  void sshGoesOnWhereItBroke() throws Exception {
    LoopbackSshd.start(servers, shell, there, "");
    shell.runWell("head -c 5000001 image > '" + there + "/disk.qcow2'");
    shell.runWell(RecipeShell.example("ssh", DOCUMENT));
    assertArrived();
  }

  @Test
  void registryGetsALayerOnceAndInChunks() throws Exception {
    Tool.SKOPEO.path();
    int port = LoopbackRegistry.start(servers, directory);
    shell.set("CHUNK_MIB", "5");
    shell.wrap(
        "curl",
        "for a; do case $a in PATCH) echo $a >> '%s' ;; esac; done; exec %s \"$@\""
            .formatted(directory.resolve("patches"), Tool.CURL.path()));
    String script =
        RecipeShell.example("oci", DOCUMENT).replace("//registry:5000", "//127.0.0.1:" + port);
    shell.runWell(script);
    shell.runWell(script.replace(" 1 disk", " 2 disk"));
    assertEquals("PATCH\nPATCH\nPATCH\n", Files.readString(directory.resolve("patches")));
    shell.runWell(
        "skopeo --insecure-policy copy -q --src-tls-verify=false docker://127.0.0.1:"
            + port
            + "/vm:2 dir:pulled; for f in pulled/*; do tar -xOf $f disk/disk.qcow2 2> no | cmp -"
            + " image > no 2>&1 && echo found; done > found; grep -q found found");
  }

  @Test
  void rclone() throws Exception {
    Tool.RCLONE.path();
    Files.createDirectories(directory.resolve(".config/rclone"));
    Files.writeString(
        directory.resolve(".config/rclone/rclone.conf"),
        "[remote]\ntype = alias\nremote = " + there + "\n");
    shell.runWell(RecipeShell.example("rclone", DOCUMENT));
    assertEquals(
        -1, Files.mismatch(shell.here().resolve("image"), there.resolve("images/disk.qcow2")));
  }

  @Test
  void rcloneKeepsNothingOfAConversionThatFailed() throws Exception {
    rclone();
    breakTheConversion();
    assertNotEquals(0, shell.run(RecipeShell.example("rclone", DOCUMENT)).code());
    assertTrue(Files.notExists(there.resolve("images/disk.qcow2")));
  }

  @Test
  void restic() throws Exception {
    Tool.RESTIC.path();
    shell.set("RESTIC_REPOSITORY", there.toString());
    shell.set("RESTIC_PASSWORD", "none");
    shell.runWell("restic init -q");
    shell.runWell(RecipeShell.example("restic", DOCUMENT));
    shell.runWell("restic dump -q latest disk.qcow2 | cmp - image");
    breakTheConversion();
    assertNotEquals(0, shell.run(RecipeShell.example("restic", DOCUMENT)).code());
    // What restic took for a backup is away, and the one before it is not.
    shell.runWell("restic dump -q latest disk.qcow2 | cmp - image");
  }

  @Test
  void borg() throws Exception {
    Tool.BORG.path();
    shell.set("BORG_REPO", there.toString());
    shell.runWell("borg init -e none");
    shell.runWell(RecipeShell.example("borg", DOCUMENT));
    shell.runWell("borg extract --stdout ::disk disk.qcow2 | cmp - image");
    breakTheConversion();
    assertNotEquals(
        0, shell.run(RecipeShell.example("borg", DOCUMENT).replace("::disk", "::two")).code());
    assertEquals("disk\n", shell.runWell("borg list --short"));
  }

  private void breakTheConversion() throws Exception {
    shell.wrap(
        "qcow2-to-stdout",
        "[ \"$1\" = measure ] && exec echo 5000000; head -c 1000000 image; exit 1");
  }
}
