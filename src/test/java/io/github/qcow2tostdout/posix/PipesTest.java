package io.github.qcow2tostdout.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipesTest {
  private static final int F_GETPIPE_SZ = 1032;

  @TempDir Path directory;

  @Test
  void aFileIsLeftAlone() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "content");
    try (FileDescription opened = FileDescription.open(file).orElseThrow()) {
      int descriptor = Integer.parseInt(opened.descriptorPath().getFileName().toString());
      assertEquals(-1, Pipes.enlarge(descriptor, 1 << 20));
    }
  }

  @Test
  void aDescriptorThatIsNotOpenIsNoPipe() {
    assertEquals(-1, Pipes.enlarge(-1, 1 << 20));
  }

  @Test
  void aPipeThatIsLargeEnoughIsLeftAlone() {
    assertEquals(-1, Pipes.enlarge(-1, 1 << 16));
  }

  @Test
  void aPipeGrows() throws IOException {
    if (!SystemCalls.AVAILABLE) {
      Tool.missing("Linux on amd64 or aarch64");
    }
    Set<String> before = pipes().keySet();
    Pipe pipe = Pipe.open();
    try {
      Map<String, Integer> found = pipes();
      found.keySet().removeAll(before);
      for (int descriptor : found.values()) {
        int granted = Pipes.enlarge(descriptor, 1 << 20);
        assertTrue(granted > 1 << 16 && granted <= 1 << 20, () -> "granted " + granted);
        assertEquals(
            granted,
            SystemCalls.call(SystemCalls.Function.FCNTL, descriptor, F_GETPIPE_SZ, 0).intResult());
        return;
      }
      Tool.missing("a pipe behind java.nio.channels.Pipe");
    } finally {
      pipe.source().close();
      pipe.sink().close();
    }
  }

  /** One descriptor of each pipe that is open in this process. */
  private static Map<String, Integer> pipes() throws IOException {
    Map<String, Integer> pipes = new HashMap<>();
    try (DirectoryStream<Path> list = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : list) {
        if (Files.isSymbolicLink(descriptor)) {
          String target = Files.readSymbolicLink(descriptor).toString();
          if (target.startsWith("pipe:")) {
            pipes.put(target, Integer.parseInt(descriptor.getFileName().toString()));
          }
        }
      }
    }
    return pipes;
  }
}
