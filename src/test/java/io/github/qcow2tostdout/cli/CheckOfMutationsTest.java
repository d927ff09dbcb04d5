package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.QemuCheck;
import io.github.qcow2tostdout.testing.RealImages;
import io.github.qcow2tostdout.testing.RealImages.Recipe;
import io.github.qcow2tostdout.testing.Seeds;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Images with random damage to their metadata. {@code -Dseed=} repeats a run, {@code -Dmutations=}
 * sets how many there are of each image.
 */
class CheckOfMutationsTest {
  private static final long SEED = Seeds.seed();
  private static final int MUTATIONS = Integer.getInteger("mutations", 12);

  @TempDir Path directory;

  static List<Recipe> recipes() {
    List<Recipe> recipes = new ArrayList<>(RealImages.all());
    // Without its data file qemu-img opens none of these; their own tests keep it beside them.
    recipes.removeIf(r -> r.name().startsWith("preallocation-f") || r.name().equals("large"));
    return recipes;
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("recipes")
  void verdictIsThatOfQemu(Recipe recipe) throws Exception {
    Path original = RealImages.make(recipe, directory);
    Path image = directory.resolve("mutated");
    Random random = new Random(SEED + recipe.name().hashCode());
    List<Long> places = interesting(original);
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < MUTATIONS; i++) {
      Files.copy(original, image, StandardCopyOption.REPLACE_EXISTING);
      String what = mutate(image, places, random);
      QemuCheck qemu = QemuCheck.of(image);
      CheckRun ours = CheckRun.of(image, "--output=json");
      assertTrue(!ours.err().contains("internal error"), () -> what + " " + ours);
      boolean same =
          qemu.code() == ours.code() && qemu.figures().equals(QemuCheck.figures(ours.out()));
      if (!same && !isExplained(qemu)) {
        differences.add(
            what
                + ": qemu-img "
                + qemu
                + "\n  ours "
                + ours.code()
                + " "
                + QemuCheck.figures(ours.out())
                + " "
                + ours.err());
      }
    }
    assertEquals(List.of(), differences, () -> recipe.name() + " -Dseed=" + SEED);
  }

  /** Differences that have to be: QEMU needs what this program does not ask for. */
  private static boolean isExplained(QemuCheck qemu) {
    // It opens the backing file and the data file by the names in the image; we never do.
    return qemu.err().contains("Could not open backing file")
        || qemu.err().contains("No such file or directory")
        || qemu.err().contains("to be a regular file")
        // It wants the key of an encrypted disk, although metadata is not encrypted.
        || qemu.err().contains("key-secret");
  }

  /** Places of 8 bytes that are not zero, in the first 2 MiB: most of them are metadata. */
  private static List<Long> interesting(Path image) throws Exception {
    TreeSet<Long> places = new TreeSet<>();
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(8 << 20, channel.size()) & -8);
      channel.read(bytes, 0);
      for (int at = 0; at < bytes.capacity(); at += 8) {
        long value = bytes.getLong(at);
        boolean isData = value == Long.rotateLeft(value, 8);
        if (at < 112 || (value != 0 && !isData)) {
          places.add((long) at);
        }
      }
    }
    return List.copyOf(places);
  }

  private static String mutate(Path image, List<Long> places, Random random) throws Exception {
    long place = places.get(random.nextInt(places.size()));
    long size = Files.size(image);
    StringBuilder what = new StringBuilder();
    switch (random.nextInt(8)) {
      case 0 -> {
        long cut = random.nextLong(size);
        Poke.truncate(image, cut);
        what.append("cut at ").append(cut);
      }
      case 1, 2, 3 -> {
        ByteBuffer value = read(image, place);
        int bit = random.nextInt(64);
        String hex = String.format("%016x", value.getLong(0) ^ (1L << bit));
        Poke.hex(image, place, hex);
        what.append("bit ").append(bit).append(" at ").append(place);
      }
      case 4, 5 -> {
        String hex =
            String.format(
                "%016x", (random.nextLong(size) & -512) | (random.nextLong() & (1L << 63)));
        Poke.hex(image, place, hex);
        what.append(hex).append(" at ").append(place);
      }
      case 6 -> {
        long from = places.get(random.nextInt(places.size()));
        Poke.hex(image, place, String.format("%016x", read(image, from).getLong(0)));
        what.append("copy of ").append(from).append(" at ").append(place);
      }
      default -> {
        String hex = String.format("%016x", random.nextLong());
        Poke.hex(image, place, hex);
        what.append(hex).append(" at ").append(place);
      }
    }
    return what.toString();
  }

  private static ByteBuffer read(Path image, long place) throws Exception {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
      ByteBuffer value = ByteBuffer.allocate(8);
      channel.read(value, place);
      return value;
    }
  }

  @Tag("slow")
  @Test
  void truncatedAtEveryByteOfTheMetadataGivesAReport() throws Exception {
    Recipe recipe =
        new Recipe(
            "small",
            List.of(
                List.of(
                    "sh",
                    "-c",
                    "qemu-img create -q -f qcow2 -o cluster_size=512 IMG 64k;"
                        + "qemu-io -c 'write -P 1 0 2k' IMG; qemu-img snapshot -c one IMG")));
    Path original = RealImages.make(recipe, directory);
    Path image = directory.resolve("cut");
    byte[] bytes = Files.readAllBytes(original);
    for (int size = 0; size < bytes.length; size++) {
      Files.write(image, java.util.Arrays.copyOf(bytes, size));
      CheckRun ours = CheckRun.of(image, "--output=json");
      int at = size;
      assertTrue(!ours.err().contains("internal error"), () -> at + " " + ours);
      if (size % 37 == 0 && size >= 512) {
        QemuCheck qemu = QemuCheck.of(image);
        assertEquals(qemu.code(), ours.code(), () -> at + " " + ours + qemu);
        assertEquals(qemu.figures(), QemuCheck.figures(ours.out()), () -> at + " " + ours);
      }
    }
  }

  @Tag("slow")
  @Test
  void anyBitOfTheHeaderTurnedGivesTheVerdictOfQemu() throws Exception {
    Recipe recipe = recipes().getFirst();
    Path original = RealImages.make(recipe, directory);
    Path image = directory.resolve("turned");
    byte[] bytes = Files.readAllBytes(original);
    for (int bit = 0; bit < 120 * 8; bit++) {
      bytes[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(image, bytes);
      bytes[bit / 8] ^= (byte) (1 << (bit % 8));
      CheckRun ours = CheckRun.of(image, "--output=json");
      int at = bit;
      assertTrue(!ours.err().contains("internal error"), () -> at + " " + ours);
      if (bit % 5 == 0) {
        QemuCheck qemu = QemuCheck.of(image);
        if (!isExplained(qemu)) {
          assertEquals(qemu.code(), ours.code(), () -> at / 8 + " " + ours + qemu);
        }
      }
    }
  }
}
