package io.github.qcow2tostdout.source.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said when QEMU's programs are missing or fail; here they are scripts. */
@Timeout(60)
class QemuSourceTest {
  @TempDir Path directory;
  private Path bin;
  private Path temporary;
  private Path image;

  @BeforeEach
  void makeDirectories() throws IOException {
    bin = Files.createDirectory(directory.resolve("bin"));
    temporary = Files.createDirectory(directory.resolve("tmp"));
    image = Files.writeString(directory.resolve("image"), "no image");
  }

  private void install(String program, String script) throws IOException {
    Path file = Files.writeString(bin.resolve(program), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private <E extends FileSystemException> E refusal(Class<E> kind, Path path) throws IOException {
    Environment environment =
        new Environment(Map.of("PATH", bin.toString(), "TMPDIR", temporary.toString()));
    E refusal =
        assertThrows(
            kind,
            () -> QemuSource.open(path, "vdi", true, QemuAccess.DEFAULT, environment).close());
    assertEquals(path.toString(), refusal.getFile());
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(List.of(), left.toList());
    }
    return refusal;
  }

  private String reason() throws IOException {
    return refusal(FileSystemException.class, image).getReason();
  }

  @Test
  void missingProgramNamesItsPackages() throws IOException {
    assertEquals(
        "to read vdi takes qemu-storage-daemon or qemu-nbd, and neither is installed; Debian has"
            + " them in the packages qemu-system-common and qemu-utils, Fedora in qemu-img",
        reason());
  }

  @ParameterizedTest
  @CsvSource({"qemu-storage-daemon", "qemu-nbd"})
  void whatTheProgramSaysIsPassedOn(String program) throws IOException {
    install(program, "echo \"$0: Image not in VMDK format\" | sed 's,/.*/,,' >&2; exit 1");
    assertEquals("can't be read as vdi: Image not in VMDK format", reason());
  }

  @Test
  void storageDaemonIsTheFirstChoice() throws IOException {
    install("qemu-nbd", "echo wrong");
    install("qemu-storage-daemon", "echo right");
    assertEquals("can't be read as vdi: right", reason());
  }

  @Test
  void programThatSaysNothingIsNamed() throws IOException {
    install("qemu-nbd", "exit 1");
    assertEquals("can't be read as vdi: qemu-nbd ended without a word", reason());
  }

  @Test
  void programForAnotherMachineIsAnError() throws IOException {
    install("qemu-nbd", "");
    Files.write(bin.resolve("qemu-nbd"), new byte[] {0x7f, 'E', 'L', 'F', 9, 9, 9});
    String reason = reason();
    assertTrue(reason.startsWith("can't be read as vdi: "), reason);
    assertTrue(reason.contains("qemu-nbd: Exec format error"), reason);
  }

  @Test
  void fileIsLookedAtBeforeAnythingIsStarted() throws IOException {
    install("qemu-storage-daemon", "echo started >> " + directory + "/log");
    refusal(NoSuchFileException.class, directory.resolve("missing"));
    assertEquals(
        "is a directory; give a regular file or a block device",
        refusal(FileSystemException.class, directory).getReason());
    if (!Files.isReadable(
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("---------")))) {
      refusal(AccessDeniedException.class, image);
    }
    assertFalse(Files.exists(directory.resolve("log")));
  }
}
