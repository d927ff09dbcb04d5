package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Seeds;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the arguments, the program ends in one of its own ways. */
class ApplicationRandomTest {
  private static final int RUNS = 3000;

  private static final List<String> OPTIONS =
      List.of(
          "-c",
          "--cluster-size",
          "-r",
          "--refcount-bits",
          "-v",
          "--qcow2-version",
          "-d",
          "--data-file",
          "--data-file-name",
          "-R",
          "--data-file-raw",
          "-f",
          "--input-format",
          "-o",
          "-B",
          "--backing",
          "-F",
          "--backing-format",
          "--backing-name",
          "--backing-name-format",
          "--diff",
          "--zero-clusters",
          "--map-only",
          "--no-sparse",
          "--range",
          "-p",
          "--progress",
          "-q",
          "--quiet",
          "--verbose",
          "-h",
          "--help",
          "-V",
          "--version",
          "measure",
          "--output",
          "--",
          "-",
          "");

  private static final List<String> VALUES =
      List.of(
          "64K",
          "512",
          "2M",
          "0",
          "-1",
          "16",
          "1",
          "64",
          "2",
          "3",
          "raw",
          "qcow2",
          "json",
          "bar",
          "human",
          "0-10",
          "-5",
          "5-",
          "10-5",
          "999T-",
          "cluster_size=4K",
          "refcount_bits=8",
          "compat=v2",
          "data_file=x,,y",
          "data_file_raw=on",
          "lazy_refcounts=on",
          "extended_l2=on",
          "backing_file=x",
          "backing_fmt=raw",
          "size=1G",
          "=",
          ",",
          ",,,",
          "cluster_size",
          "9".repeat(30),
          "@file",
          "${x}",
          "%s%n",
          "a\nb",
          "a\0b",
          "\ud800",
          "\"",
          "' '",
          "\u00e4\ud83d\udcbe");

  @TempDir Path directory;

  @Tag("slow")
  @Test
  void everyRunEndsWithOneOfItsCodesAndAFewLines() throws IOException {
    long seed = Seeds.seed();
    Random random = new Random(seed);
    Path disk = Files.write(directory.resolve("disk.raw"), new byte[] {1, 2, 3});
    PrintStream before = System.err;
    System.setErr(new PrintStream(OutputStream.nullOutputStream()));
    try {
      for (int run = 0; run < RUNS; run++) {
        Object[] arguments = arguments(random, disk);
        String told = "seed " + seed + ": " + Arrays.toString(arguments);
        boolean broken = random.nextInt(10) == 0;
        Console console =
            broken
                ? new Console(BrokenChannel.after(random.nextInt(1000), "Broken pipe"))
                : new Console(random.nextInt(10) == 0, false);
        int code = console.run(arguments);
        assertTrue(Set.of(0, 1, 64, 141).contains(code), told);
        assertFalse(console.err().contains("\tat "), told);
        assertFalse(console.err().contains("internal error"), told + console.err());
        if (code == 64 || code == 1) {
          assertEquals(code == 64 ? 2 : 1, console.errLines().size(), told + console.err());
          assertEquals(0, console.out().length, told);
        }
      }
    } finally {
      System.setErr(before);
    }
  }

  private static Object[] arguments(Random random, Path disk) {
    String[] arguments = new String[random.nextInt(6)];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] =
          switch (random.nextInt(8)) {
            case 0, 1 -> pick(random, OPTIONS);
            case 2 -> pick(random, OPTIONS) + "=" + pick(random, VALUES);
            case 3 -> pick(random, OPTIONS) + pick(random, VALUES);
            case 4 -> pick(random, VALUES);
            case 5 -> anything(random);
            default -> disk.toString();
          };
    }
    return arguments;
  }

  private static String pick(Random random, List<String> words) {
    return words.get(random.nextInt(words.size()));
  }

  private static String anything(Random random) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(12); length > 0; length--) {
      text.append((char) random.nextInt(random.nextBoolean() ? 128 : 0x10000));
    }
    return text.toString();
  }
}
