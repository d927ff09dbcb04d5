package io.github.qcow2tostdout.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.cli.DumpRun;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Dumps of real images against files beside the tests. After a change that is meant {@code mvn test
 * -Dtest=DumpGoldenTest -Dgolden=write} writes the files anew; git shows what became of them.
 */
class DumpGoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/dump");

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "unwritten, header, --header",
    "unwritten, header.json, --header -j",
    "bitmaps, header, --header",
    "bitmaps, header.json, --header -j",
    "bitmaps, extensions, --extensions",
    "bitmaps, all, ''",
    "unknown, header, --header",
    "unknown, extensions.json, --extensions -j",
    "v2, all, ''",
    "cluster-512, all, -2 -o",
    "refcount-1, all, -2",
    "refcount-64, all, -2 -v",
    "extended-l2, tables, --tables",
    "extended-l2, tables.json, --tables -j",
    "zlib, tables, --tables -o -v",
    "zstd, all.json, -j -r",
    "snapshots, all, ''",
    "snapshots, all.json, -j -2",
    "data-file-raw, tables, --tables -r",
    "preallocated, locations, --locations",
    "luks, locations, --locations",
    "luks, extensions, --extensions"
  })
  void dumpIsAsItWas(String image, String name, String options) throws Exception {
    Path path = new DumpImages(directory).make(image);
    Object[] arguments = (options.isEmpty() ? path.toString() : options + " " + path).split(" ");
    DumpRun run = DumpRun.of(arguments);
    assertEquals("", run.err());
    assertEquals(0, run.code());
    String dump = run.out().replace(directory.toString(), "DIRECTORY");
    Path golden = GOLDEN.resolve(image + "-" + name + (name.endsWith(".json") ? "" : ".txt"));
    if ("write".equals(System.getProperty("golden"))) {
      Files.createDirectories(GOLDEN);
      Files.writeString(golden, dump);
    }
    assertEquals(Files.readString(golden, UTF_8), dump, golden.toString());
  }
}
