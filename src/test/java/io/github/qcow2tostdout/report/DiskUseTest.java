package io.github.qcow2tostdout.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskUseTest {
  @Test
  void aCellIsFullFromHalfOn() {
    DiskUse use = new DiskUse(50, 5);
    use.add(DiskUse.Kind.DATA, 0, 10);
    use.add(DiskUse.Kind.DATA, 10, 14);
    use.add(DiskUse.Kind.COMPRESSED, 25, 30);
    use.add(DiskUse.Kind.ZERO, 30, 40);
    use.add(DiskUse.Kind.DAMAGED, 45, 46);
    assertEquals("▇▂▇·!", use.strip(true));
    assertEquals("#-#.!", use.strip(false));
    assertEquals(14, use.bytes(DiskUse.Kind.DATA));
    assertEquals(5, use.bytes(DiskUse.Kind.COMPRESSED));
    assertEquals(20, use.rest());
  }

  @Test
  void aRunFillsAllItsCells() {
    DiskUse use = new DiskUse(Long.MAX_VALUE, DiskUse.MAX_CELLS);
    use.add(DiskUse.Kind.DATA, 0, Long.MAX_VALUE);
    assertEquals("#".repeat(DiskUse.MAX_CELLS), use.strip(false));
    assertEquals(0, use.rest());
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "3, 3", "4, 4", "5, 3", "9, 3", "4096, 4"})
  void aStripIsNoLongerThanTheDisk(long size, int length) {
    assertEquals(length, new DiskUse(size, 4).strip(false).length());
  }
}
