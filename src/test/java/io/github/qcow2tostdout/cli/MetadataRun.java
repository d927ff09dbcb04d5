package io.github.qcow2tostdout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code dehydrate} or {@code rehydrate} gave, run in this VM.
 *
 * @param code the exit code
 * @param out standard output
 * @param err standard error
 */
record MetadataRun(int code, byte[] out, String err) {
  static MetadataRun dehydrate(Path image, String... options) {
    List<String> words = new ArrayList<>(List.of("dehydrate", "-U"));
    words.addAll(List.of(options));
    words.add(image.toString());
    return run(words);
  }

  /** Makes an image of metadata; it is new, or replaced. */
  static MetadataRun rehydrate(byte[] metadata, Path image, String... options) throws IOException {
    Path file = Files.write(image.resolveSibling(image.getFileName() + ".meta"), metadata);
    List<String> words =
        new ArrayList<>(List.of("rehydrate", "--overwrite", "--to", image.toString()));
    words.addAll(List.of(options));
    words.add(file.toString());
    return run(words);
  }

  private static MetadataRun run(List<String> words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        new Application(
                new StandardStreams(
                    Channels.newChannel(out), new PrintStream(err, true, UTF_8), false, false))
            .run(words.toArray(String[]::new));
    return new MetadataRun(code, out.toByteArray(), err.toString(UTF_8));
  }

  @Override
  public String toString() {
    return code + " " + out.length + " bytes " + err;
  }
}
