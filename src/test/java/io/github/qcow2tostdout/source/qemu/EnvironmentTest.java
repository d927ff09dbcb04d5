package io.github.qcow2tostdout.source.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {
  @TempDir Path directory;
  private Path first;
  private Path second;

  @BeforeEach
  void makeDirectories() throws IOException {
    first = Files.createDirectory(directory.resolve("first"));
    second = Files.createDirectory(directory.resolve("second"));
  }

  private static Path program(Path in, String permissions) throws IOException {
    Path program = Files.writeString(in.resolve("program"), "#!/bin/sh\n");
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString(permissions));
  }

  private Optional<Path> found() {
    return new Environment(Map.of("PATH", first + "::\0:" + second)).find("program");
  }

  @Test
  void theFirstProgramInPathIsFound() throws IOException {
    Path expected = program(first, "rwx------");
    program(second, "rwx------");
    assertEquals(Optional.of(expected), found());
  }

  @Test
  void whatCantBeExecutedIsPassedOver() throws IOException {
    program(first, "rw-------");
    assertEquals(Optional.of(program(second, "rwx------")), found());
  }

  @Test
  void directoryIsNoProgram() throws IOException {
    Files.createDirectory(first.resolve("program"));
    assertEquals(Optional.empty(), found());
    assertEquals(Optional.of(program(second, "rwx------")), found());
  }

  @Test
  void withoutPathTheUsualPlacesAreLookedAt() {
    assertTrue(new Environment(Map.of()).find("sh").isPresent());
    assertFalse(new Environment(Map.of("PATH", "")).find("sh").isPresent());
  }

  private static Path place(Map<String, String> variables) throws IOException {
    Path made = new Environment(variables).newDirectory("s");
    assertFalse(Files.exists(made));
    return made.getParent();
  }

  @Test
  void tmpdirIsTheFirstPlaceForTheSocket() throws IOException {
    Map<String, String> both =
        Map.of("TMPDIR", first.toString(), "XDG_RUNTIME_DIR", second.toString());
    assertEquals(first, place(both));
    assertEquals(second, place(Map.of("XDG_RUNTIME_DIR", second.toString())));
    assertEquals(Path.of("/tmp"), place(Map.of("TMPDIR", "", "HOME", first.toString())));
    assertNotEquals(
        new Environment(both).newDirectory("s"), new Environment(both).newDirectory("s"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nowhere", "file", "a\0b", "long"})
  void placeThatCantHaveASocketIsPassedOver(String what) throws IOException {
    Files.writeString(directory.resolve("file"), "");
    // Without a name behind it, it would be short enough.
    Path large = Files.createDirectories(directory.resolve("x".repeat(80)));
    String tmpdir = what.equals("long") ? large.toString() : directory + "/" + what;
    assertEquals(second, place(Map.of("TMPDIR", tmpdir, "XDG_RUNTIME_DIR", second.toString())));
  }
}
