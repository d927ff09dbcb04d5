package io.github.qcow2tostdout.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SharesTest {
  @Test
  void aRangeIsCutAtThePartsAndAtTheEnd() {
    Shares<DiskPart> shares = new Shares<>(new Scale(100, 4), DiskPart.class);
    shares.add(DiskPart.DATA, 10, 60);
    shares.add(DiskPart.ZERO, 90, 1000);
    shares.add(DiskPart.DAMAGED, -5, 1);
    shares.addRest(DiskPart.HOLE);
    assertEquals(15, shares.get(0, DiskPart.DATA));
    assertEquals(25, shares.get(1, DiskPart.DATA));
    assertEquals(10, shares.get(2, DiskPart.DATA));
    assertEquals(50, shares.total(DiskPart.DATA));
    assertEquals(10, shares.total(DiskPart.ZERO));
    assertEquals(1, shares.total(DiskPart.DAMAGED));
    assertEquals(39, shares.total(DiskPart.HOLE));
  }

  @Test
  void fewerPartsHaveTheSameBytes() {
    Shares<DiskPart> shares = new Shares<>(new Scale(1000, 16), DiskPart.class);
    shares.add(DiskPart.DATA, 100, 700);
    Shares<DiskPart> grouped = shares.grouped(4);
    assertEquals(150, grouped.get(0, DiskPart.DATA));
    assertEquals(250, grouped.get(1, DiskPart.DATA));
    assertEquals(600, grouped.total(DiskPart.DATA));
    assertThrows(IllegalArgumentException.class, () -> shares.grouped(5));
  }

  @Test
  void aRunOfTheLargestDiskIsAdded() {
    Shares<DiskPart> shares = new Shares<>(new Scale(Long.MAX_VALUE, 4096), DiskPart.class);
    shares.add(DiskPart.DATA, 0, Long.MAX_VALUE);
    assertEquals(Long.MAX_VALUE, shares.total(DiskPart.DATA));
  }
}
