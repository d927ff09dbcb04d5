package io.github.qcow2tostdout.check;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FindingCatalogueTest {
  @ParameterizedTest
  @EnumSource(FindingKind.class)
  void isInTheManual(FindingKind kind) throws Exception {
    String row =
        "| `"
            + kind.id()
            + "` | "
            + kind.verdict().word()
            + " | "
            + kind.severity().word()
            + " | "
            + kind.meaning()
            + " | "
            + kind.remedy()
            + " |";
    assertTrue(Files.readString(Path.of("docs/inspect.md")).contains(row), row);
  }
}
