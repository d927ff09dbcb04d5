package io.github.qcow2tostdout.source.qemu;

import io.github.qcow2tostdout.source.nbd.NbdConnector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the environment says of where programs are and where temporary files may be.
 *
 * @param variables by name
 */
record Environment(Map<String, String> variables) {
  private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

  /** Of this process. */
  static Environment ofProcess() {
    return new Environment(System.getenv());
  }

  /** A program, if it is installed. */
  Optional<Path> find(String program) {
    return Stream.of(variables.getOrDefault("PATH", DEFAULT_PATH).split(":"))
        .filter(directory -> !directory.isEmpty())
        .flatMap(directory -> path(directory).stream())
        .map(directory -> directory.resolve(program))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /**
   * A path for a directory that is to be made, for a socket: those have short names.
   *
   * @param socket what it will be called in there
   * @throws IOException if there is no place for one; the message is for the user
   */
  Path newDirectory(String socket) throws IOException {
    // Another process can't foresee it, and making it fails where it is there.
    String name =
        "qcow2-to-stdout-"
            + Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX)
            + "-"
            + Long.toString(System.nanoTime(), Character.MAX_RADIX);
    return Stream.of(
            Optional.ofNullable(variables.get("TMPDIR")),
            Optional.ofNullable(variables.get("XDG_RUNTIME_DIR")),
            Optional.of("/tmp"),
            Optional.of("/var/tmp"))
        .flatMap(Optional::stream)
        .filter(place -> !place.isEmpty())
        .flatMap(place -> path(place).stream())
        .map(place -> place.toAbsolutePath())
        .filter(place -> fits(place.resolve(name).resolve(socket)))
        .filter(place -> Files.isDirectory(place) && Files.isWritable(place))
        .findFirst()
        .map(place -> place.resolve(name))
        .orElseThrow(() ->
            new IOException(
                "there is no directory for a temporary socket; set TMPDIR to one that can be"
                    + " written to and has a short name"));
  }

  private static boolean fits(Path socket) {
    return socket.toString().getBytes(StandardCharsets.UTF_8).length
        <= NbdConnector.MAX_SOCKET_PATH;
  }

  private static Optional<Path> path(String name) {
    try {
      return Optional.of(Path.of(name));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
