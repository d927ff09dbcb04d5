package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What strangers install: it has all that belongs to it, and runs from where it was put. */
@Timeout(120)
final class PackagesIT {
  private static final String DOC = "usr/share/doc/qcow2-to-stdout/";
  private static final Pattern LINK = Pattern.compile("\\]\\((docs/[^)#]*)");
  private static final Pattern COMPONENT = Pattern.compile("\"name\" : \"([^\"]+)\"");

  private static final List<String> COMPLETIONS =
      List.of(
          "bash-completion/completions/qcow2-to-stdout",
          "zsh/vendor-completions/_qcow2-to-stdout",
          "fish/vendor_completions.d/qcow2-to-stdout.fish");

  @TempDir static Path directory;
  private static Path disk;

  @BeforeAll
  static void makeDisk() throws IOException {
    disk = directory.resolve("disk");
    Disks.full(disk, 100_000);
  }

  @Test
  void theArchiveHasItsPapersAndRuns() throws Exception {
    Path to = Files.createDirectory(directory.resolve("tar"));
    Tool.TAR.runWell("xzf", only("*.tar.gz"), "-C", to, "--strip-components=1");
    for (String paper :
        List.of("LICENSE", "NOTICE", "README.md", "share/doc/qcow2-to-stdout/sbom.cdx.json")) {
      assertTrue(Files.size(to.resolve(paper)) > 0, paper);
    }
    LINK.matcher(Files.readString(to.resolve("README.md")))
        .results()
        .map(link -> link.group(1))
        .forEach(link -> assertTrue(Files.isRegularFile(to.resolve(link)), link));
    assertTrue(Files.isRegularFile(to.resolve("share/man/man1/qcow2-to-stdout.1")));
    for (String completion : COMPLETIONS) {
      assertTrue(Files.isRegularFile(to.resolve("share").resolve(completion)), completion);
    }
    assertTrue(Files.isRegularFile(to.resolve("runtime/legal/java.base/LICENSE")));
    assertConverts(to.resolve("bin/qcow2-to-stdout"));
  }

  @Test
  void theDebianPackageHasItsPapersAndRuns() throws Exception {
    Path to = Files.createDirectory(directory.resolve("deb"));
    Tool.DPKG_DEB.runWell("-x", only("*.deb"), to);
    for (String paper : List.of("copyright", "changelog.gz", "NOTICE", "sbom.cdx.json")) {
      assertTrue(Files.size(to.resolve(DOC + paper)) > 0, paper);
    }
    assertTrue(Files.isRegularFile(to.resolve("usr/share/man/man1/qcow2-to-stdout.1.gz")));
    for (String completion : COMPLETIONS) {
      assertTrue(Files.isRegularFile(to.resolve("usr/share").resolve(completion)), completion);
    }
    assertConverts(to.resolve("usr/bin/qcow2-to-stdout"));
  }

  @Test
  void lintianHasNothingToSay() throws Exception {
    Outcome outcome = Tool.LINTIAN.run("--fail-on", "error,warning", "--allow-root", only("*.deb"));
    assertEquals("", outcome.out());
    assertEquals(0, outcome.code(), outcome::toString);
  }

  @Test
  void theRpmHasTheSameFiles() throws Exception {
    Path rpm = only("*.rpm");
    Tool.RPM.runWell("-K", "--nosignature", rpm);
    Set<String> files =
        Tool.RPM.runWell("-qlp", "--nosignature", rpm).lines().collect(Collectors.toSet());
    Path app = app();
    try (Stream<Path> all = Files.walk(app)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        Path inside = app.relativize(file);
        if (inside.startsWith("bin") || inside.startsWith("lib") || inside.startsWith("runtime")) {
          assertTrue(files.contains("/usr/lib/qcow2-to-stdout/" + inside), inside::toString);
        }
      }
    }
    assertTrue(files.contains("/usr/share/licenses/qcow2-to-stdout/LICENSE"));
    assertTrue(files.contains("/usr/bin/qcow2-to-stdout"));
    assertEquals(
        "-rwxr-xr-x",
        Tool.RPM
            .runWell("-qlvp", "--nosignature", rpm)
            .lines()
            .filter(line -> line.endsWith("/usr/lib/qcow2-to-stdout/bin/qcow2-to-stdout"))
            .map(line -> line.substring(0, 10))
            .collect(Collectors.joining()));
  }

  @Test
  void theBillOfMaterialsNamesAllThatIsInIt() throws Exception {
    String bom = Files.readString(app().resolve("share/doc/qcow2-to-stdout/sbom.cdx.json"));
    assertTrue(bom.contains("\"bomFormat\" : \"CycloneDX\""), bom);
    Set<String> named = new TreeSet<>();
    COMPONENT.matcher(bom).results().forEach(name -> named.add(name.group(1)));
    Set<String> missing =
        new TreeSet<>(
            Set.of(
                "picocli",
                "jackson-core",
                "slf4j-api",
                "slf4j-simple",
                "aircompressor-v3",
                "OpenJDK",
                "libdeflate",
                "libzstd",
                "zlib"));
    missing.removeAll(named);
    assertEquals(Set.of(), missing);
    assertFalse(bom.contains("\"optional\""), "what is in the package is not optional");
  }

  private static Path app() {
    return Path.of(System.getProperty("app.dir"));
  }

  /** The package of that kind; there is none if only the folder was made. */
  private static Path only(String glob) throws IOException {
    try (var found = Files.newDirectoryStream(app().getParent(), glob)) {
      for (Path one : found) {
        return one;
      }
    }
    Tool.missing("the packages that mvn package makes: " + glob);
    throw new AssertionError();
  }

  private static void assertConverts(Path program) throws IOException, InterruptedException {
    Path image = directory.resolve("image");
    Outcome outcome =
        Outcome.of(
            new ProcessBuilder(
                "sh", "-c", "\"$0\" \"$1\" > \"$2\"", "" + program, "" + disk, "" + image));
    assertEquals(0, outcome.code(), outcome::toString);
    Tool.QEMU_IMG.runWell("compare", "-f", "raw", "-F", "qcow2", disk, image);
  }
}
