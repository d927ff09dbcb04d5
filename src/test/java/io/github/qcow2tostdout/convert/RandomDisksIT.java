package io.github.qcow2tostdout.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.plan.LayoutPlan;
import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.InProcess;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Disks with data, written zeroes and holes anywhere, and any options: QEMU finds the image clean
 * and identical. A run tries other disks than the one before; {@code -Dseed=} replays one of them,
 * and the seed is in the name and the error of its test.
 */
class RandomDisksIT {
  private static final int DISKS = 200;

  static LongStream seeds() {
    long first = Seeds.seed();
    return LongStream.range(first, first + (Seeds.isGiven() ? 1 : DISKS));
  }

  @ParameterizedTest(name = "-Dseed={0}")
  @MethodSource("seeds")
  void imageIsCleanAndIdentical(long seed, @TempDir Path directory) throws Exception {
    Tool.QEMU_IMG.path();
    Random random = new Random(seed);
    Path disk = directory.resolve("disk");
    ImageOptions options = options(random, disk);
    DiskRecipe recipe = recipe(random, options.geometry());
    boolean zeroes = !options.rawDataFile() && options.version() == 3 && random.nextInt(3) == 0;
    try {
      recipe.make(disk);
      Path image = directory.resolve("image");
      LayoutPlan plan =
          zeroes
              ? InProcess.convertKeepingZeroes(disk, options, image)
              : InProcess.convert(disk, options, image);
      assertEquals(plan.imageSize(), Files.size(image));
      assertEquals(plan.imageSize(), Qemu.assertClean(image));
      Qemu.assertIdentical(disk, image);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("-Dseed=" + seed + ": " + options + ", " + recipe, e);
    }
  }

  @ParameterizedTest(name = "-Dseed={0}")
  @MethodSource("seeds")
  void deltaOverItsBaseIsCleanAndIdentical(long seed, @TempDir Path directory) throws Exception {
    Tool.QEMU_IMG.path();
    Random random = new Random(seed);
    Path disk = directory.resolve("disk");
    ImageOptions plain = options(random, disk);
    if (plain.rawDataFile()) {
      return;
    }
    // Beside the image: the name is relative.
    ImageOptions options =
        new ImageOptions(
            plain.geometry(),
            plain.version(),
            plain.lazyRefcounts(),
            plain.dataFile(),
            Optional.of(new ImageOptions.BackingFile("base", "raw")));
    DiskRecipe recipe = recipe(random, options.geometry());
    DiskRecipe before = before(random, recipe, options.geometry());
    try {
      recipe.make(disk);
      Path base = before.make(directory.resolve("base"));
      Path image = directory.resolve("image");
      LayoutPlan plan = InProcess.delta(disk, base, options, image);
      assertEquals(plan.imageSize(), Files.size(image));
      assertEquals(plan.imageSize(), Qemu.assertClean(image));
      Qemu.assertIdentical(disk, image);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("-Dseed=" + seed + ": " + options + ", " + recipe + before, e);
    }
  }

  /** What the disk may have been before: some spots less, some more, some zero, another size. */
  private static DiskRecipe before(RandomGenerator random, DiskRecipe disk, Geometry geometry) {
    long size =
        switch (random.nextInt(4)) {
          case 0 -> Math.max(0, near(random, geometry, random.nextLong(disk.size() + 1)));
          case 1 -> disk.size() + random.nextLong(4L * geometry.clusterSize());
          default -> disk.size();
        };
    DiskRecipe before = DiskRecipe.hole(size);
    for (DiskRecipe.Spot spot : disk.spots()) {
      if (spot.offset() < size && random.nextInt(3) > 0) {
        before =
            random.nextInt(4) == 0
                ? before.zeroes(spot.offset(), spot.length())
                : before.data(spot.offset(), spot.length());
      }
    }
    for (int i = size == 0 ? 0 : random.nextInt(10); i > 0; i--) {
      long offset = Math.clamp(near(random, geometry, random.nextLong(size)), 0, size - 1);
      before = before.data(offset, random.nextLong(1, 1L << random.nextInt(1, 21)));
    }
    return before;
  }

  private static ImageOptions options(RandomGenerator random, Path disk) {
    int bits = random.nextInt(Limits.MIN_CLUSTER_BITS, Limits.MAX_CLUSTER_BITS + 1);
    if (random.nextInt(5) == 0) {
      return new ImageOptions(
          new Geometry(bits, ImageOptions.V2_REFCOUNT_ORDER), 2, false, Optional.empty());
    }
    Optional<ImageOptions.DataFile> dataFile =
        random.nextInt(4) == 0
            ? Optional.of(new ImageOptions.DataFile(disk.toString(), random.nextBoolean()))
            : Optional.empty();
    return new ImageOptions(
        new Geometry(
            bits,
            random.nextInt(Limits.MAX_REFCOUNT_ORDER + 1),
            bits >= Limits.MIN_EXTENDED_L2_CLUSTER_BITS && random.nextBoolean()),
        3,
        random.nextBoolean(),
        dataFile);
  }

  /** A disk of up to 200 MiB, often near a multiple of the cluster, with spots often near one. */
  private static DiskRecipe recipe(RandomGenerator random, Geometry geometry) {
    // From 64 MiB on the file system is asked for holes: half of the disks are larger.
    int about =
        random.nextBoolean()
            ? random.nextInt(64 << 20, 200 << 20)
            : random.nextInt(1 << random.nextInt(1, 26));
    long size = Math.max(0, near(random, geometry, about));
    DiskRecipe recipe = DiskRecipe.hole(size);
    int spots = size == 0 ? 0 : random.nextInt(random.nextBoolean() ? 5 : 60);
    for (int i = 0; i < spots; i++) {
      long offset = Math.clamp(near(random, geometry, random.nextLong(size)), 0, size - 1);
      long length = random.nextLong(1, 1L << random.nextInt(1, 21));
      recipe = random.nextInt(4) == 0 ? recipe.zeroes(offset, length) : recipe.data(offset, length);
    }
    return recipe;
  }

  private static long near(RandomGenerator random, Geometry geometry, long offset) {
    return switch (random.nextInt(4)) {
      case 0 -> offset & -geometry.clusterSize();
      case 1 -> (offset & -geometry.clusterSize()) + random.nextInt(-2, 3);
      case 2 -> offset & -4096;
      default -> offset;
    };
  }
}
