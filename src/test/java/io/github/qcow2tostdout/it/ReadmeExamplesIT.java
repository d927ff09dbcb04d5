package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.BlockDevices;
import io.github.qcow2tostdout.testing.LoopbackNginx;
import io.github.qcow2tostdout.testing.LoopbackSshd;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.RecipeShell;
import io.github.qcow2tostdout.testing.Servers;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the examples of README.md and docs/digests.md as they are written there, against real
 * receivers on this machine. The programs on the PATH are wrappers that know where these are.
 */
@Timeout(60)
final class ReadmeExamplesIT {
  @TempDir Path directory;
  private final Servers servers = new Servers();
  private RecipeShell shell;
  private Path here;
  private Path there;

  @BeforeEach
  void makeDisk() throws Exception {
    shell = new RecipeShell(directory);
    here = shell.here();
    there = Files.createDirectory(directory.resolve("there"));
    Path rootfs = Files.createDirectories(here.resolve("rootfs/etc"));
    Files.writeString(rootfs.resolve("motd"), "hello\n");
    Tool.MKE2FS.runWell("-q", "-d", rootfs.getParent(), here.resolve("disk.raw"), "32M");
  }

  @AfterEach
  void stopServers() throws Exception {
    servers.close();
  }

  @Test
  void ssh() throws Exception {
    startSshd();
    assertEquals(0, example("ssh").code());
    assertImageOfTheDisk(there.resolve("disk.qcow2"));
  }

  @Test
  void sshFailsWithTheConversion() throws Exception {
    startSshd();
    breakTheConversion();
    assertNotEquals(0, example("ssh").code());
    // That is why: what arrived looks like an image.
    assertTrue(Files.size(there.resolve("disk.qcow2")) > 0);
  }

  @Test
  void verify() throws Exception {
    startSshd();
    Path sent = there.resolve("disk.qcow2");
    assertEquals(0, run("qcow2-to-stdout disk.raw > '" + sent + "'").code());
    assertEquals(0, example("verify").code());
    assertEquals(-1, Files.mismatch(sent, here.resolve("disk.qcow2")));
  }

  @Test
  void verifyFailsWithWhatIsSent() throws Exception {
    startSshd();
    Path sent = there.resolve("disk.qcow2");
    assertEquals(0, run("qcow2-to-stdout disk.raw > '" + sent + "'").code());
    // The last cluster has only lost its end.
    Poke.truncate(sent, Files.size(sent) - 1);
    assertEquals(2, example("verify").code());
    assertEquals(-1, Files.mismatch(sent, here.resolve("disk.qcow2")));
  }

  @Test
  void curl() throws Exception {
    startNginx();
    assertEquals(0, example("curl").code());
    assertWasPutWithItsLength();
  }

  private void assertWasPutWithItsLength() throws Exception {
    assertImageOfTheDisk(there.resolve("disk.qcow2"));
    long size = Files.size(there.resolve("disk.qcow2"));
    // nginx logs what the request said of its body.
    assertEquals(
        "PUT /disk.qcow2 length=" + size + " encoding=- status=201\n",
        Files.readString(directory.resolve("access.log")));
  }

  @Test
  void putOfACompressedImage() throws Exception {
    startNginx();
    assertEquals(0, example("put").code());
    assertWasPutWithItsLength();
  }

  @Test
  void sums() throws Exception {
    startSshd();
    assertEquals(new Outcome(0, "disk.qcow2: OK\n", ""), example("sums"));
    assertImageOfTheDisk(there.resolve("disk.qcow2"));
  }

  @Test
  void tar() throws Exception {
    assertEquals(new Outcome(0, "", ""), example("tar"));
    assertEquals(new Outcome(0, "", ""), run("tar xf disk.tar --no-same-owner"));
    assertImageOfTheDisk(here.resolve("images/disk.qcow2"));
  }

  @Test
  void tarWithMembersBeforeIt() throws Exception {
    Matcher before =
        Pattern.compile("write them first: `([^`]+)`")
            .matcher(Files.readString(Path.of("docs/digests.md")));
    assertTrue(before.find());
    Outcome listed =
        run(
            "echo hello > disk.ovf; { "
                + before.group(1)
                + "; qcow2-to-stdout --tar disk.qcow2 disk.raw; } | tar -tf -");
    assertEquals(new Outcome(0, "disk.ovf\ndisk.qcow2\n", ""), listed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"container", "fifo"})
  void container(String name) throws Exception {
    Tool.SKOPEO.path();
    // The registry is a directory; ContainerDiskIT has a real one.
    shell.wrap(
        "skopeo",
        "shift; exec '%s' --insecure-policy copy \"$1\" dir:pushed".formatted(Tool.SKOPEO.path()));
    assertEquals(0, example(name).code());
    assertEquals(
        new Outcome(0, "", ""),
        run(
            "for f in pushed/*; do tar -xOf $f disk/disk.qcow2 > x 2>/dev/null && mv x y; done;"
                + " true"));
    assertImageOfTheDisk(here.resolve("y"));
  }

  @Test
  void curlLeavesNothingBehindWhenTheConversionFails() throws Exception {
    startNginx();
    breakTheConversion();
    assertNotEquals(0, example("curl").code());
    assertFalse(Files.exists(there.resolve("disk.qcow2")), "the server took half an image");
  }

  /** A recipe of docs/restoring.md. */
  private Outcome recipe(String name) throws Exception {
    return run(RecipeShell.example(name, "docs/restoring.md"));
  }

  private void assertRestored() throws Exception {
    assertEquals(-1, Files.mismatch(there.resolve("disk.raw"), here.resolve("disk.raw")));
  }

  private void sendDisk() throws Exception {
    assertEquals(0, run("qcow2-to-stdout disk.raw > '" + there + "/disk.qcow2'").code());
    Files.move(here.resolve("disk.raw"), there.resolve("disk.raw"));
  }

  @Test
  void restoreThroughSsh() throws Exception {
    // The other machine has the program too.
    LoopbackSshd.start(servers, shell, there, "PATH='" + shell.file("bin") + "':$PATH; ");
    Files.move(here.resolve("disk.raw"), there.resolve("disk.raw"));
    assertEquals(new Outcome(0, "", ""), recipe("ssh"));
    assertRestored();
  }

  @Test
  void restoreAndKeep() throws Exception {
    startSshd();
    sendDisk();
    assertEquals(new Outcome(0, "", ""), recipe("tee"));
    assertRestored();
    assertEquals(-1, Files.mismatch(there.resolve("disk.qcow2"), here.resolve("disk.qcow2")));
  }

  @Test
  void restoreOfHalfAnImageKeepsAllOfIt() throws Exception {
    startSshd();
    sendDisk();
    Poke.truncate(there.resolve("disk.qcow2"), Files.size(there.resolve("disk.qcow2")) - 1);
    assertEquals(1, recipe("tee").code());
    assertFalse(Files.exists(here.resolve("disk.raw")));
    assertEquals(-1, Files.mismatch(there.resolve("disk.qcow2"), here.resolve("disk.qcow2")));
  }

  @Test
  void restoreFromWebToDevice() throws Exception {
    BlockDevices devices = new BlockDevices();
    try {
      startNginx();
      sendDisk();
      Files.move(there.resolve("disk.qcow2"), there.resolve("cloud.qcow2"));
      assertEquals(
          0, run("cd '" + there + "' && sha256sum cloud.qcow2 > cloud.qcow2.sha256").code());
      Path old = Files.write(directory.resolve("old"), new byte[33 << 20]);
      assertEquals(0, run("tr '\\0' x < '" + old + "' > '" + old + ".x'").code());
      String device = devices.loop(Path.of(old + ".x"));
      String script = RecipeShell.example("curl", "docs/restoring.md").replace("/dev/vdb", device);
      assertEquals(new Outcome(0, "", ""), run(script));
      assertEquals(0, run("cmp -n 33554432 " + device + " '" + there + "/disk.raw'").code());
      Path sent = there.resolve("cloud.qcow2");
      Poke.truncate(sent, Files.size(sent) - 1);
      assertEquals(1, run(script).code());
      // Nobody takes that for a disk.
      assertEquals(0, run("cmp -n 1048576 " + device + " /dev/zero").code());
    } finally {
      devices.detach();
    }
  }

  @Test
  void build() throws Exception {
    assertEquals(0, example("build").code());
    assertEquals("", run("gunzip disk.qcow2.gz").err());
    assertImageOfTheDisk(here.resolve("disk.qcow2"));
  }

  @Test
  void buildFailsWithTheConversion() throws Exception {
    breakTheConversion();
    assertNotEquals(0, example("build").code());
  }

  @Test
  void delta() throws Exception {
    makeMondayAndTuesday();
    assertEquals(new Outcome(0, "", ""), example("delta"));
    assertDeltaOfTuesday();
    // The backing file is found by the name that was given, and is all that is needed.
    Files.delete(here.resolve("monday.raw"));
    assertDeltaOfTuesday();
  }

  /** Where only the image is left: the options are those of the text. */
  @Test
  void deltaWithTheImageAlone() throws Exception {
    Tool.QEMU_STORAGE_DAEMON.path();
    makeMondayAndTuesday();
    assertEquals(new Outcome(0, "", ""), run("qcow2-to-stdout monday.raw > monday.qcow2"));
    Files.delete(here.resolve("monday.raw"));
    Matcher options =
        Pattern.compile("Where only the image is left, `([^`]+)` compares")
            .matcher(Files.readString(Path.of("README.md")));
    assertTrue(options.find());
    assertEquals(
        new Outcome(0, "", ""),
        run("qcow2-to-stdout " + options.group(1) + " tuesday.raw > tuesday.qcow2"));
    assertDeltaOfTuesday();
  }

  /** A MiB of data is new, and another has become zero. */
  private void makeMondayAndTuesday() throws Exception {
    Outcome made =
        run(
            "head -c 8M /dev/urandom > monday.raw; truncate -s 16M monday.raw; cp monday.raw"
                + " tuesday.raw; head -c 1M /dev/urandom | dd of=tuesday.raw bs=1M seek=10"
                + " conv=notrunc status=none; dd if=/dev/zero of=tuesday.raw bs=1M seek=3 count=1"
                + " conv=notrunc status=none");
    assertEquals(new Outcome(0, "", ""), made);
  }

  private void assertDeltaOfTuesday() throws Exception {
    Path delta = here.resolve("tuesday.qcow2");
    Qemu.assertClean(delta);
    Qemu.assertIdentical(here.resolve("tuesday.raw"), delta);
    assertEquals((5 << 16) + (1 << 20), Files.size(delta));
  }

  @Test
  void withoutPipefailAFailureIsNotSeen() throws Exception {
    breakTheConversion();
    String build = RecipeShell.example("build", "README.md");
    assertTrue(build.contains("set -euo pipefail\n"));
    assertEquals(0, run(build.replace("set -euo pipefail\n", "set -eu\n")).code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssh", "curl", "build", "verify"})
  void setsPipefailBeforeItConverts(String name) throws Exception {
    String text = RecipeShell.example(name, "README.md");
    assertTrue(text.matches("(?s)set -\\S*o pipefail\n.*qcow2-to-stdout .*"), text);
  }

  /** Runs an example in the directory of the disk. */
  private Outcome example(String name) throws Exception {
    return run(RecipeShell.example(name, "README.md", "docs/digests.md"));
  }

  private Outcome run(String script) throws Exception {
    return shell.run(script);
  }

  /** From now on the conversion ends in the middle, while measure goes on to work. */
  private void breakTheConversion() throws Exception {
    shell.wrap(
        "qcow2-to-stdout",
        "[ \"$1\" = measure ] || { '%1$s' --range=-400K \"$@\"; exit 1; }; exec '%1$s' \"$@\""
            .formatted(PackagedTool.LAUNCHER));
  }

  private void assertImageOfTheDisk(Path image) throws Exception {
    Tool.QEMU_IMG.runWell("check", "-f", "qcow2", image);
    Tool.QEMU_IMG.runWell("compare", "-f", "raw", "-F", "qcow2", here.resolve("disk.raw"), image);
  }

  private void startSshd() throws Exception {
    LoopbackSshd.start(servers, shell, there, "");
  }

  private void startNginx() throws Exception {
    int port =
        LoopbackNginx.start(
            servers,
            directory,
            "log_format body '$request_method $uri length=$http_content_length"
                + " encoding=$http_transfer_encoding status=$status';",
            """
            root %s;
            access_log %s/access.log body;
            client_body_timeout 1s;
            location / { dav_methods PUT; }
            """
                .formatted(there, directory));
    shell.wrap(
        "curl",
        "exec '" + Tool.CURL.path() + "' --connect-to host:80:127.0.0.1:" + port + " \"$@\"");
  }

  private Path file(String name) {
    return directory.resolve(name);
  }
}
