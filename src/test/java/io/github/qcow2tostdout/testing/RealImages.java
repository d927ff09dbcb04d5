package io.github.qcow2tostdout.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Images that qemu-img and qemu-io make: each kind that there is, small. */
public final class RealImages {
  /** Those that have something behind what it describes. */
  public static final Set<String> NOT_STREAMABLE =
      Set.of(
          "snapshots",
          "snapshots-512",
          "snapshots-compressed",
          "snapshots-v2",
          "bitmaps",
          "preallocation-falloc",
          "preallocation-full");

  /** Commands that make one image; {@code IMG} in them is its path. */
  public record Recipe(String name, List<List<String>> commands) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final String DISTURB =
      "write -P 1 0 1M|write -P 2 5M 64k|write -z 2M 128k|write -P 3 3M 512|discard 5M 64k";

  private RealImages() {}

  /** All recipes. */
  public static List<Recipe> all() {
    List<Recipe> all = new ArrayList<>();
    for (String size : List.of("512", "1k", "4k", "8k", "64k", "256k", "2M")) {
      all.add(image("cluster-" + size, "cluster_size=" + size, "8M", DISTURB));
    }
    for (int bits = 1; bits <= 64; bits *= 2) {
      all.add(image("refcount-" + bits, "refcount_bits=" + bits, "8M", DISTURB));
      all.add(
          image("refcount-512-" + bits, "cluster_size=512,refcount_bits=" + bits, "8M", DISTURB));
    }
    all.add(image("v2", "compat=0.10", "8M", "write -P 1 0 1M|discard 0 64k"));
    all.add(image("empty", "compat=1.1", "8M", ""));
    all.add(image("no-disk", "compat=1.1", "0", ""));
    all.add(image("odd-size", "compat=1.1", "1048064", "write -P 1 0 1048064"));
    all.add(image("lazy", "lazy_refcounts=on", "8M", DISTURB));
    all.add(
        image("compressed", "compression_type=zlib", "8M", "write -c -P 1 0 1M|write -c 3M 1M"));
    all.add(image("zstd", "compression_type=zstd", "8M", "write -c -P 1 0 1M|write -c 3M 1M"));
    all.add(
        image("compressed-2M", "cluster_size=2M", "16M", "write -c -P 1 0 4M|write -P 3 8M 4M"));
    all.add(
        image(
            "compressed-refcount-1",
            "refcount_bits=1",
            "8M",
            "write -c -P 1 0 1M|write -P 3 3M 1M"));
    all.add(
        image("extended", "extended_l2=on", "8M", DISTURB + "|write -P 7 7M 2k|write -c 6M 64k"));
    all.add(
        image("extended-16k", "extended_l2=on,cluster_size=16k", "8M", DISTURB + "|write 7M 512"));
    for (String how : List.of("metadata", "falloc", "full")) {
      all.add(image("preallocation-" + how, "preallocation=" + how, "8M", "write 1M 1M"));
    }
    all.add(
        image(
            "extended-preallocated", "extended_l2=on,preallocation=metadata", "8M", "write 0 1k"));
    all.add(image("large", "compat=1.1", "10T", "write 9T 64k|write 100G 64k"));
    all.add(image("data-file", "data_file=IMG.data", "8M", DISTURB));
    all.add(image("data-file-raw", "data_file=IMG.data,data_file_raw=on", "8M", "write -P 1 0 1M"));
    all.add(
        image("data-file-extended", "data_file=IMG.data,extended_l2=on", "8M", "write -P 1 0 1M"));
    all.add(
        more(
            image("snapshots", "compat=1.1", "8M", DISTURB),
            "qemu-img snapshot -c one IMG",
            "qemu-io -c 'write -P 4 0 512k' IMG",
            "qemu-img snapshot -c two IMG",
            "qemu-io -c 'write -P 5 4M 512k' IMG"));
    all.add(
        more(
            image("snapshots-512", "cluster_size=512", "8M", DISTURB),
            "qemu-img snapshot -c one IMG",
            "qemu-img snapshot -c two IMG",
            "qemu-img snapshot -d one IMG"));
    all.add(
        more(
            image("snapshots-compressed", "compat=1.1", "8M", "write -c 0 2M"),
            "qemu-img snapshot -c one IMG",
            "qemu-io -c 'write -P 4 0 512k' IMG"));
    all.add(
        more(
            image("snapshots-v2", "compat=0.10", "8M", "write 0 2M"),
            "qemu-img snapshot -c one IMG"));
    all.add(
        more(
            image("bitmaps", "compat=1.1", "8M", ""),
            "qemu-img bitmap --add IMG b0",
            "qemu-io -c 'write 0 1M' IMG",
            "qemu-img bitmap --add --disable -g 32k IMG b1"));
    all.add(
        more(
            image("resized", "compat=1.1", "8M", DISTURB),
            "qemu-img resize IMG 20M",
            "qemu-io -c 'write 18M 1M' IMG",
            "qemu-img resize --shrink IMG 4M"));
    all.add(
        more(
            image("backing-base", "compat=1.1", "8M", DISTURB),
            "qemu-img create -q -f qcow2 -b IMG -F qcow2 IMG.over",
            "qemu-io -c 'write -z 0 64k' -c 'write 64k 64k' IMG.over",
            "mv IMG.over IMG.swap",
            "mv IMG IMG.base",
            "mv IMG.swap IMG",
            "qemu-img rebase -u -b IMG.base -F qcow2 IMG"));
    return all;
  }

  private static Recipe image(String name, String options, String size, String io) {
    List<String> commands = new ArrayList<>();
    commands.add("qemu-img create -q -f qcow2 -o " + options + " IMG " + size);
    if (!io.isEmpty()) {
      StringBuilder writes = new StringBuilder("qemu-io");
      for (String command : io.split("\\|")) {
        writes.append(" -c '").append(command).append("'");
      }
      commands.add(writes + " IMG");
    }
    return more(new Recipe(name, List.of()), commands.toArray(String[]::new));
  }

  private static Recipe more(Recipe recipe, String... commands) {
    List<List<String>> all = new ArrayList<>(recipe.commands());
    for (String command : commands) {
      all.add(List.of("sh", "-c", command));
    }
    return new Recipe(recipe.name(), all);
  }

  /** Makes one, in a directory; ends the test if the tools are missing. */
  public static Path make(Recipe recipe, Path directory) throws IOException, InterruptedException {
    Tool.QEMU_IMG.path();
    Tool.QEMU_IO.path();
    Path image = directory.resolve(recipe.name() + ".qcow2");
    for (List<String> command : recipe.commands()) {
      List<String> words = new ArrayList<>();
      for (String word : command) {
        words.add(word.replace("IMG", image.toString()));
      }
      Outcome outcome = Outcome.of(new ProcessBuilder(words));
      if (outcome.code() != 0) {
        throw new IOException(words + ": " + outcome);
      }
    }
    if (!Files.exists(image)) {
      throw new IOException(image + " was not made");
    }
    return image;
  }
}
