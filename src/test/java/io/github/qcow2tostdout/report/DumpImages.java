package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.testing.LuksImage;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Real images, made by qemu-img and qemu-io: one for each feature and each size. */
final class DumpImages {
  /** How an image is made: options of its creation, then commands to qemu-io. */
  private record Recipe(String options, String size, List<String> io) {}

  private static final List<String> SOME =
      List.of("write -P 1 0 64k", "write -P 2 1M 130k", "write -z 2M 256k", "write -P 3 31M 4k");

  private final Path directory;

  DumpImages(Path directory) {
    this.directory = directory;
  }

  /** The names of all images. */
  static List<String> names() {
    List<String> names = new ArrayList<>(recipes().keySet());
    names.addAll(
        List.of(
            "snapshots", "bitmaps", "luks", "backing", "data-file", "data-file-raw", "unknown"));
    return names;
  }

  private static Map<String, Recipe> recipes() {
    Map<String, Recipe> recipes = new LinkedHashMap<>();
    for (int bits = 9; bits <= 21; bits++) {
      recipes.put("cluster-" + (1 << bits), new Recipe("cluster_size=" + (1 << bits), "32M", SOME));
    }
    for (int bits = 1; bits <= 64; bits *= 2) {
      recipes.put("refcount-" + bits, new Recipe("refcount_bits=" + bits, "32M", SOME));
    }
    recipes.put("v2", new Recipe("compat=0.10", "32M", List.of("write -P 1 0 64k")));
    recipes.put("lazy", new Recipe("lazy_refcounts=on", "32M", SOME));
    List<String> compressed =
        List.of("write -c -P 1 0 64k", "write -c -P 2 64k 64k", "write -P 3 1M 64k");
    recipes.put("zlib", new Recipe("compression_type=zlib", "32M", compressed));
    recipes.put("zstd", new Recipe("compression_type=zstd", "32M", compressed));
    recipes.put("zlib-2M", new Recipe("cluster_size=2M", "32M", List.of("write -c -P 1 0 2M")));
    recipes.put(
        "extended-l2",
        new Recipe(
            "extended_l2=on,cluster_size=64k",
            "32M",
            List.of(
                "write -P 1 0 64k",
                "write -P 2 66k 2k",
                "write -z 70k 2k",
                "write -z 1M 64k",
                "write -c -P 1 2M 64k")));
    recipes.put("zeroes", new Recipe("cluster_size=4k", "32M", List.of("write -z 0 8k")));
    recipes.put(
        "discarded",
        new Recipe("cluster_size=4k", "32M", List.of("write -P 1 0 64k", "discard 4k 8k")));
    recipes.put("preallocated", new Recipe("preallocation=metadata", "32M", List.of()));
    recipes.put("empty", new Recipe("cluster_size=64k", "0", List.of()));
    recipes.put("unwritten", new Recipe("cluster_size=64k", "32M", List.of()));
    recipes.put("odd-size", new Recipe("cluster_size=64k", "33554944", SOME));
    return recipes;
  }

  /** Makes an image. */
  Path make(String name) throws IOException, InterruptedException {
    Recipe recipe = recipes().get(name);
    if (recipe != null) {
      return create(name, recipe.options(), recipe.size(), recipe.io());
    }
    return switch (name) {
      case "snapshots" -> snapshots();
      case "bitmaps" -> bitmaps();
      case "luks" -> luks();
      case "backing" -> backing();
      case "data-file" -> create(name, "data_file=" + directory.resolve("d"), "32M", SOME);
      case "data-file-raw" ->
          create(name, "data_file_raw=on,data_file=" + directory.resolve("r"), "32M", SOME);
      case "unknown" -> unknown();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private Path create(String name, String options, String size, List<String> io)
      throws IOException, InterruptedException {
    Path image = directory.resolve(name + ".qcow2");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", "-o", options, image, size);
    io(image, io);
    return image;
  }

  private static void io(Path image, List<String> commands)
      throws IOException, InterruptedException {
    if (commands.isEmpty()) {
      return;
    }
    List<Object> arguments = new ArrayList<>(List.of("-f", "qcow2"));
    for (String command : commands) {
      arguments.add("-c");
      arguments.add(command);
    }
    arguments.add(image);
    Tool.QEMU_IO.runWell(arguments.toArray());
  }

  /** Two snapshots; what a clock put into them is set to zero. */
  private Path snapshots() throws IOException, InterruptedException {
    Path image = create("snapshots", "cluster_size=64k", "32M", SOME);
    Tool.QEMU_IMG.runWell("snapshot", "-c", "first", image);
    io(image, List.of("write -P 9 0 128k"));
    Tool.QEMU_IMG.runWell("snapshot", "-c", "zweiter ü", image);
    io(image, List.of("write -P 8 8M 64k"));
    long table = getLong(image, 64);
    poke(image, table + 16, 0L);
    // The first entry has 40 + 24 bytes, and an id and a name of together 6.
    poke(image, table + 72 + 16, 0L);
    return image;
  }

  private Path bitmaps() throws IOException, InterruptedException {
    Path image = create("bitmaps", "cluster_size=64k", "32M", SOME);
    Tool.QEMU_IMG.runWell("bitmap", "--add", image, "b0");
    Tool.QEMU_IMG.runWell("bitmap", "--add", "--disable", "-g", "32k", image, "zwei ü");
    io(image, List.of("write -P 7 4M 1M"));
    return image;
  }

  private Path luks() throws IOException, InterruptedException {
    return LuksImage.make(directory.resolve("luks.qcow2"));
  }

  private Path backing() throws IOException, InterruptedException {
    Path image = directory.resolve("backing.qcow2");
    Files.write(directory.resolve("base.raw"), new byte[1 << 20]);
    Tool.QEMU_IMG.runWell(
        "create",
        "-q",
        "-f",
        "qcow2",
        "-b",
        directory.resolve("base.raw"),
        "-F",
        "raw",
        image,
        "32M");
    io(image, List.of("write -P 1 0 4k", "write -z 64k 64k"));
    return image;
  }

  /** Bits and extensions that nobody knows but that a reader may ignore. */
  private Path unknown() throws IOException, InterruptedException {
    Path image = create("unknown", "cluster_size=64k", "32M", List.of());
    poke(image, 80, 1L << 63 | 4);
    poke(image, 504, 0x1234567800000005L);
    poke(image, 512, 0x68656c6c6f000000L);
    poke(image, 520, 0x8765432100000003L);
    poke(image, 528, 0x00ff000000000000L);
    return image;
  }

  /** Writes 8 bytes into a file. */
  static void poke(Path image, long offset, long value) throws IOException {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(8).putLong(0, value), offset);
    }
  }

  /** Reads 8 bytes of a file. */
  static long getLong(Path image, long offset) throws IOException {
    try (FileChannel channel = FileChannel.open(image)) {
      ByteBuffer bytes = ByteBuffer.allocate(8);
      channel.read(bytes, offset);
      return bytes.getLong(0);
    }
  }
}
