package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was built, as the library of another program: that of {@code src/it/consumer}. */
class LibraryIT {
  private static final String LIBRARY = "io/github/qcow2tostdout/qcow2-to-stdout";
  private static final Path JAR =
      Path.of(System.getProperty("library.jar", "target/qcow2-to-stdout-0.1.0.jar"))
          .toAbsolutePath();
  private static final Path REPOSITORY =
      Path.of(
          System.getProperty(
              "local.repository", System.getProperty("user.home") + "/.m2/repository"));
  private static final String JAVA_HOME = System.getProperty("java.home");
  private static final String NATIVE_ACCESS = "--enable-native-access=";

  @TempDir static Path built;
  @TempDir Path directory;
  private Path raw;

  /** Builds the program against the library as it would be installed, without a network. */
  @BeforeAll
  static void build() throws Exception {
    if (!Files.exists(JAR)) {
      Tool.missing("the library's jar, which mvn package makes");
    }
    copyTree(Path.of("src/it/consumer"), consumer());
    Path repository = repositoryWithLibrary(built.resolve("repository"));
    Tool.MVN.runWell(
        "-o",
        "-q",
        "-B",
        "-f",
        consumer().resolve("pom.xml"),
        "-Dmaven.repo.local=" + repository,
        "-Djavac=" + JAVA_HOME + "/bin/javac",
        "compile");
  }

  private static Path consumer() {
    return built.resolve("consumer");
  }

  private static Path classes() {
    return consumer().resolve("target/classes");
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  /** The repository of this build, by links, with the library in it. */
  private static Path repositoryWithLibrary(Path repository) throws IOException {
    Path place = repository.resolve(LIBRARY).resolve("0.1.0");
    Files.createDirectories(place);
    linkBeside(REPOSITORY, repository, Path.of(LIBRARY).iterator().next(), 1);
    Files.copy(JAR, place.resolve(JAR.getFileName()));
    Files.copy(Path.of("pom.xml"), place.resolve("qcow2-to-stdout-0.1.0.pom"));
    return repository;
  }

  /** Links what is beside the folders of the library, in each folder down to it. */
  private static void linkBeside(Path from, Path to, Path next, int depth) throws IOException {
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        if (!entry.getFileName().equals(next)) {
          Files.createSymbolicLink(to.resolve(entry.getFileName()), entry);
        }
      }
    }
    if (Files.isDirectory(from.resolve(next)) && depth < Path.of(LIBRARY).getNameCount()) {
      linkBeside(from.resolve(next), to.resolve(next), Path.of(LIBRARY).getName(depth), depth + 1);
    }
  }

  /** JUnit would name each link that it deletes. */
  @AfterAll
  static void deleteLinks() throws IOException {
    try (Stream<Path> files = Files.walk(built)) {
      for (Path link : files.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    }
  }

  @BeforeEach
  void makeDisk() throws IOException {
    // Large enough to be asked for holes, where that is allowed.
    raw =
        DiskRecipe.hole(65 << 20)
            .data(1 << 20, 300_000)
            .zeroes(3 << 20, 1 << 20)
            .make(directory.resolve("disk.raw"));
  }

  /** The library, as it was installed. */
  private static String classPath() {
    return built
        .resolve("repository")
        .resolve(LIBRARY)
        .resolve("0.1.0")
        .resolve(JAR.getFileName())
        .toString();
  }

  private Outcome run(String method, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of(JAVA_HOME + "/bin/java"));
    command.addAll(Arrays.asList(options));
    command.addAll(List.of(raw.toString(), directory.resolve("disk.qcow2").toString(), method));
    return Outcome.of(new ProcessBuilder(command));
  }

  private static void assertConverted(String encoder, Outcome outcome) {
    assertEquals("", outcome.err());
    assertEquals(0, outcome.code());
    assertEquals(
        "size as it was said: true\nencoder: " + encoder + "\nclean: true, []\nthe same: true\n",
        outcome.out());
  }

  private static String[] asModules(String... more) {
    List<String> options = new ArrayList<>(List.of(more));
    options.addAll(List.of("-p", classes() + ":" + classPath(), "-m"));
    options.add("consumer/consumer.Main");
    return options.toArray(String[]::new);
  }

  private static String[] onClassPath(String... more) {
    List<String> options = new ArrayList<>(List.of(more));
    options.addAll(List.of("-cp", classes() + ":" + classPath(), "consumer.Main"));
    return options.toArray(String[]::new);
  }

  @Test
  void itComesAlone() throws IOException {
    try (JarFile program = new JarFile(consumer().resolve("target/consumer-1.jar").toFile())) {
      assertEquals(
          JAR.getFileName().toString(),
          program.getManifest().getMainAttributes().getValue("Class-Path"));
    }
  }

  @Test
  void aModuleNeedsNoOption() throws Exception {
    assertConverted("java.util.zip, level 1, window 32K", run("ZLIB", asModules()));
    assertEquals("no encoder for ZSTD\n", run("ZSTD", asModules()).out());
  }

  @Test
  void theClassPathNeedsNoOption() throws Exception {
    assertConverted("java.util.zip, level 1, window 32K", run("ZLIB", onClassPath()));
  }

  @Test
  void whereNativeAccessIsForbiddenItWorks() throws Exception {
    assertConverted(
        "java.util.zip, level 1, window 32K",
        run("ZLIB", asModules("--illegal-native-access=deny", NATIVE_ACCESS + "java.logging")));
  }

  @Test
  void nativeAccessWithTheEncodersJarIsFaster() throws Exception {
    String codecs = encodersJar().toString();
    String[] asModules = asModules(NATIVE_ACCESS + "io.github.qcow2tostdout", "-cp", codecs);
    assertConverted(
        "libdeflate of aircompressor 3.14, level 1, window 32K", run("ZLIB", asModules));
    Outcome zstd = run("ZSTD", asModules);
    assertTrue(zstd.out().contains("encoder: libzstd 1."), zstd::toString);
    assertTrue(zstd.out().endsWith("the same: true\n"), zstd::toString);
    assertEquals("", zstd.err());
    String jars = classes() + ":" + classPath() + ":" + codecs;
    Outcome onClassPath = run("ZSTD", NATIVE_ACCESS + "ALL-UNNAMED", "-cp", jars, "consumer.Main");
    assertEquals(zstd, onClassPath);
  }

  private static Path encodersJar() {
    return REPOSITORY.resolve("io/airlift/aircompressor-v3/3.14/aircompressor-v3-3.14.jar");
  }

  @Test
  void theDocumentationAndTheSourcesAreBesideIt() throws IOException {
    try (JarFile sources = jar("sources");
        JarFile javadoc = jar("javadoc")) {
      assertTrue(sources.getEntry("io/github/qcow2tostdout/api/Qcow2Image.java") != null);
      List<String> packages =
          javadoc.stream()
              .map(entry -> entry.getName())
              .filter(name -> name.endsWith("package-summary.html"))
              .toList();
      assertEquals(
          List.of("io.github.qcow2tostdout/io/github/qcow2tostdout/api/package-summary.html"),
          packages);
    }
  }

  private static JarFile jar(String classifier) throws IOException {
    Path jar = Path.of(JAR.toString().replaceFirst("\\.jar$", "-" + classifier + ".jar"));
    if (!Files.exists(jar)) {
      Tool.missing(jar + ", which mvn verify makes");
    }
    return new JarFile(jar.toFile());
  }
}
