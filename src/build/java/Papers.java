import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * What a package has to say of itself: license, notices, read-me and documents, and what it is made
 * of. Debian wants some of it under other names, and compressed; that goes to a folder beside.
 */
final class Papers {
  private static final String NAME = "qcow2-to-stdout";

  /**
   * What Maven does not know of.
   *
   * @param name as its project calls it
   * @param version empty if it is not known
   * @param license its SPDX name
   * @param purl the beginning of its package URL
   */
  private record Part(String name, String version, String license, String purl) {}

  private final Path project;
  private final Path app;
  private final Path debian;

  /**
   * @param app the folder that is the program
   * @param debian gets what goes below {@code /usr/share} in a Debian package
   */
  Papers(Path project, Path app, Path debian) {
    this.project = project;
    this.app = app;
    this.debian = debian;
  }

  /** Writes all of it; the program's folder has its documents and its runtime already. */
  void write(String version) throws IOException {
    Files.copy(project.resolve("LICENSE"), app.resolve("LICENSE"));
    Files.copy(project.resolve("README.md"), app.resolve("README.md"));
    copyDocuments();
    Path bom = Files.createDirectories(app.resolve("share/doc").resolve(NAME));
    if (Files.exists(project.resolve("target/bom.json"))) {
      writeBom(bom.resolve("sbom.cdx.json"));
    } else {
      System.err.println("offline, CycloneDX makes no bill of materials: the package has none");
    }
    debian(version, bom);
  }

  private void copyDocuments() throws IOException {
    try (Stream<Path> documents = Files.walk(project.resolve("docs"))) {
      for (Path document : (Iterable<Path>) documents.filter(Files::isRegularFile)::iterator) {
        Path to = app.resolve(project.relativize(document));
        Files.createDirectories(to.getParent());
        Files.copy(document, to);
      }
    }
  }

  /** The dependencies that Maven found, and what else is in the package. */
  private void writeBom(Path to) throws IOException {
    Path from = project.resolve("target/bom.json");
    JsonFactory json = new JsonFactory();
    try (JsonParser parser = json.createParser(from.toFile());
        OutputStream out = Files.newOutputStream(to);
        JsonGenerator generator = json.createGenerator(out)) {
      generator.setPrettyPrinter(new DefaultPrettyPrinter());
      int depth = 0;
      boolean components = false;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (depth == 1 && token == JsonToken.FIELD_NAME) {
          components = parser.currentName().equals("components");
        }
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (depth == 1 && components && token == JsonToken.END_ARRAY) {
          for (Part part : parts()) {
            writePart(generator, part);
          }
        }
        if (token == JsonToken.VALUE_STRING && "scope".equals(parser.currentName())) {
          // Optional to who has the jar as a library, but in this package.
          generator.writeString("required");
        } else {
          generator.copyCurrentEvent(parser);
        }
      }
    }
  }

  private List<Part> parts() {
    Runtime.Version java = Runtime.version();
    return List.of(
        new Part(
            "OpenJDK",
            java.toString(),
            "GPL-2.0-only WITH Classpath-exception-2.0",
            "pkg:generic/openjdk@"),
        // The jar that they come in says no versions of them.
        new Part("libdeflate", "", "MIT", "pkg:generic/libdeflate"),
        new Part("libzstd", "", "BSD-3-Clause", "pkg:generic/zstd"),
        new Part("zlib", "", "Zlib", "pkg:generic/zlib"));
  }

  private static void writePart(JsonGenerator to, Part part) throws IOException {
    to.writeStartObject();
    to.writeStringField("type", "library");
    to.writeStringField("bom-ref", part.purl + part.version.replace("+", "%2B"));
    to.writeStringField("name", part.name);
    if (!part.version.isEmpty()) {
      to.writeStringField("version", part.version);
    }
    to.writeArrayFieldStart("licenses");
    to.writeStartObject();
    if (part.license.contains(" ")) {
      to.writeStringField("expression", part.license);
    } else {
      to.writeObjectFieldStart("license");
      to.writeStringField("id", part.license);
      to.writeEndObject();
    }
    to.writeEndObject();
    to.writeEndArray();
    to.writeStringField("purl", part.purl + part.version.replace("+", "%2B"));
    to.writeEndObject();
  }

  private void debian(String version, Path bom) throws IOException {
    Path doc = Files.createDirectories(debian.resolve("doc").resolve(NAME));
    Path source = project.resolve("src/deb");
    Files.copy(
        source.resolve("copyright"), doc.resolve("copyright"), StandardCopyOption.REPLACE_EXISTING);
    compress(
        Files.readString(source.resolve("changelog")).replace("VERSION", version).getBytes("UTF-8"),
        doc.resolve("changelog.gz"));
    for (Path plain : List.of(app.resolve("NOTICE"), app.resolve("README.md"))) {
      Files.copy(plain, doc.resolve(plain.getFileName()));
    }
    try (Stream<Path> boms = Files.list(bom)) {
      for (Path file : (Iterable<Path>) boms::iterator) {
        Files.copy(file, doc.resolve(file.getFileName()));
      }
    }
    Path overrides = Files.createDirectories(debian.resolve("lintian/overrides"));
    Files.copy(source.resolve("lintian-overrides"), overrides.resolve(NAME));
    Path pages = Files.createDirectories(debian.resolve("man/man1"));
    try (Stream<Path> all = Files.list(app.resolve("share/man/man1"))) {
      for (Path page : (Iterable<Path>) all::iterator) {
        compress(Files.readAllBytes(page), pages.resolve(page.getFileName() + ".gz"));
      }
    }
  }

  /** As {@code gzip -9n}: with no time and no name in it. */
  private static void compress(byte[] bytes, Path to) throws IOException {
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(to)) {
          {
            def.setLevel(Deflater.BEST_COMPRESSION);
          }
        }) {
      out.write(bytes);
    }
    // The JDK leaves a byte at 0 that says that it was the best compression.
    byte[] written = Files.readAllBytes(to);
    written[8] = 2;
    Files.write(to, written);
  }
}
