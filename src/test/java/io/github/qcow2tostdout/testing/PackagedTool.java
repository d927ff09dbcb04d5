package io.github.qcow2tostdout.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The program as {@code mvn package} left it. */
public final class PackagedTool {
  /** The launcher. */
  public static final Path LAUNCHER =
      Path.of(System.getProperty("app.dir", "target/qcow2-to-stdout"), "bin", "qcow2-to-stdout")
          .toAbsolutePath();

  private PackagedTool() {}

  /** Runs the launcher with arguments. */
  public static Outcome run(Object... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    return Outcome.of(new ProcessBuilder(command));
  }

  /**
   * Runs a script of bash, with pipefail; {@code "$0"} is the launcher, and the arguments are
   * {@code "$1"} and so on.
   */
  public static Outcome bash(Path directory, String script, Object... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("/bin/bash", "-c", "set -o pipefail; " + script, LAUNCHER.toString()));
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    return Outcome.of(new ProcessBuilder(command).directory(directory.toFile()));
  }

  /**
   * Copies the program to a new directory that every user may read.
   *
   * @return the copy's launcher
   */
  public static Path copyTo(Path directory) throws IOException, InterruptedException {
    Path application = LAUNCHER.getParent().getParent();
    Outcome copied =
        bash(
            directory.getParent(),
            "umask 022; cp -a \"$1\" \"$2\" && chmod -R a+rX \"$2\"",
            application,
            directory);
    if (copied.code() != 0) {
      throw new IOException(copied.err());
    }
    return directory.resolve("bin").resolve(LAUNCHER.getFileName());
  }
}
