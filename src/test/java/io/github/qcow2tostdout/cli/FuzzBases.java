package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.InProcess;
import io.github.qcow2tostdout.testing.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The images that fuzzing starts from, one of each kind and as small as can be. They lie beside the
 * tests, so that an input means the same everywhere; {@code mvn test -Dtest=InspectFuzzTest
 * -Dfuzz.bases=write} makes them anew.
 */
final class FuzzBases {
  private static final Path DIRECTORY =
      Path.of("src/test/resources/io/github/qcow2tostdout/cli/FuzzBases");

  private static final String IO = "qemu-io -f qcow2 IMG";

  private static final String DISTURB =
      IO + " -c 'write -P 1 0 2k' -c 'write -z 4k 1k' -c 'write -P 2 40k 600' -c 'discard 1k 512'";

  private static final ImageOptions OPTIONS =
      new ImageOptions(new Geometry(9, 4), 3, false, Optional.empty());

  /** How an image is made; its name is IMG. */
  private record Recipe(String name, List<String> commands) {}

  /** An input says which one by its number: new ones come last. */
  private static final List<Recipe> RECIPES =
      List.of(
          recipe("plain", create("cluster_size=512", "128k"), DISTURB),
          recipe(
              "v2",
              create("compat=0.10,cluster_size=512", "96k"),
              IO + " -c 'write -P 1 0 1k'",
              "qemu-img snapshot -c one IMG"),
          recipe(
              "snapshots",
              create("cluster_size=512", "96k"),
              DISTURB,
              "qemu-img snapshot -c one IMG",
              IO + " -c 'write -P 4 0 1k'",
              "qemu-img snapshot -c two IMG",
              IO + " -c 'write -P 5 41k 512'"),
          recipe(
              "bitmaps",
              create("cluster_size=512", "128k"),
              "qemu-img bitmap --add -g 512 IMG b0",
              DISTURB,
              "qemu-img bitmap --add --disable -g 4k IMG b1",
              "qemu-img bitmap --add IMG b2"),
          recipe(
              "zlib",
              create("cluster_size=1k", "64k"),
              IO + " -c 'write -c -P 1 0 4k' -c 'write -c -P 2 32k 1k' -c 'write -P 3 8k 1k'",
              "qemu-img snapshot -c one IMG",
              IO + " -c 'write -P 4 0 1k'"),
          recipe(
              "zstd",
              create("cluster_size=4k,compression_type=zstd", "256k"),
              IO + " -c 'write -c -P 1 0 16k' -c 'write -c 64k 4k' -c 'write -P 3 128k 4k'"),
          recipe(
              "extended",
              create("cluster_size=16k,extended_l2=on", "256k"),
              IO + " -c 'write -P 1 0 17k' -c 'write -z 33k 512' -c 'write -c 64k 16k'"),
          recipe("data-file", create("cluster_size=512,data_file=data", "64k"), DISTURB),
          recipe(
              "data-file-raw",
              create("cluster_size=512,data_file=data,data_file_raw=on", "64k"),
              IO + " -c 'write 0 1k'"),
          recipe(
              "backing",
              "truncate -s 64k base.raw",
              "qemu-img create -q -f qcow2 -o cluster_size=512 -b base.raw -F raw IMG 64k",
              IO + " -c 'write -z 0 1k' -c 'write 2k 512'"),
          recipe("refcount-1", create("cluster_size=512,refcount_bits=1", "128k"), DISTURB),
          recipe("refcount-64", create("cluster_size=512,refcount_bits=64", "64k"), DISTURB),
          recipe(
              "luks",
              // It measures the processor, and gives up on a busy one.
              "for try in 1 2 3 4 5 6 7 8 9; do"
                  + " qemu-img create -q -f qcow2 --object secret,id=s,data=x -o cluster_size=64k,"
                  + "encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10 IMG 1M"
                  + " && exit; done; exit 1"),
          recipe("ours"));

  private FuzzBases() {}

  private static Recipe recipe(String name, String... commands) {
    return new Recipe(name, List.of(commands));
  }

  private static String create(String options, String size) {
    return "qemu-img create -q -f qcow2 -o " + options + " IMG " + size;
  }

  private static Path file(Recipe recipe) {
    return DIRECTORY.resolve(recipe.name() + ".qcow2.gz");
  }

  /** Their bytes, in the order of their numbers. */
  static List<byte[]> load() {
    List<byte[]> images = new ArrayList<>();
    for (Recipe recipe : RECIPES) {
      try (InputStream in = new GZIPInputStream(Files.newInputStream(file(recipe)))) {
        images.add(in.readAllBytes());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    return List.copyOf(images);
  }

  /** Makes all of them anew. */
  static void write(Path directory) throws IOException, InterruptedException {
    Files.createDirectories(DIRECTORY);
    for (Recipe recipe : RECIPES) {
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
        gzip.write(make(recipe, Files.createDirectory(directory.resolve(recipe.name()))));
      }
      Files.write(file(recipe), packed.toByteArray());
    }
  }

  private static byte[] make(Recipe recipe, Path directory)
      throws IOException, InterruptedException {
    for (String command : recipe.commands()) {
      Outcome outcome =
          Outcome.of(new ProcessBuilder("sh", "-c", command).directory(directory.toFile()));
      if (outcome.code() != 0) {
        throw new IOException(command + ": " + outcome);
      }
    }
    Path image = directory.resolve("IMG");
    if (recipe.commands().isEmpty()) {
      Path disk = Disks.full(directory.resolve("disk"), 700);
      InProcess.convert(disk, OPTIONS, image);
    }
    byte[] bytes = Files.readAllBytes(image);
    if (recipe.name().equals("luks")) {
      // The slots of keys are random and a check does not look at them.
      int header = Math.toIntExact(ByteBuffer.wrap(bytes).getLong(120));
      Arrays.fill(bytes, header + 592, bytes.length, (byte) 0);
    }
    return bytes;
  }
}
