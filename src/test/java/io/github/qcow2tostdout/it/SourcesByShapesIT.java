package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in with every kind of image out, compared by qemu-img with the disk. */
@Timeout(120)
final class SourcesByShapesIT {
  private static final int MIB = 1 << 20;

  /** What every format can hold exactly. */
  private static final int SIZE = 12 * MIB;

  @TempDir static Path directory;

  /**
   * A way in.
   *
   * @param name for the report
   * @param command of bash; {@code $o} are the options, {@code $tool} is the tool
   */
  record Input(String name, String command) {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * A kind of image.
   *
   * @param options that ask for it
   * @param based whether it is to be laid over the base before it is compared
   */
  record Shape(String options, boolean based) {
    @Override
    public String toString() {
      return options;
    }
  }

  private static final List<Input> INPUTS =
      List.of(
          new Input("file", "\"$tool\" $o disk.raw"),
          new Input("file without holes", "\"$tool\" --no-sparse $o disk.raw"),
          new Input("window", "\"$tool\" --offset 1000000 --length " + SIZE + " $o larger.raw"),
          new Input("regular file on standard input", "\"$tool\" $o - < disk.raw"),
          new Input("pipe on standard input", "cat disk.raw | \"$tool\" $o -"),
          new Input("our map", "\"$tool\" map disk.raw | \"$tool\" --map - $o disk.raw"),
          new Input(
              "map of qemu-img",
              "qemu-img map -f raw --output=json disk.raw | \"$tool\" --map - $o disk.raw"),
          new Input("qcow2", "\"$tool\" -f qcow2 $o disk.qcow2"),
          new Input("vmdk", "\"$tool\" -f vmdk $o disk.vmdk"),
          new Input("vdi", "\"$tool\" -f vdi $o disk.vdi"),
          new Input("vhdx", "\"$tool\" -f vhdx $o disk.vhdx"),
          new Input("qed", "\"$tool\" -f qed $o disk.qed"),
          new Input("nbdkit", "nbdkit -U - file disk.raw --run '\"$tool\" $o \"$uri\"'"),
          new Input(
              "qemu-nbd",
              "qemu-nbd -r -f raw -x a/b -k $PWD/nbd.$$ --fork disk.raw"
                  + " && \"$tool\" $o \"nbd+unix:///a/b?socket=$PWD/nbd.$$\""));

  private static final List<Shape> SHAPES =
      List.of(
          new Shape("", false),
          new Shape("-v 2 -c 4K", false),
          new Shape("-c 2M -r 1", false),
          new Shape("--map-only", false),
          new Shape("--zero-clusters", false),
          new Shape("-o extended_l2=on", false),
          new Shape("-o extended_l2=on,cluster_size=16K --zero-clusters", false),
          new Shape("-B base.raw -F raw", true),
          new Shape("-B base.qcow2 -F qcow2", true),
          new Shape("-B base.raw -v 2 -c 512", true),
          new Shape("-B base.raw -F raw -o extended_l2=on", true),
          new Shape("--diff base.raw", true));

  static Stream<Arguments> combinations() {
    return INPUTS.stream()
        .flatMap(input ->
            SHAPES.stream()
                // To read everything and to believe extents contradict each other.
                .filter(shape ->
                    !input.command().contains("--no-sparse")
                        || !shape.options().equals("--map-only"))
                .map(shape -> Arguments.of(input, shape)));
  }

  /** A disk with data, holes and written zeroes, and a base that shares some of each with it. */
  @BeforeAll
  static void makeDisks() throws Exception {
    Tool.QEMU_IMG.path();
    Tool.NBDKIT.path();
    Random random = new Random(4);
    byte[] disk = new byte[SIZE];
    byte[] base = new byte[SIZE - 5 * MIB / 2 - 100];
    for (int at = 0; at < SIZE; ) {
      int length = 1 + random.nextInt(200_000);
      int end = Math.min(SIZE, at + length);
      byte[] piece = new byte[end - at];
      int kind = random.nextInt(6);
      if (kind < 3) {
        random.nextBytes(piece);
        System.arraycopy(piece, 0, disk, at, piece.length);
      }
      if (kind == 1 || kind == 4) {
        random.nextBytes(piece);
      }
      if (kind != 5 && at < base.length) {
        System.arraycopy(piece, 0, base, at, Math.min(piece.length, base.length - at));
      }
      at = end;
    }
    write("disk.raw", disk, 0);
    write("base.raw", base, 0);
    write("larger.raw", disk, 1_000_000);
    run("printf tail >> larger.raw");
    for (String format : List.of("qcow2", "vmdk", "vdi", "vhdx", "qed")) {
      run("qemu-img convert -f raw -O " + format + " disk.raw disk." + format);
    }
    run("qemu-img convert -f raw -O qcow2 base.raw base.qcow2");
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("combinations")
  @Execution(ExecutionMode.CONCURRENT)
  void imageIsTheDisk(Input input, Shape shape, @TempDir Path images) throws Exception {
    Path image = images.resolve("image.qcow2");
    convert(input, shape.options(), image);
    long size = Files.size(image);
    long from = size / 3 + 5;
    Path rest = images.resolve("rest");
    convert(input, shape.options() + " --range " + from + "-", rest);
    run("cmp <(tail -c +" + (from + 1) + " \"$1\") \"$2\"", image, rest);

    if (shape.based()) {
      // A relative name is looked up beside the image, which is not beside the base here.
      String base = shape.options().contains("base.qcow2") ? "qcow2" : "raw";
      run("qemu-img rebase -u -F " + base + " -b $PWD/base." + base + " \"$1\"", image);
    }
    Qemu.assertClean(image);
    Qemu.assertIdentical(directory.resolve("disk.raw"), image);
    Outcome check = PackagedTool.run("check", "--strict", image);
    assertEquals(0, check.code(), check::toString);
  }

  private static void convert(Input input, String options, Path to) throws Exception {
    run("export tool=\"$0\" o='" + options + "'; { " + input.command() + "; } > \"$1\"", to);
  }

  private static void run(String script, Object... arguments) throws Exception {
    Outcome outcome = PackagedTool.bash(directory, script, arguments);
    assertEquals(0, outcome.code(), () -> script + ": " + outcome.err());
  }

  /** Zeroes that are 64 KiB and more become holes, every second of them. */
  private static void write(String name, byte[] bytes, long offset) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(directory.resolve(name).toFile(), "rw")) {
      int step = 1 << 16;
      for (int at = 0; at < bytes.length; at += step) {
        int end = Math.min(bytes.length, at + step);
        boolean zero = Arrays.mismatch(bytes, at, end, new byte[end - at], 0, end - at) < 0;
        if (!zero || (at / step) % 2 == 0) {
          file.seek(offset + at);
          file.write(bytes, at, end - at);
        }
      }
      file.setLength(offset + bytes.length);
    }
  }
}
