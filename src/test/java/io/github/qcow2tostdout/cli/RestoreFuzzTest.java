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
 * Hostile images, which fuzzing has found for the check and for {@link RestoreFuzz}, and others
 * with a few bits changed. {@code -Dmutations=} sets how many of these there are of each kind.
 */
@Timeout(600)
class RestoreFuzzTest {
  private static final int MUTATIONS = Integer.getInteger("mutations", 12);

  @TempDir Path directory;

  @Tag("slow")
  @Test
  void corpusIsRestoredAsQemuReadsItOrNot() throws Exception {
    for (byte[] input : FuzzCorpus.inputs()) {
      FuzzImage.of(input).write(image());
      hold("input " + HexFormat.of().formatHex(input));
    }
  }

  @Tag("slow")
  @Test
  void changedImagesAreRestoredAsQemuReadsThemOrNot() throws Exception {
    Random random = Seeds.random(RestoreFuzzTest.class);
    int number = 0;
    for (byte[] base : FuzzBases.load()) {
      for (int i = 0; i < MUTATIONS; i++) {
        byte[] changed = base.clone();
        for (int change = random.nextInt(3); change >= 0; change--) {
          changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(image(), changed);
        hold("base " + number + ", mutation " + i + " -Dseed=" + Seeds.seed());
      }
      number++;
    }
  }

  private Path image() {
    return directory.resolve("image.qcow2");
  }

  private void hold(String what) throws Exception {
    try {
      RestoreProperty.hold(directory, image());
    } catch (RuntimeException | AssertionError | IOException e) {
      throw new AssertionError(what, e);
    }
  }
}
