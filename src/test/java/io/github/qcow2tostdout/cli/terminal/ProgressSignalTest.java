package io.github.qcow2tostdout.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.cli.Console;
import io.github.qcow2tostdout.cli.option.ProgressStyle;
import io.github.qcow2tostdout.work.Progress.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProgressSignalTest {
  @Test
  void workThatHasNotBegunIsSaid() {
    try (ProgressDisplay progress =
        ProgressDisplay.of(ProgressStyle.NONE, false, new Console().streams())) {
      assertEquals("qcow2-to-stdout: the work has not begun", ProgressSignal.line());
      progress.report(Phase.SCAN, 0, 4);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "BAR"})
  void itTellsOfTheWorkWithAndWithoutADisplay(ProgressStyle style) {
    try (ProgressDisplay progress =
        ProgressDisplay.of(style, style == ProgressStyle.BAR, new Console().streams())) {
      progress.report(Phase.WRITE, 0, 4 << 20);
      progress.report(Phase.WRITE, 1 << 20, 4 << 20);
      assertTrue(
          ProgressSignal.line().startsWith("qcow2-to-stdout: write 25%, 1 MiB of 4 MiB, "),
          ProgressSignal::line);
    }
  }

  @Test
  void itTellsAProgramInJson() {
    try (ProgressDisplay progress =
        ProgressDisplay.of(ProgressStyle.JSON, false, new Console().streams())) {
      progress.report(Phase.WRITE, 1, 4);
      assertTrue(
          ProgressSignal.line()
              .matches("\\{\"phase\":\"write\",\"done\":1,\"total\":4,\"bytes_per_second\":0}"),
          ProgressSignal::line);
    }
  }
}
