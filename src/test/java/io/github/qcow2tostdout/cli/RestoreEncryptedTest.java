package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DripChannel;
import io.github.qcow2tostdout.testing.LuksImages;
import io.github.qcow2tostdout.testing.Seeds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What QEMU has encrypted is restored as it arrives, or there is an error. */
@Tag("slow")
class RestoreEncryptedTest {
  private static final long SEED = Seeds.seed();

  @TempDir Path directory;
  private Path key;
  private LuksImages luks;

  @BeforeEach
  void makeKey() throws Exception {
    key = Files.writeString(directory.resolve("key"), "x y");
    luks = new LuksImages(key);
  }

  private Path image(String options) throws Exception {
    Path image = luks.create(directory.resolve("image.qcow2"), options, "5M");
    luks.io(image, "write -P 1 4M 512k", "write -P 2 0 1M", "write -P 3 1700k 512");
    return image;
  }

  private RestoreRun stream(byte[] bytes, String... more) {
    String[] options = new String[more.length + 2];
    options[0] = "--key-file";
    options[1] = key.toString();
    System.arraycopy(more, 0, options, 2, more.length);
    return RestoreRun.ofStream(new DripChannel(bytes, SEED), options);
  }

  /** The first write is behind the second: data is not in the order of the disk. */
  @ParameterizedTest
  @ValueSource(
      strings = {"cluster_size=512", "cluster_size=64k", "extended_l2=on", "cluster_size=2M"})
  void streamInPiecesOfAnySize(String options) throws Exception {
    Path image = image(options);
    byte[] disk = Files.readAllBytes(luks.raw(image));
    byte[] bytes = Files.readAllBytes(image);
    RestoreRun piped = stream(bytes);
    assertEquals(0, piped.code(), piped::err);
    assertArrayEquals(disk, piped.out());
    Path target = directory.resolve("restored");
    RestoreRun file = stream(bytes, "--to", target.toString());
    assertEquals(0, file.code(), file::err);
    assertArrayEquals(disk, Files.readAllBytes(target));
    RestoreRun read = RestoreRun.of(image, "--key-file", key.toString());
    assertArrayEquals(disk, read.out(), read::err);
  }

  @Test
  void whatIsCutOrWrongIsAnError() throws Exception {
    byte[] bytes = Files.readAllBytes(image("cluster_size=4k"));
    Random random = new Random(SEED);
    Path target = directory.resolve("restored");
    for (int i = 0; i < 20; i++) {
      byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length - 4096));
      assertNoDisk(target, stream(cut, "--to", target.toString()));
    }
    Files.writeString(key, "x y\n");
    RestoreRun wrong = stream(bytes, "--to", target.toString());
    assertNoDisk(target, wrong);
    assertTrue(wrong.err().contains("opens none of its key slots"), wrong::err);
  }

  @Test
  void keyIsTriedAlsoWhereThereIsNoData() throws Exception {
    Path image = luks.create(directory.resolve("empty.qcow2"), "", "1M");
    byte[] bytes = Files.readAllBytes(image);
    assertArrayEquals(new byte[1 << 20], stream(bytes).out());
    Files.writeString(key, "another");
    assertEquals(1, stream(bytes).code());
    assertEquals(1, RestoreRun.of(image, "--key-file", key.toString()).code());
  }

  private static void assertNoDisk(Path target, RestoreRun run) {
    assertNotEquals(0, run.code(), "-Dseed=" + SEED);
    assertFalse(run.err().contains("report it"), run::err);
    assertFalse(Files.exists(target));
  }
}
