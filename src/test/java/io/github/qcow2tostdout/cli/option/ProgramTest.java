package io.github.qcow2tostdout.cli.option;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ProgramTest {
  @Test
  void classesOutsideTheirModuleSaySo() {
    assertEquals("qcow2-to-stdout (not packaged)", Program.version());
  }
}
