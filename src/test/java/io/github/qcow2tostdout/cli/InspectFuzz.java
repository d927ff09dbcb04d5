package io.github.qcow2tostdout.cli;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Looks for images that {@code dump} or {@code check} do wrong with, guided by coverage: {@code mvn
 * -Pfuzz test -Dfuzz.time=20m}. It is not among the tests, which would run with Jazzer's agent
 * then; {@link InspectFuzzTest} runs its inputs.
 */
class InspectFuzz {
  @TempDir Path directory;

  static List<byte[]> inputs() throws IOException {
    return FuzzCorpus.inputs();
  }

  @MethodSource("inputs")
  @FuzzTest
  void inspect(byte[] input) throws IOException {
    Path image = directory.resolve("image.qcow2");
    FuzzImage.of(input).write(image);
    FuzzProperty.hold(image, false);
  }
}
