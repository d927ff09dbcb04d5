package io.github.qcow2tostdout.cli;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Looks for images that {@code restore} does wrong with, guided by coverage: {@code mvn -Pfuzz test
 * -Dfuzz.target=RestoreFuzz -Dfuzz.time=20m}. It is not among the tests, as {@link InspectFuzz};
 * {@link RestoreFuzzTest} runs its inputs.
 */
class RestoreFuzz {
  @TempDir Path directory;

  static List<byte[]> inputs() throws IOException {
    return FuzzCorpus.inputs();
  }

  @MethodSource("inputs")
  @FuzzTest
  void restore(byte[] input) throws Exception {
    Path image = directory.resolve("image.qcow2");
    FuzzImage.of(input).write(image);
    RestoreProperty.hold(directory, image);
  }
}
