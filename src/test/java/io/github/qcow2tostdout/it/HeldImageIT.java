package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.api.Disk;
import io.github.qcow2tostdout.api.ImageOption;
import io.github.qcow2tostdout.api.Qcow2Exception;
import io.github.qcow2tostdout.api.Qcow2Image;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that real processes of QEMU hold; what qemu-img says of them is the oracle. */
@Timeout(60)
final class HeldImageIT {
  private static final String HELD = "QEMU has it open for writing";

  @TempDir Path directory;
  private Path image;

  @BeforeEach
  void makeImage() throws Exception {
    image = directory.resolve("disk.qcow2");
    assertEquals(
        0, Tool.QEMU_IMG.run("create", "-q", "-f", "qcow2", image.toString(), "1M").code());
  }

  /** Starts qemu-nbd, which holds the image as long as it runs. */
  private HeldProcess hold(String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of(Tool.QEMU_NBD.path(), "-t", "-k"));
    Path socket = directory.resolve("socket");
    command.add(socket.toString());
    command.addAll(List.of(options));
    command.add(image.toString());
    HeldProcess process = HeldProcess.start(new ProcessBuilder(command));
    HeldProcess.await("qemu-nbd: " + process.err(), () -> Files.exists(socket));
    return process;
  }

  private static int qemuImg(Path path, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("check"));
    arguments.addAll(List.of(options));
    arguments.add(path.toString());
    return Tool.QEMU_IMG.run(arguments.toArray()).code();
  }

  private static void assertRefused(Outcome outcome) {
    assertEquals(1, outcome.code(), outcome::toString);
    assertEquals("", outcome.out());
    assertTrue(outcome.err().contains(HELD) && outcome.err().contains("-U"), outcome::err);
    assertEquals(1, outcome.err().lines().count(), outcome::err);
  }

  @ParameterizedTest
  @ValueSource(strings = {"qcow2", "raw"})
  void whatAWriterHoldsIsRefused(String format) throws Exception {
    try (HeldProcess writer = hold("-f", format)) {
      assertEquals(1, qemuImg(image));
      assertRefused(PackagedTool.run("check", image));
      assertRefused(PackagedTool.run("check", "--untrusted", "--output=json", image));
      assertRefused(PackagedTool.run("info", image));
      assertRefused(PackagedTool.run("dump", image));
      assertRefused(PackagedTool.run("dump", "-j", "--header", image));
      assertRefused(PackagedTool.bash(directory, "\"$0\" check - < \"$1\"", image));
      assertTrue(writer.handle().isAlive());
    }
    assertEquals(0, PackagedTool.run("check", image).code());
  }

  @ParameterizedTest
  @CsvSource({"check, -U", "check, --force-share", "info, -U", "dump, -U", "dump, --force-share"})
  void whoSaysSoGetsItsAnswers(String command, String option) throws Exception {
    Outcome expected = PackagedTool.run(command, image);
    assertEquals(0, expected.code(), expected::toString);
    try (HeldProcess writer = hold("-f", "qcow2")) {
      assertEquals(0, qemuImg(image, "-U"));
      // A writer has set no bit in the header yet.
      assertEquals(expected, PackagedTool.run(command, option, image));
      assertTrue(writer.handle().isAlive());
    }
  }

  @Test
  void whatAReaderHoldsIsRead() throws Exception {
    try (HeldProcess reader = hold("-r", "-f", "qcow2")) {
      assertEquals(0, qemuImg(image));
      assertEquals(0, PackagedTool.run("check", image).code());
      assertEquals(0, PackagedTool.run("dump", image).code());
      assertTrue(reader.handle().isAlive());
    }
  }

  @Test
  void otherNamesOfTheFileAreRefusedToo() throws Exception {
    Path link = Files.createLink(directory.resolve("hard"), image);
    Path symbolic = Files.createSymbolicLink(directory.resolve("symbolic"), image);
    Path copy = Files.copy(image, directory.resolve("copy"));
    try (HeldProcess writer = hold("-f", "qcow2")) {
      for (Path name : List.of(link, symbolic)) {
        assertEquals(1, qemuImg(name));
        assertRefused(PackagedTool.run("check", name));
      }
      assertEquals(0, qemuImg(copy));
      assertEquals(0, PackagedTool.run("check", copy).code());
      assertTrue(writer.handle().isAlive());
    }
  }

  /** The dump is held by its reader while the writer comes. */
  @Test
  void whoComesWhileItIsReadIsFoundAfterwards() throws Exception {
    String options = "preallocation=metadata,cluster_size=512";
    assertEquals(
        0,
        Tool.QEMU_IMG
            .run("create", "-q", "-f", "qcow2", "-o", options, image.toString(), "8M")
            .code());
    try (HeldProcess dump =
        HeldProcess.start(
            new ProcessBuilder(PackagedTool.LAUNCHER.toString(), "dump", image.toString()))) {
      dump.awaitOutput();
      try (HeldProcess writer = hold("-f", "qcow2")) {
        Outcome outcome = dump.finish();
        assertEquals(1, outcome.code(), outcome::err);
        assertTrue(
            outcome.err().contains("QEMU has opened it for writing meanwhile"), outcome::err);
        assertTrue(writer.handle().isAlive());
      }
    }
  }

  @Test
  void aPipeIsNobodys() throws Exception {
    try (HeldProcess writer = hold("-f", "qcow2")) {
      Outcome outcome = PackagedTool.bash(directory, "cat \"$1\" | \"$0\" check -", image);
      assertEquals(0, outcome.code(), outcome::toString);
      assertTrue(writer.handle().isAlive());
    }
  }

  @Test
  void theLibraryRefusesWhatAWriterHolds() throws Exception {
    try (HeldProcess writer = hold("-f", "qcow2")) {
      Qcow2Exception refused = assertThrows(Qcow2Exception.class, () -> Qcow2Image.open(image));
      assertEquals(Qcow2Exception.Reason.CHANGED, refused.reason());
      assertTrue(refused.getMessage().contains("open for writing"), refused.getMessage());
      Qcow2Image shared = Qcow2Image.open(image, ImageOption.FORCE_SHARE);
      assertTrue(shared.check().isClean());
      try (Disk disk = shared.disk()) {
        assertEquals(1 << 20, disk.nextData(0));
      }
      assertTrue(writer.handle().isAlive());
    }
    assertTrue(Qcow2Image.open(image).check().isClean());
  }
}
