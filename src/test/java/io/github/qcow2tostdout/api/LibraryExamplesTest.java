package io.github.qcow2tostdout.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryExamplesTest {
  private static final int SIZE = 300_000;
  private static final Path EXAMPLES =
      Path.of("src/test/java/io/github/qcow2tostdout/api/LibraryExamples.java");

  @TempDir Path directory;
  private Path raw;
  private Path qcow2;

  @BeforeEach
  void makeDisk() throws IOException {
    raw = Disks.full(directory.resolve("disk.raw"), SIZE);
    qcow2 = directory.resolve("disk.qcow2");
  }

  @Test
  void aConvertedDiskIsReadBack() throws IOException {
    LibraryExamples.convert(raw, qcow2);
    LibraryExamples.read(qcow2);
    assertArrayEquals(
        Arrays.copyOf(Files.readAllBytes(raw), (SIZE + 511) & -512), ApiDisks.content(qcow2));
  }

  @Test
  void optionsMakeAnImageOfThem() throws IOException {
    try (Disk disk = Disk.open(raw);
        PlannedImage image = LibraryExamples.options().plan(disk)) {
      Files.write(qcow2, ApiDisks.bytes(image));
    }
    ImageMetadata metadata = Qcow2Image.open(qcow2).metadata();
    assertEquals(128 << 10, metadata.clusterSize());
    assertEquals(8, metadata.refcountBits());
  }

  @Test
  void theRestIsWhatIsMissing() throws IOException {
    try (Disk disk = Disk.open(raw);
        PlannedImage image = Qcow2Conversion.defaults().plan(disk)) {
      ByteArrayOutputStream rest = new ByteArrayOutputStream();
      LibraryExamples.resume(image, Channels.newChannel(rest), 70_000);
      byte[] all = ApiDisks.bytes(image);
      assertArrayEquals(Arrays.copyOfRange(all, 70_000, all.length), rest.toByteArray());
    }
  }

  @Test
  void whatIsCancelledEnds() throws Exception {
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      // It may have got to its end before, but then it had a size.
      LibraryExamples.cancel(raw, Channels.newChannel(new ByteArrayOutputStream()), executor);
    }
  }

  @Test
  void aDiskOfOnesOwnIsConverted() throws IOException {
    byte[] sector = Arrays.copyOf(Files.readAllBytes(raw), 512);
    Disk disk = new LibraryExamples.BootSectorOnly(ByteBuffer.wrap(sector));
    try (PlannedImage image = Qcow2Conversion.defaults().plan(disk)) {
      assertEquals(1 << 30, image.virtualSize());
      assertEquals(65536, image.allocatedBytes());
      Files.write(qcow2, ApiDisks.bytes(image));
    }
    try (Disk back = Qcow2Image.open(qcow2).disk()) {
      ByteBuffer start = ByteBuffer.allocate(512);
      back.read(start, 0);
      assertArrayEquals(sector, start.array());
      assertEquals(65536, back.nextHole(0));
      assertEquals(1 << 30, back.nextData(65536));
    }
  }

  /** Javadoc leaves a snippet that it does not find to its reader. */
  @Test
  void eachSnippetOfTheDocumentationIsARegion() throws IOException {
    String examples = Files.readString(EXAMPLES);
    int snippets = 0;
    try (Stream<Path> files = Files.list(Path.of("src/main/java/io/github/qcow2tostdout/api"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        var regions =
            Pattern.compile(
                    "\\{@snippet file=\"io/github/qcow2tostdout/api/LibraryExamples.java\""
                        + " region=\"(\\w+)\"}")
                .matcher(Files.readString(file));
        while (regions.find()) {
          snippets++;
          assertTrue(
              examples.contains("// @start region=\"" + regions.group(1) + "\""), regions.group());
        }
      }
    }
    assertTrue(snippets >= 6, () -> "only some snippets were found");
  }

  @Test
  void thePageAboutTheLibraryShowsTheExamples() throws IOException {
    String page = Files.readString(Path.of("docs/library.md"));
    String examples = Files.readString(EXAMPLES);
    for (String region : List.of("convert", "read")) {
      int start = examples.indexOf("// @start region=\"" + region + "\"");
      String code =
          examples
              .substring(examples.indexOf('\n', start) + 1, examples.indexOf("// @end", start))
              .stripIndent()
              .strip();
      assertTrue(page.contains("```java\n" + code + "\n```"), code);
    }
    assertEquals(2, page.split("```java", -1).length - 1);
  }
}
