package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link InspectFuzz} has found and where it goes on, as ordinary tests. */
class InspectFuzzTest {
  private static final long MAX_CORPUS_BYTES = 256 << 10;

  @TempDir static Path directory;

  @BeforeAll
  static void write() throws Exception {
    if ("write".equals(System.getProperty("fuzz.bases"))) {
      FuzzBases.write(directory);
    }
    if ("write".equals(System.getProperty("fuzz.corpus"))) {
      FuzzCorpus.write();
    }
  }

  private static void hold(byte[] input, boolean schemas) throws IOException {
    Path image = directory.resolve("image.qcow2");
    FuzzImage.of(input).write(image);
    try {
      FuzzProperty.hold(image, schemas);
    } catch (RuntimeException | AssertionError | IOException e) {
      throw new AssertionError("input " + HexFormat.of().formatHex(input), e);
    }
  }

  @Tag("slow")
  @Test
  void anyInputGivesAReportOrARefusal() throws IOException {
    for (byte[] input : FuzzCorpus.inputs()) {
      hold(input, false);
    }
  }

  @Test
  void theCorpusIsSmall() throws IOException {
    assertTrue(FuzzCorpus.bytes() <= MAX_CORPUS_BYTES, FuzzCorpus.bytes() + " bytes");
  }

  @Test
  void basesAreSound() throws IOException {
    Path image = directory.resolve("base.qcow2");
    for (int number = 0; number < FuzzBases.load().size(); number++) {
      byte[] input = {(byte) number};
      FuzzImage.of(input).write(image);
      CheckRun run = CheckRun.of(image, "--deep");
      assertEquals(0, run.code(), number + " " + run);
      hold(input, true);
    }
  }
}
