package io.github.qcow2tostdout.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs what the documentation tells to do, as it is written there. The programs on its PATH can be
 * wrappers that know where the receivers on this machine are.
 */
public final class RecipeShell {
  private final Path directory;
  private final Path bin;
  private final Path here;
  private final Map<String, String> environment = new HashMap<>();

  /** A shell whose files are in a directory of the test, which others may enter from now on. */
  public RecipeShell(Path directory) throws IOException {
    this.directory = directory;
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    bin = Files.createDirectory(directory.resolve("bin"));
    here = Files.createDirectory(directory.resolve("here"));
    environment.put("HOME", directory.toString());
    wrap("qcow2-to-stdout", "exec '" + PackagedTool.LAUNCHER + "' \"$@\"");
  }

  /** A file beside the recipe's own. */
  public Path file(String name) {
    return directory.resolve(name);
  }

  /** The directory in which the recipes run. */
  public Path here() {
    return here;
  }

  /** A value for {@code PATH} that finds the wrappers, and Debian's programs before others. */
  public String path() {
    return bin + ":/usr/bin:/bin:/usr/sbin:/sbin:" + System.getenv("PATH");
  }

  /** Sets a variable of the environment. */
  public void set(String name, String value) {
    environment.put(name, value);
  }

  /** Puts a program of that name before all others on the PATH. */
  public void wrap(String name, String script) throws IOException {
    Path wrapper = bin.resolve(name);
    Files.writeString(wrapper, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Runs a script of bash, which may name the examples as the documentation does. */
  public Outcome run(String script) throws IOException, InterruptedException {
    String examples = Path.of("docs/examples").toAbsolutePath() + "/";
    return Outcome.of(prepare("/bin/bash", "-c", script.replace("docs/examples/", examples)));
  }

  /** A process in the same surroundings. */
  public ProcessBuilder prepare(String... command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(here.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("PATH", path());
    return builder;
  }

  /** Runs a script of bash, which has to succeed without a word on standard error. */
  public String runWell(String script) throws IOException, InterruptedException {
    Outcome outcome = run(script);
    assertEquals(new Outcome(0, outcome.out(), ""), outcome, script);
    return outcome.out();
  }

  /** The block of that name in one of the documents. */
  public static String example(String name, String... documents) throws IOException {
    Pattern block =
        Pattern.compile("<!-- example: " + name + " -->\n```sh\n(.*?)```\n", Pattern.DOTALL);
    for (String document : documents) {
      Matcher found = block.matcher(Files.readString(Path.of(document)));
      if (found.find()) {
        return found.group(1);
      }
    }
    throw new AssertionError("there is no example " + name + " in " + List.of(documents));
  }
}
