package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.BlockDevices;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
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
  private Path bin;
  private Path here;
  private Path there;
  private final List<Process> servers = new ArrayList<>();

  @BeforeEach
  void makeDisk() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    bin = Files.createDirectory(directory.resolve("bin"));
    here = Files.createDirectory(directory.resolve("here"));
    there = Files.createDirectory(directory.resolve("there"));
    wrap("qcow2-to-stdout", "exec '" + PackagedTool.LAUNCHER + "' \"$@\"");
    Path rootfs = Files.createDirectories(here.resolve("rootfs/etc"));
    Files.writeString(rootfs.resolve("motd"), "hello\n");
    Tool.MKE2FS.runWell("-q", "-d", rootfs.getParent(), here.resolve("disk.raw"), "32M");
  }

  @AfterEach
  void stopServers() throws Exception {
    for (Process server : servers) {
      server.descendants().forEach(ProcessHandle::destroy);
      server.destroy();
      server.waitFor();
    }
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
    wrap(
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
    return run(example(Files.readString(Path.of("docs/restoring.md")), name));
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
    startSshd();
    Files.move(here.resolve("disk.raw"), there.resolve("disk.raw"));
    // The other machine has the program too.
    Path authorized = file("authorized_keys");
    Files.writeString(
        authorized,
        Files.readString(authorized).replace("command=\"", "command=\"PATH='" + bin + "':$PATH; "));
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
      String script =
          example(Files.readString(Path.of("docs/restoring.md")), "curl")
              .replace("/dev/vdb", device);
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
    String build = example(Files.readString(Path.of("README.md")), "build");
    assertTrue(build.contains("set -euo pipefail\n"));
    assertEquals(0, run(build.replace("set -euo pipefail\n", "set -eu\n")).code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssh", "curl", "build", "verify"})
  void setsPipefailBeforeItConverts(String name) throws Exception {
    String text = example(Files.readString(Path.of("README.md")), name);
    assertTrue(text.matches("(?s)set -\\S*o pipefail\n.*qcow2-to-stdout .*"), text);
  }

  /** Runs an example in the directory of the disk. */
  private Outcome example(String name) throws Exception {
    return run(
        example(
            Files.readString(Path.of("README.md")) + Files.readString(Path.of("docs/digests.md")),
            name));
  }

  private static String example(String readme, String name) {
    Matcher block =
        Pattern.compile("<!-- example: " + name + " -->\n```sh\n(.*?)```\n", Pattern.DOTALL)
            .matcher(readme);
    assertTrue(block.find(), "there is no example " + name);
    return block.group(1);
  }

  private Outcome run(String script) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("/bin/bash", "-c", script);
    builder.environment().merge("PATH", bin.toString(), (old, wrappers) -> wrappers + ":" + old);
    builder.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
    return Outcome.of(builder.directory(here.toFile()));
  }

  /** From now on the conversion ends in the middle, while measure goes on to work. */
  private void breakTheConversion() throws IOException {
    wrap(
        "qcow2-to-stdout",
        "[ \"$1\" = measure ] || { '%1$s' --range=-400K \"$@\"; exit 1; }; exec '%1$s' \"$@\""
            .formatted(PackagedTool.LAUNCHER));
  }

  private void assertImageOfTheDisk(Path image) throws Exception {
    Tool.QEMU_IMG.runWell("check", "-f", "qcow2", image);
    Tool.QEMU_IMG.runWell("compare", "-f", "raw", "-F", "qcow2", here.resolve("disk.raw"), image);
  }

  private void startSshd() throws Exception {
    int port = freePort();
    for (String key : List.of("host_key", "user_key")) {
      Outcome made =
          Outcome.of(
              new ProcessBuilder(
                  "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file(key).toString()));
      assertEquals(new Outcome(0, "", ""), made);
    }
    // What the client asks for runs in a directory of the test, not in the user's home.
    Files.writeString(
        file("authorized_keys"),
        "command=\"cd '"
            + there
            + "' && eval \\\"$SSH_ORIGINAL_COMMAND\\\"\" "
            + Files.readString(file("user_key.pub")));
    Files.writeString(
        file("sshd_config"),
        """
        Port %d
        ListenAddress 127.0.0.1
        HostKey %s
        AuthorizedKeysFile %s
        PidFile none
        StrictModes no
        UsePAM no
        PasswordAuthentication no
        PermitRootLogin yes
        """
            .formatted(port, file("host_key"), file("authorized_keys")));
    Files.writeString(
        file("ssh_config"),
        """
        Host host
          HostName 127.0.0.1
          Port %d
          User %s
          IdentityFile %s
          IdentitiesOnly yes
          UserKnownHostsFile /dev/null
          StrictHostKeyChecking no
          LogLevel ERROR
        """
            .formatted(port, System.getProperty("user.name"), file("user_key")));
    wrap("ssh", "exec '" + Tool.SSH.path() + "' -F '" + file("ssh_config") + "' \"$@\"");
    if (System.getProperty("user.name").equals("root")) {
      Files.createDirectories(Path.of("/run/sshd"));
    }
    serve(port, Tool.SSHD.path(), "-D", "-e", "-f", file("sshd_config").toString());
  }

  private void startNginx() throws Exception {
    int port = freePort();
    Files.writeString(
        file("nginx.conf"),
        """
        daemon off;
        %1$s
        worker_processes 1;
        pid %2$s/nginx.pid;
        error_log stderr;
        events {}
        http {
          log_format body '$request_method $uri length=$http_content_length '
                          'encoding=$http_transfer_encoding status=$status';
          access_log %2$s/access.log body;
          client_body_temp_path %2$s/body;
          proxy_temp_path %2$s/proxy;
          fastcgi_temp_path %2$s/fastcgi;
          uwsgi_temp_path %2$s/uwsgi;
          scgi_temp_path %2$s/scgi;
          server {
            listen 127.0.0.1:%3$d;
            root %4$s;
            client_max_body_size 0;
            client_body_timeout 1s;
            location / { dav_methods PUT; }
          }
        }
        """
            .formatted(
                System.getProperty("user.name").equals("root") ? "user root;" : "",
                directory,
                port,
                there));
    wrap(
        "curl",
        "exec '" + Tool.CURL.path() + "' --connect-to host:80:127.0.0.1:" + port + " \"$@\"");
    serve(
        port,
        Tool.NGINX.path(),
        "-e",
        "stderr",
        "-p",
        directory.toString(),
        "-c",
        file("nginx.conf").toString());
  }

  /** Starts a server and waits until it listens. */
  private void serve(int port, String... command) throws Exception {
    Path log = Files.createFile(file("server.log"));
    Process server =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    servers.add(server);
    HeldProcess.await(
        command[0] + " to listen",
        () -> {
          if (!server.isAlive()) {
            throw new AssertionError(command[0] + " ended: " + Files.readString(log));
          }
          try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
          } catch (IOException e) {
            return false;
          }
        });
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  /** Puts a program of that name before all others on the PATH. */
  private void wrap(String name, String script) throws IOException {
    Path wrapper = bin.resolve(name);
    Files.writeString(wrapper, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
