package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.testing.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@link RehydrateFuzz} goes on from, and metadata with a few bytes changed. {@code
 * -Dmutations=} sets how many of these there are of each kind.
 */
@Timeout(600)
class RehydrateFuzzTest {
  private static final int MUTATIONS = Integer.getInteger("mutations", 12);

  @TempDir Path directory;

  @Tag("slow")
  @Test
  void metadataOfTheCorpusBecomesAnImageOrAnError() throws IOException {
    for (byte[] input : FuzzCorpus.rehydrateInputs()) {
      hold("input " + HexFormat.of().formatHex(input), input);
    }
  }

  @Tag("slow")
  @Test
  void changedMetadataBecomesAnImageOrAnError() throws IOException {
    Random random = Seeds.random(RehydrateFuzzTest.class);
    Path image = directory.resolve("base.qcow2");
    int number = 0;
    for (byte[] base : FuzzBases.load()) {
      Files.write(image, base);
      byte[] metadata = RehydrateProperty.ofMetadata(MetadataRun.dehydrate(image).out());
      for (int i = 0; i < MUTATIONS; i++) {
        byte[] changed = metadata.clone();
        for (int change = random.nextInt(3); change >= 0; change--) {
          // Most of it is in front: what the file says of itself, and the first pieces.
          int from = random.nextBoolean() ? Math.min(128, metadata.length) : metadata.length;
          changed[1 + random.nextInt(from - 1)] ^= (byte) (1 << random.nextInt(8));
        }
        hold("base " + number + ", mutation " + i + " -Dseed=" + Seeds.seed(), changed);
      }
      number++;
    }
  }

  private void hold(String what, byte[] input) throws IOException {
    try {
      RehydrateProperty.hold(directory, input);
    } catch (RuntimeException | AssertionError | IOException e) {
      throw new AssertionError(what, e);
    }
  }
}
