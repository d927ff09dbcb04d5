package io.github.qcow2tostdout.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ImageExceptionTest {
  @Test
  void unsupportedNamesFileFactAndRemedy() {
    assertEquals(
        "disk.raw: unsupported image: the L1 table is too long; use a cluster size of 1K",
        new ImageException.Unsupported(
                "disk.raw", "the L1 table is too long", "use a cluster size of 1K")
            .getMessage());
  }

  @Test
  void sourceChangedNamesFileFactAndWhatToDoWithTheOutput() {
    assertEquals(
        "disk.raw: source changed while it was read: its size was 2 bytes and is 1 bytes; discard"
            + " what the receiver got, stop what writes to the disk (or take a snapshot of it) and"
            + " run again",
        new ImageException.SourceChanged("disk.raw", "its size was 2 bytes and is 1 bytes")
            .getMessage());
  }
}
