import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Makes the folder that is the program: launcher, Java runtime, start-up archives, manual pages,
 * completion. Run with the program's run-time class path:
 *
 * <pre>{@code java -cp PATH Package.java PROJECT VERSION DATE}</pre>
 */
public final class Package {
  private static final String NAME = "qcow2-to-stdout";
  private static final String MODULE = "io.github.qcow2tostdout";
  private static final String CODECS = "aircompressor";
  private static final String CLI = MODULE + "/" + MODULE + ".cli.";

  /**
   * The archives, and what {@code Train} is told for each. The halves of the program have their
   * own, because the VM links every class of one at each start.
   */
  private static final Map<String, List<String>> ARCHIVES =
      Map.of("classes", List.of(), "inspect", List.of("inspect"), "info", List.of("info"));

  /** Of the JDK's files those that nothing of ours can use. */
  private static final String SUPERFLUOUS =
      Stream.of(
              "bin/keytool",
              "lib/jexec",
              "lib/jrt-fs.jar",
              "lib/classlist",
              "lib/security/cacerts",
              "lib/security/public_suffix_list.dat")
          .map("/java.base/"::concat)
          .collect(Collectors.joining(","));

  /** Where systems have zlib. */
  private static final List<String> ZLIB_DIRECTORIES =
      List.of(
          "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib");

  private final Path project;
  private final Path target;
  private final Path app;

  private Package(Path project) {
    this.project = project;
    target = project.resolve("target");
    app = target.resolve(NAME);
  }

  public static void main(String[] args) throws Exception {
    Package build = new Package(Path.of(args[0]).toAbsolutePath());
    delete(build.app);
    copyTree(build.project.resolve("src/dist"), build.app);
    build.documents(args[1], args[2]);
    build.papers(args[1]);
    build.link(build.modules());
    build.describeJar(args[1], args[2]);
    LeaveSignals.main(new String[] {build.app.resolve("runtime").toString()});
    build.codecs();
    build.archives();
  }

  /**
   * Copies the encoders' libraries, so that two machines with one package make the same bytes: of a
   * jar those that Maven Central has, and zlib of the machine that builds, because the JDK's own
   * has no small window.
   */
  private void codecs() throws IOException {
    String machine = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "amd64";
    Path codecs = Files.createDirectories(app.resolve("runtime/lib/codecs"));
    for (String entry : System.getProperty("java.class.path").split(":")) {
      if (Path.of(entry).getFileName().toString().startsWith(CODECS)) {
        try (FileSystem jar = FileSystems.newFileSystem(Path.of(entry))) {
          for (String library : List.of("libdeflate.so", "libzstd.so")) {
            Path from = jar.getPath("aircompressor", "linux-" + machine, library);
            Files.copy(from, codecs.resolve(library));
          }
        }
      }
    }
    for (String directory : ZLIB_DIRECTORIES) {
      Path zlib = Path.of(directory, "libz.so.1");
      if (Files.exists(zlib)) {
        Files.copy(zlib.toRealPath(), codecs.resolve("libz.so"));
        return;
      }
    }
    System.err.println("no libz.so.1 on this machine: the package has no --deflate-window=4K");
  }

  private void documents(String version, String date) throws Exception {
    var method = Class.forName(MODULE + ".cli.Commands").getDeclaredMethod("spec");
    method.setAccessible(true);
    CommandSpec spec = (CommandSpec) method.invoke(null);
    CommandLine line = new CommandLine(spec);
    Path pages = Files.createDirectories(app.resolve("share/man/man1"));
    writePage(pages, spec, version, date);
    for (CommandLine subcommand : line.getSubcommands().values()) {
      writePage(pages, subcommand.getCommandSpec(), version, date);
    }
    Completion.write(spec, app.resolve("share"));
  }

  private void papers(String version) throws IOException {
    Path debian = target.resolve("debian-share");
    delete(debian);
    new Papers(project, app, debian).write(version);
  }

  private static void writePage(Path directory, CommandSpec spec, String version, String date)
      throws IOException {
    // Of a time, the day.
    String page = ManPage.of(spec, date.substring(0, 10), NAME + " " + version);
    Files.writeString(directory.resolve(ManPage.name(spec) + ".1"), page);
  }

  /** Copies the libraries, upgraded where they are older than the archives take. */
  private Path modules() throws IOException {
    Path modules = target.resolve("mods");
    delete(modules);
    Files.createDirectories(modules);
    for (String entry : System.getProperty("java.class.path").split(":")) {
      // Of the codecs' jar only the libraries are taken.
      if (entry.endsWith(".jar") && !Path.of(entry).getFileName().toString().startsWith(CODECS)) {
        Path jar = Path.of(entry);
        UpgradeClasses.copy(jar, modules.resolve(jar.getFileName()));
      }
    }
    return modules;
  }

  private void link(Path modules) throws IOException {
    Path module = modules.resolve(MODULE);
    copyTree(target.resolve("classes"), module);
    ModuleInfo.requireAll(module);
    run(
        "jlink",
        "--module-path=" + modules,
        // Nothing requires the logger's implementation: it is found as a service.
        "--add-modules=" + MODULE + ",org.slf4j.simple",
        "--output=" + app.resolve("runtime"),
        "--strip-native-debug-symbols=exclude-debuginfo-files",
        "--no-header-files",
        "--no-man-pages",
        "--exclude-files=" + SUPERFLUOUS);
  }

  /** Puts the module's description into the library's jar, where Maven has made one. */
  private void describeJar(String version, String date) throws IOException {
    Path jar = target.resolve(NAME + "-" + version + ".jar");
    if (Files.exists(jar)) {
      Path description = Files.createDirectories(target.resolve("module"));
      ModuleInfo.makeReadable(target.resolve("classes"), description);
      run(
          "jar",
          "--update",
          "--file=" + jar,
          "--date=" + date,
          "-C",
          description.toString(),
          "module-info.class");
    }
  }

  private static void run(String tool, String... arguments) {
    int code = ToolProvider.findFirst(tool).orElseThrow().run(System.out, System.err, arguments);
    if (code != 0) {
      throw new IllegalStateException(tool + " failed");
    }
  }

  private void archives() throws Exception {
    try (var executor = Executors.newFixedThreadPool(ARCHIVES.size())) {
      List<Callable<Void>> tasks = new ArrayList<>();
      ARCHIVES.forEach((name, training) ->
          tasks.add(() -> {
            archive(name, training);
            return null;
          }));
      for (var done : executor.invokeAll(tasks)) {
        done.get();
      }
    }
  }

  /** Makes an archive of the classes that a training run loads, and starts from it. */
  private void archive(String name, List<String> training)
      throws IOException, InterruptedException {
    Path list = target.resolve(name + ".lst");
    String archive = "-XX:SharedArchiveFile=" + app.resolve("runtime/lib/server/" + name + ".jsa");
    List<String> train = new ArrayList<>(List.of("-XX:DumpLoadedClassList=" + list));
    train.addAll(List.of("-m", CLI + "Train"));
    train.addAll(training);
    java(name, train.toArray(String[]::new));
    java(
        name,
        "-Xlog:all=error:stderr",
        "-Xshare:dump",
        "-XX:+AOTClassLinking",
        "-XX:SharedClassListFile=" + list,
        archive,
        "-m",
        CLI + "Main");
    java(name, "-Xshare:on", archive, "-m", CLI + "Main", "--version");
  }

  /** Runs the program's VM as the launcher does; what it says is shown if it fails. */
  private void java(String task, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(app.resolve("runtime/bin/java").toString());
    command.add("@" + app.resolve("lib/vm.options"));
    // What the launcher adds for most commands; a larger heap takes the same archive.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx112m"));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    // Ours stand before the programs of the machine that builds, so that these don't matter.
    builder.environment().put("PATH", project.resolve("src/build/train") + ":/usr/bin:/bin");
    Path output = target.resolve("train-" + task + ".out");
    int code =
        builder
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.to(output.toFile()))
            .start()
            .waitFor();
    if (code != 0) {
      throw new IllegalStateException(
          command
              + " ended with "
              + code
              + ":\n"
              + Files.readString(output, StandardCharsets.ISO_8859_1));
    }
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(
            file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private static void delete(Path tree) throws IOException {
    if (Files.exists(tree)) {
      try (Stream<Path> files = Files.walk(tree)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
