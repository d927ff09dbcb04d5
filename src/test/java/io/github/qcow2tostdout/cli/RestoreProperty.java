package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DripChannel;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What is true of {@code restore} whatever the image is: the disk is what QEMU reads, and the check
 * has nothing to say of what it was read from; or there is an error and no disk. And of what the
 * check finds sound there is a disk.
 */
final class RestoreProperty {
  /** Larger disks are restored, but not compared. */
  private static final long MAX_COMPARED = 32 << 20;

  /** What of a sound image is refused all the same. */
  private static final List<String> REFUSALS =
      List.of(
          "backing file",
          "data file",
          "external file",
          "encrypted",
          "can't be made with",
          "claim more than",
          "refuse it",
          "No space left");

  private final Path directory;
  private final Path image;

  private RestoreProperty(Path directory, Path image) {
    this.directory = directory;
    this.image = image;
  }

  /**
   * Fails if it is not true of an image.
   *
   * @param directory for files that are made for that
   */
  static void hold(Path directory, Path image) throws IOException, InterruptedException {
    new RestoreProperty(directory, image).hold();
  }

  private void hold() throws IOException, InterruptedException {
    Path target = directory.resolve("disk");
    // Who holds images is not asked: it takes as long as the rest.
    RestoreRun file = RestoreRun.of(image, "-U", "--to", target.toString());
    hold("as a file: ", file, target);
    if (file.code() != 0 && REFUSALS.stream().noneMatch(file.err()::contains)) {
      CheckRun check = CheckRun.of(image, "--deep", "--strict");
      assertFalse(check.code() == 0, () -> "sound, but " + file.err());
    }
    byte[] bytes = Files.readAllBytes(image);
    RestoreRun stream =
        RestoreRun.ofStream(new DripChannel(bytes, bytes.length), "--to", target.toString());
    assertTrue(file.code() == 0 || stream.code() != 0, file::err);
    hold("as a stream: ", stream, target);
  }

  private void hold(String what, RestoreRun run, Path target)
      throws IOException, InterruptedException {
    assertTrue(Set.of(0, 1, 63).contains(run.code()), () -> what + run);
    for (String bug : List.of("report it", "out of memory", "Exception", "\tat ")) {
      assertFalse(run.err().contains(bug), () -> what + run.err());
    }
    if (run.code() != 0) {
      assertFalse(Files.exists(target), what);
      return;
    }
    if (Files.size(target) <= MAX_COMPARED) {
      Path raw = directory.resolve("raw");
      assertEquals(
          0, Tool.QEMU_IMG.run("convert", "-f", "qcow2", "-O", "raw", image, raw).code(), what);
      assertArrayEquals(Files.readAllBytes(raw), Files.readAllBytes(target), what);
      Files.delete(raw);
    }
    Files.delete(target);
    CheckRun check = CheckRun.of(image, "--output=json");
    for (String spoiled : new String[] {"refcount-too-low", "overlap", "l2-", "l1-reserved"}) {
      assertFalse(check.out().contains("\"id\": \"" + spoiled), () -> what + check.out());
    }
  }
}
