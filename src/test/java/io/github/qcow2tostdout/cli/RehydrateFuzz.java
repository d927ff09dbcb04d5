package io.github.qcow2tostdout.cli;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Looks for what {@code dehydrate} or {@code rehydrate} do wrong with, guided by coverage: {@code
 * mvn -Pfuzz test -Dfuzz.target=RehydrateFuzz -Dfuzz.time=20m}. It is not among the tests, as
 * {@link InspectFuzz}; {@link RehydrateFuzzTest} runs its inputs.
 */
class RehydrateFuzz {
  @TempDir Path directory;

  static List<byte[]> inputs() throws IOException {
    return FuzzCorpus.rehydrateInputs();
  }

  @MethodSource("inputs")
  @FuzzTest
  void rehydrate(byte[] input) throws IOException {
    RehydrateProperty.hold(directory, input);
  }
}
