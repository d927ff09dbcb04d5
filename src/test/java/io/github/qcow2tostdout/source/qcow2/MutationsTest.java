package io.github.qcow2tostdout.source.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Images with a few bytes changed, mostly of tables: whatever is read without an error is what
 * {@code qemu-img convert} reads, and with salvage each byte is that, or a zero that was said.
 */
@Tag("slow")
class MutationsTest {
  private static final int MUTATIONS = 25;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cluster_size=512",
        "cluster_size=4k,compat=0.10",
        "cluster_size=4k,compression_type=zstd",
        "cluster_size=16k,extended_l2=on",
      })
  void whatIsReadIsWhatQemuReads(String options) throws Exception {
    Path original = directory.resolve("original");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", "-o", options, original, "256k");
    Tool.QEMU_IO.runWell(
        "-f",
        "qcow2",
        "-c",
        "write -P 1 0 48k",
        "-c",
        "write -c -P 2 64k 64k",
        "-c",
        "write -z 128k 32k",
        "-c",
        "write -P 3 200k 2k",
        original);
    byte[] whole = Files.readAllBytes(original);
    Random random = Seeds.random(getClass());
    int read = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] changed = whole.clone();
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        mutate(changed, random);
      }
      read += isReadLikeQemu(Files.write(directory.resolve("image"), changed), i) ? 1 : 0;
    }
    assertTrue(read > 0);
  }

  /** Changes a byte that is no zero, since those of tables matter. */
  private static void mutate(byte[] image, Random random) {
    int at;
    do {
      at = random.nextInt(image.length);
    } while (image[at] == 0 || (image[at] == image[at & -512] && random.nextInt(200) > 0));
    if (random.nextBoolean()) {
      image[at] ^= (byte) (1 << random.nextInt(8));
    } else {
      image[at - random.nextInt(Math.min(at + 1, 8))] = (byte) random.nextInt(256);
    }
  }

  private boolean isReadLikeQemu(Path image, int number) throws Exception {
    Path raw = directory.resolve("raw");
    Files.deleteIfExists(raw);
    Outcome qemu = Tool.QEMU_IMG.run("convert", "-f", "qcow2", "-O", "raw", image, raw);
    if (qemu.code() != 0 || Files.size(raw) > 1 << 24) {
      return false;
    }
    byte[] expected = Files.readAllBytes(raw);
    Salvage salvage = new Salvage();
    try (Source source = ImageOpener.open(image, "qcow2", Disks.salvaging(salvage))) {
      byte[] salvaged = Disks.bytes(source);
      assertEquals(expected.length, salvaged.length, "mutation " + number);
      for (int at = 0; at < salvaged.length; at++) {
        if (salvaged[at] != expected[at]) {
          assertTrue(isLost(salvage, at) && salvaged[at] == 0, "mutation " + number + ": " + at);
        }
      }
    } catch (IOException e) {
      return false;
    }
    try (Source source = ImageOpener.open(image, "qcow2", ImageAccess.DEFAULT)) {
      byte[] disk = Disks.bytes(source);
      for (int at = 0; at < disk.length; at++) {
        assertEquals(expected[at], disk[at], "mutation " + number + ": " + at);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isLost(Salvage salvage, long at) {
    return salvage.losses().stream().anyMatch(loss -> loss.from() <= at && at < loss.to());
  }
}
