package io.github.qcow2tostdout.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of other readers in docs/format.md says what these make of our images. */
@Timeout(120)
final class ReadersIT {
  private static final String HEAD = "| image | 7-Zip";
  private static final String BY_LIBQCOW =
      """
      import pyqcow, sys
      image = pyqcow.file()
      image.open(sys.argv[1])
      with open(sys.argv[2], 'wb') as out:
          left = image.get_media_size()
          while left > 0:
              data = image.read_buffer(min(left, 1 << 20))
              out.write(data)
              left -= len(data)
      """;

  @TempDir static Path directory;
  private static Path disk;
  private static Path empty;

  @BeforeAll
  static void makeDisk() throws IOException {
    byte[] bytes = new byte[12 << 20];
    new Random(1).nextBytes(bytes);
    byte[] text = "what people write is small when it is compressed\n".getBytes(UTF_8);
    for (int i = 4 << 20; i < 6 << 20; i++) {
      bytes[i] = text[i % text.length];
    }
    // Written zeroes, and then a hole.
    Arrays.fill(bytes, 7 << 20, 12 << 20, (byte) 0);
    disk = Files.write(directory.resolve("disk"), Arrays.copyOf(bytes, 8 << 20));
    empty = Files.createFile(directory.resolve("empty"));
    Files.write(directory.resolve("FILE"), new byte[1 << 20]);
  }

  static List<String> rows() throws IOException {
    List<String> rows = new ArrayList<>();
    boolean inTable = false;
    for (String line : Files.readAllLines(Path.of("docs/format.md"))) {
      inTable = line.startsWith(HEAD) || (inTable && line.startsWith("|"));
      if (inTable && !line.startsWith(HEAD) && !line.startsWith("|--")) {
        rows.add(line);
      }
    }
    assertEquals(16, rows.size());
    return rows;
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theTableIsRight(String row) throws Exception {
    String[] cells = row.split("\\|");
    Path image = directory.resolve("image");
    boolean isEmpty = cells[1].contains("empty");
    Path input = isEmpty ? empty : disk;
    write(isEmpty ? List.of("--length", "0") : options(cells[1]), input, image);
    Path out = directory.resolve("out");

    Outcome sevenZip =
        Outcome.of(
            new ProcessBuilder(
                "sh",
                "-c",
                "\"$0\" x -so -tqcow \"$1\" > \"$2\"",
                Tool.SEVEN_ZIP.path(),
                "" + image,
                "" + out));
    assertEquals(cells[2].strip(), verdict(sevenZip, input, out), () -> row + sevenZip);

    Outcome libqcow =
        Outcome.of(new ProcessBuilder("/usr/bin/python3", "-c", BY_LIBQCOW, "" + image, "" + out));
    if (libqcow.err().contains("ModuleNotFoundError") || libqcow.err().contains("ImportError")) {
      Tool.missing("pyqcow (Debian: python3-libqcow)");
    }
    assertEquals(cells[3].strip(), verdict(libqcow, input, out), () -> row + libqcow);
  }

  private static List<String> options(String cell) {
    int from = cell.indexOf('`');
    return from < 0
        ? List.of()
        : Stream.of(cell.substring(from + 1, cell.lastIndexOf('`')).split(" "))
            .map(option -> option.equals("FILE") ? directory.resolve("FILE").toString() : option)
            .toList();
  }

  private static void write(List<String> options, Path input, Path image)
      throws IOException, InterruptedException {
    List<Object> arguments = new ArrayList<>(options);
    arguments.add(input);
    Outcome outcome =
        PackagedTool.bash(directory, "\"$0\" \"$@\" > " + image.getFileName(), arguments.toArray());
    assertEquals(0, outcome.code(), outcome::toString);
  }

  private static String verdict(Outcome outcome, Path input, Path out) throws IOException {
    if (outcome.code() != 0) {
      return "refused";
    }
    return Files.mismatch(input, out) < 0 ? "right" : "**wrong bytes**";
  }
}
