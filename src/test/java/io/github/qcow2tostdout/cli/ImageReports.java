package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What {@code check} and {@code dump} say of an image.
 *
 * @param texts the reports, with exit codes and messages
 */
record ImageReports(List<String> texts) {
  /** How much is shown around the first difference. */
  private static final int CONTEXT = 200;

  static ImageReports of(Path image) {
    return new ImageReports(
        List.of(
            CheckRun.of(image, "--output=json", "-M").toString(),
            CheckRun.of(image, "--strict").toString(),
            DumpRun.of("-j", image).toString(),
            DumpRun.of("--all", image).toString(),
            DumpRun.of("--bitmaps", image).toString(),
            DumpRun.of("--extensions", image).toString()));
  }

  /** Fails if others differ, and shows where. */
  void assertSameAs(ImageReports before, String what) {
    for (int i = 0; i < texts.size(); i++) {
      assertSame(before.texts.get(i), texts.get(i), what);
    }
  }

  private static void assertSame(String before, String after, String what) {
    int at = Arrays.mismatch(before.toCharArray(), after.toCharArray());
    if (at >= 0) {
      int from = Math.max(0, at - CONTEXT);
      assertEquals(
          before.substring(from, Math.min(before.length(), at + CONTEXT)),
          after.substring(from, Math.min(after.length(), at + CONTEXT)),
          what);
    }
  }
}
