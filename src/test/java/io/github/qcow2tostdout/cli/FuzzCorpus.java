package io.github.qcow2tostdout.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The inputs that fuzzing goes on from: what covers something that the others don't, and what
 * failed once. A line of hexadecimal digits each, for {@link FuzzImage}. After a run of {@link
 * InspectFuzz} or {@link RestoreFuzz} {@code mvn test -Dtest=InspectFuzzTest -Dfuzz.corpus=write}
 * adds what that left.
 */
final class FuzzCorpus {
  private static final Path RESOURCES = Path.of("src/test/resources/io/github/qcow2tostdout/cli");

  private static final Path FILE = RESOURCES.resolve("InspectFuzz.corpus");

  /** Where Jazzer puts inputs that failed. */
  private static final List<Path> FAILED =
      List.of(
          RESOURCES.resolve("InspectFuzzInputs/inspect"),
          RESOURCES.resolve("RestoreFuzzInputs/restore"));

  /** Where Jazzer puts inputs that covered more. */
  private static final List<Path> GENERATED =
      List.of(
          Path.of(".cifuzz-corpus/io.github.qcow2tostdout.cli.InspectFuzz/inspect"),
          Path.of(".cifuzz-corpus/io.github.qcow2tostdout.cli.RestoreFuzz/restore"));

  /** What covers more, or failed, of {@link RehydrateFuzz}, whose inputs are of other kinds too. */
  private static final Path REHYDRATE = RESOURCES.resolve("RehydrateFuzz.corpus");

  private static final List<Path> REHYDRATE_FAILED =
      List.of(RESOURCES.resolve("RehydrateFuzzInputs/rehydrate"));

  private static final List<Path> REHYDRATE_GENERATED =
      List.of(Path.of(".cifuzz-corpus/io.github.qcow2tostdout.cli.RehydrateFuzz/rehydrate"));

  /** Larger images take seconds; those that are made to have tests of their own. */
  private static final long MAX_IMAGE = 4 << 20;

  /** Larger ones say little that small ones don't. */
  private static final int MAX_REHYDRATE_INPUT = 4 << 10;

  private FuzzCorpus() {}

  /** All inputs. */
  static List<byte[]> inputs() throws IOException {
    List<byte[]> inputs = lines(FILE);
    inputs.addAll(files(FAILED));
    return inputs;
  }

  /** Those of {@link RehydrateFuzz}: its own, and the bases. */
  static List<byte[]> rehydrateInputs() throws IOException {
    List<byte[]> inputs = lines(REHYDRATE);
    for (int base = 0; base < FuzzBases.load().size(); base++) {
      inputs.add(RehydrateProperty.ofImage(new byte[] {(byte) base}));
    }
    inputs.addAll(files(REHYDRATE_FAILED));
    return inputs;
  }

  private static List<byte[]> lines(Path file) throws IOException {
    List<byte[]> inputs = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      inputs.add(HexFormat.of().parseHex(line));
    }
    return inputs;
  }

  private static List<byte[]> files(List<Path> directories) throws IOException {
    List<byte[]> files = new ArrayList<>();
    for (Path directory : directories) {
      if (Files.exists(directory)) {
        try (Stream<Path> paths = Files.list(directory)) {
          for (Path path : paths.sorted().toList()) {
            files.add(Files.readAllBytes(path));
          }
        }
      }
    }
    return files;
  }

  /** Takes in what a run left. */
  static void write() throws IOException {
    TreeSet<String> lines = new TreeSet<>();
    for (byte[] input : inputs()) {
      lines.add(HexFormat.of().formatHex(input));
    }
    for (byte[] input : files(GENERATED)) {
      if (FuzzImage.of(input).size() <= MAX_IMAGE) {
        lines.add(HexFormat.of().formatHex(input));
      }
    }
    Files.write(FILE, lines);
    TreeSet<String> rehydrate = new TreeSet<>();
    for (byte[] input : lines(REHYDRATE)) {
      rehydrate.add(HexFormat.of().formatHex(input));
    }
    for (List<Path> directories : List.of(REHYDRATE_FAILED, REHYDRATE_GENERATED)) {
      for (byte[] input : files(directories)) {
        if (input.length <= MAX_REHYDRATE_INPUT) {
          rehydrate.add(HexFormat.of().formatHex(input));
        }
      }
    }
    Files.write(REHYDRATE, rehydrate);
  }

  /** How large the files are. */
  static long bytes() throws IOException {
    return Files.size(FILE) + Files.size(REHYDRATE);
  }
}
