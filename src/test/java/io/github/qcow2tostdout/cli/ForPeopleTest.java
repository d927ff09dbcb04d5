package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.Poke;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made easy to read where people read it, and left alone where programs do. */
class ForPeopleTest {
  @TempDir Path directory;

  private Path image() throws IOException {
    Path disk = Disks.full(directory.resolve("disk"), 1 << 20);
    Console console = new Console();
    assertEquals(0, console.run(disk));
    return Files.write(directory.resolve("image"), console.out());
  }

  @Test
  void measureHasUnitsOnATerminalOnly() throws IOException {
    Path disk = Disks.full(directory.resolve("disk"), 1 << 20);
    Console terminal = new Console(true, false);
    assertEquals(0, terminal.run("measure", disk));
    assertEquals(
        "required size: 1376256 (1.31 MiB)\nfully allocated size: 1376256 (1.31 MiB)\n",
        terminal.outText());
    Console pipe = new Console();
    assertEquals(0, pipe.run("measure", disk));
    assertEquals("required size: 1376256\nfully allocated size: 1376256\n", pipe.outText());
  }

  @Test
  void whatAKindOfFindingMeansIsSaidOnce() throws IOException {
    Path image = image();
    // The refcounts of the first two clusters.
    Poke.hex(image, 2 << 16, "00020002");
    Console console = new Console();
    assertEquals(3, console.run("check", image));
    List<String> leaks =
        console.outText().lines().filter(it -> it.startsWith("warning leaked-cluster: ")).toList();
    assertEquals(2, leaks.size());
    String meaning = ", expected 1: a refcount is higher than the uses of its cluster: ";
    assertTrue(leaks.get(0).contains(meaning), leaks::toString);
    assertTrue(leaks.get(0).endsWith("; qemu-img check -r leaks, or leave it"), leaks::toString);
    assertTrue(leaks.get(1).endsWith(" found refcount 2, expected 1"), leaks::toString);
  }
}
