package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an image names is opened only if it is said, and then watched. */
@Timeout(120)
final class FollowIT {
  @TempDir Path directory;
  private Path disk;
  private Path temporary;

  @BeforeEach
  void makeDisk() throws Exception {
    Tool.QEMU_STORAGE_DAEMON.path();
    temporary = Files.createDirectory(directory.resolve("tmp"));
    disk = directory.resolve("disk.raw");
    PackagedTool.bash(directory, "truncate -s 8M disk.raw");
    Tool.QEMU_IO.runWell("-f", "raw", "-c", "write -P 7 1M 4M", disk);
  }

  private ProcessBuilder tool(Object... arguments) {
    List<String> command = new ArrayList<>(List.of(PackagedTool.LAUNCHER.toString()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("TMPDIR", temporary.toString());
    return builder;
  }

  private Outcome run(Object... arguments) throws Exception {
    Outcome outcome = Outcome.of(tool(arguments));
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(List.of(), left.toList());
    }
    return outcome;
  }

  /** An image with that name in it, which QEMU was not asked about. */
  private Path naming(String format, String name, String backingFormat) throws Exception {
    Path image = directory.resolve("top." + format);
    Tool.QEMU_IMG.runWell(
        "create", "-q", "-f", format, "-u", "-b", name, "-F", backingFormat, image, "8M");
    return image;
  }

  private void assertConverts(Path image, String format, Object... options) throws Exception {
    List<Object> arguments = new ArrayList<>(List.of("-f", format));
    arguments.addAll(List.of(options));
    arguments.add(image);
    Path out = directory.resolve("out.qcow2");
    Path err = directory.resolve("err");
    Process process =
        tool(arguments.toArray()).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertEquals(0, process.waitFor(), Files.readString(err));
    Qemu.assertClean(out);
    Qemu.assertIdentical(disk, out);
  }

  @ParameterizedTest
  @CsvSource({"qcow2, raw", "qcow, raw", "qed, raw", "vmdk, vmdk"})
  void nothingIsFollowedUnlessItIsSaid(String format, String below) throws Exception {
    Path base = directory.resolve("base");
    Tool.QEMU_IMG.runWell("convert", "-f", "raw", "-O", below, disk, base);
    Path image = directory.resolve("top");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", format, "-b", "base", "-F", below, image);
    for (String command : List.of("measure", "map")) {
      run(command, "-f", format, image)
          .assertFailedBeforeTheFirstByte(1, image + ": names the backing file base", "--follow");
    }
    run("-f", format, image)
        .assertFailedBeforeTheFirstByte(1, image + ": names the backing file base", "--follow");
    run("-B", image, "-F", format, disk)
        .assertFailedBeforeTheFirstByte(1, image + ": names the backing file base", "--follow");
    Outcome said = run("map", "--follow", "-f", format, image);
    assertEquals(
        "qcow2-to-stdout: opening backing file " + base + ", which " + image + " names\n",
        said.err());
    assertEquals("", run("map", "-q", "--follow", "-f", format, image).err());
    assertConverts(image, format, "--follow");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "../../etc/passwd", "tmp", "missing"})
  void whateverItNamesIsRefused(String name) throws Exception {
    Path image = naming("qcow2", name, "raw");
    run("-f", "qcow2", image)
        .assertFailedBeforeTheFirstByte(1, "names the backing file " + name + ";");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nbd://127.0.0.1:PORT/x",
        "nbd:127.0.0.1:PORT",
        "json:{\"driver\":\"nbd\",\"host\":\"127.0.0.1\",\"port\":\"PORT\"}"
      })
  void nobodyIsConnectedTo(String name) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path image = naming("qcow2", name.replace("PORT", "" + listener.getLocalPort()), "raw");
      run("-f", "qcow2", image).assertFailedBeforeTheFirstByte(1, "names the backing file ");
      run("--follow", "-f", "qcow2", image)
          .assertFailedBeforeTheFirstByte(1, "which is no file's name");
      listener.setSoTimeout(1);
      try {
        listener.accept();
        throw new AssertionError("somebody has connected");
      } catch (SocketTimeoutException e) {
        // Nobody has.
      }
    }
  }

  /** To open one would wait for its writer. */
  @Test
  void fifoIsNotOpened() throws Exception {
    PackagedTool.bash(directory, "mkfifo fifo");
    Path image = naming("qcow2", "fifo", "raw");
    run("-f", "qcow2", image).assertFailedBeforeTheFirstByte(1, "names the backing file fifo");
    Outcome followed = run("-q", "--follow", "-f", "qcow2", image);
    followed.assertFailedBeforeTheFirstByte(
        1, image + ": backing file " + directory.resolve("fifo") + " is a FIFO");
    Files.writeString(
        directory.resolve("flat.vmdk"),
        "# Disk DescriptorFile\ncreateType=\"monolithicFlat\"\nRW 16 FLAT \"flat-fifo\" 0\n");
    PackagedTool.bash(directory, "mkfifo flat-fifo");
    run("-f", "vmdk", "flat.vmdk").assertFailedBeforeTheFirstByte(1, "flat-fifo is a FIFO");
  }

  @Test
  void loopIsFoundBeforeAnythingIsRead() throws Exception {
    naming("qcow2", "b.qcow2", "qcow2");
    Files.move(directory.resolve("top.qcow2"), directory.resolve("a.qcow2"));
    naming("qcow2", "c.qcow2", "qcow2");
    Files.move(directory.resolve("top.qcow2"), directory.resolve("b.qcow2"));
    naming("qcow2", "link", "qcow2");
    Files.move(directory.resolve("top.qcow2"), directory.resolve("c.qcow2"));
    Files.createSymbolicLink(directory.resolve("link"), Path.of("a.qcow2"));
    run("-q", "--follow", "-f", "qcow2", "a.qcow2")
        .assertFailedBeforeTheFirstByte(1, "a.qcow2: backing file ", "is below itself");
  }

  @Test
  void chainOfManyImagesIsRead() throws Exception {
    Path below = disk;
    String format = "raw";
    for (int i = 0; i < 250; i++) {
      Path image = directory.resolve(i + ".qcow2");
      Tool.QEMU_IMG.runWell(
          "create", "-q", "-f", "qcow2", "-u", "-b", below, "-F", format, image, "8M");
      below = image;
      format = "qcow2";
    }
    assertConverts(below, "qcow2", "-q", "--follow");
  }

  @ParameterizedTest
  @ValueSource(strings = {"monolithicFlat", "twoGbMaxExtentFlat", "twoGbMaxExtentSparse"})
  void ownExtentsAreReadAndWatched(String subformat) throws Exception {
    Path image = directory.resolve("image.vmdk");
    Tool.QEMU_IMG.runWell(
        "convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=" + subformat, disk, image);
    assertConverts(image, "vmdk");
    Path extent;
    try (Stream<Path> files = Files.list(directory)) {
      extent =
          files
              .filter(file -> file.getFileName().toString().startsWith("image-"))
              .findFirst()
              .orElseThrow();
    }
    assertChangeIsNoticed(image, extent, "-f", "vmdk");
    // Under another name the descriptor names files that are not its own.
    Path renamed = Files.move(image, directory.resolve("other.vmdk"));
    run("-f", "vmdk", renamed)
        .assertFailedBeforeTheFirstByte(1, "names the extent " + extent.getFileName());
    assertConverts(renamed, "vmdk", "-q", "--follow");
    Files.move(extent, directory.resolve("moved"));
    Files.createSymbolicLink(extent, directory.resolve("moved"));
    Files.move(renamed, image);
    run("-f", "vmdk", image).assertFailedBeforeTheFirstByte(1, "names the extent ");
  }

  /** It would be shown shifted: QEMU passes over what it does not know. */
  @Test
  void extentThatQemuPassesOverIsRefused() throws Exception {
    Path image = directory.resolve("image.vmdk");
    Tool.QEMU_IMG.runWell(
        "convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=monolithicFlat", disk, image);
    String text = Files.readString(image).replace("\0", "");
    Files.writeString(image, text.replace("RW ", "RW 128 ZERO\nRW "));
    run("-f", "vmdk", image).assertFailedBeforeTheFirstByte(1, "RW 128 ZERO");
  }

  @Test
  void dataFileIsFollowedFromTheWorkingDirectory() throws Exception {
    Path image = directory.resolve("image.qcow2");
    Path data = directory.resolve("data");
    Tool.QEMU_IMG.runWell(
        "convert", "-f", "raw", "-O", "qcow2", "-o", "data_file=" + data, disk, image);
    run("-f", "qcow2", image)
        .assertFailedBeforeTheFirstByte(1, "names the data file " + data + ";");
    assertConverts(image, "qcow2", "-q", "--follow");
    assertChangeIsNoticed(image, data, "-q", "--follow", "-f", "qcow2");
  }

  @Test
  void backingFileIsWatched() throws Exception {
    Path image = naming("qcow2", "disk.raw", "raw");
    assertChangeIsNoticed(image, disk, "-q", "--follow", "-f", "qcow2");
  }

  private void assertChangeIsNoticed(Path image, Path file, Object... options) throws Exception {
    List<Object> arguments = new ArrayList<>(List.of(options));
    arguments.add(image);
    try (HeldProcess held = HeldProcess.start(tool(arguments.toArray()))) {
      held.awaitOutput();
      // By a name: QEMU's lock is on the file itself.
      Path copy = Files.copy(file, directory.resolve("copy"));
      Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
      held.finish()
          .assertFailed(1, image + ": source changed while it was read: of " + file + " another");
    }
  }

  @Test
  void diskOfVirtualPcWithAParentIsNotReadAsIfItHadNone() throws Exception {
    Path image = directory.resolve("image.vpc");
    Tool.QEMU_IMG.runWell("convert", "-f", "raw", "-O", "vpc", disk, image);
    PackagedTool.bash(
        directory, "printf '\\4' | dd of=image.vpc bs=1 seek=63 conv=notrunc 2>/dev/null");
    run("--follow", "-f", "vpc", image)
        .assertFailedBeforeTheFirstByte(1, "a difference to a parent, which QEMU does not read");
  }

  /** A program that never listens stands for one that never comes to an end of opening. */
  @Test
  void openingHasALimit() throws Exception {
    Path bin = Files.createDirectory(directory.resolve("bin"));
    PackagedTool.bash(
        directory,
        "printf '#!/bin/sh\\nexec sleep 1000\\n' > bin/qemu-storage-daemon; chmod +x bin/*; for p"
            + " in sh mkdir rm sleep readlink dirname; do ln -s $(command -v $p) bin/$p; done");
    Path image = directory.resolve("image.vdi");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "vdi", image, "1M");
    ProcessBuilder builder = tool("--open-timeout", "1", "-f", "vdi", image);
    builder.environment().put("PATH", bin.toString());
    Outcome.of(builder)
        .assertFailedBeforeTheFirstByte(
            1, "has not opened it within 1 seconds; give it more with --open-timeout");
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() throws IOException {
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void memoryHasALimit() throws Exception {
    Path image = directory.resolve("image.vdi");
    // Of each MiB QEMU holds 4 bytes in memory.
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "vdi", image, "16T");
    Outcome tooLittle = run("--qemu-memory", "64M", "-f", "vdi", image);
    // Which allocation is the first to fail differs between hosts: one of bytes, or a thread's
    // stack.
    tooLittle.assertFailedBeforeTheFirstByte(
        1, "; it may have 67108864 bytes", "--qemu-memory SIZE");
    run("--qemu-memory", "63M", "-f", "vdi", image).assertFailedBeforeTheFirstByte(64, "64M");
    run("--open-timeout", "0", "-f", "vdi", image)
        .assertFailedBeforeTheFirstByte(64, "--open-timeout 0");
  }

  /** QEMU's memory was 610 MB, and grew, before it was seen that there is no end. */
  @Test
  void imageBelowItselfIsRefused() throws Exception {
    Path image = naming("qcow2", "top.qcow2", "qcow2");
    Outcome outcome = run("-q", "--follow", "-f", "qcow2", image);
    outcome.assertFailedBeforeTheFirstByte(1, "is below itself");
  }

  @Test
  void checkUntrustedTellsWhatForeignImagesName() throws Exception {
    Outcome harmless = run("check", "--untrusted", naming("qcow", "x", "raw"));
    assertEquals(2, harmless.code(), harmless::err);
    assertTrue(harmless.out().contains("error untrusted-backing-file: qcow image"), harmless::out);
    Path vdi = directory.resolve("image.vdi");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "vdi", vdi, "8M");
    Outcome plain = run("check", "--untrusted", "--output=json", vdi);
    assertEquals(0, plain.code(), plain::err);
    assertTrue(plain.out().contains("\"format\": \"vdi\""), plain::out);
    assertEquals(63, run("check", vdi).code());
    assertEquals(63, run("check", "--untrusted", disk).code());
  }
}
