package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DripChannel;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hostile images, which fuzzing has found for the check: what is restored of one is what QEMU reads
 * and nothing that the check calls corrupt, or there is an error and no disk. {@code -Dmutations=}
 * sets how many there are of each kind.
 */
@Timeout(600)
class RestoreFuzzTest {
  private static final int MUTATIONS = Integer.getInteger("mutations", 12);

  /** Larger disks are restored, but not compared. */
  private static final long MAX_COMPARED = 32 << 20;

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
    Path target = directory.resolve("disk");
    RestoreRun file = RestoreRun.of(image(), "--to", target.toString());
    hold(what + " as a file", file, target);
    byte[] bytes = Files.readAllBytes(image());
    RestoreRun stream =
        RestoreRun.ofStream(new DripChannel(bytes, bytes.length), "--to", target.toString());
    assertTrue(file.code() == 0 || stream.code() != 0, () -> what + ": " + file.err());
    hold(what + " as a stream", stream, target);
  }

  private void hold(String what, RestoreRun run, Path target)
      throws IOException, InterruptedException {
    assertTrue(Set.of(0, 1, 63).contains(run.code()), () -> what + run);
    assertFalse(run.err().contains("report it"), () -> what + run.err());
    if (run.code() != 0) {
      assertFalse(Files.exists(target), what);
      return;
    }
    if (Files.size(target) <= MAX_COMPARED) {
      Path raw = directory.resolve("raw");
      assertEquals(
          0, Tool.QEMU_IMG.run("convert", "-f", "qcow2", "-O", "raw", image(), raw).code(), what);
      assertArrayEquals(Files.readAllBytes(raw), Files.readAllBytes(target), what);
      Files.delete(raw);
    }
    Files.delete(target);
    CheckRun check = CheckRun.of(image(), "--output=json");
    for (String spoiled : new String[] {"refcount-too-low", "overlap", "l2-", "l1-reserved"}) {
      assertFalse(check.out().contains("\"id\": \"" + spoiled), () -> what + check.out());
    }
  }
}
