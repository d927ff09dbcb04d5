package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class VersionTest {
  @Test
  void classesOutsideTheirModuleSaySo() {
    assertEquals("qcow2-to-stdout (not packaged)", Version.text());
  }
}
