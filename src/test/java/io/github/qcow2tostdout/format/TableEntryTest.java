package io.github.qcow2tostdout.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TableEntryTest {
  @Test
  void copiedEntryIsTheOffsetWithBit63() {
    assertEquals(0x8000_0000_0005_0000L, TableEntry.copied(0x5_0000));
  }

  @Test
  void highestOffsetIsHeldWhole() {
    assertEquals(0x80ff_ffff_ffff_fe00L, TableEntry.copied(Limits.HOST_OFFSET_LIMIT - 512));
    assertEquals(
        Limits.HOST_OFFSET_LIMIT - 512,
        TableEntry.hostOffset(TableEntry.copied(Limits.HOST_OFFSET_LIMIT - 512)));
  }

  @Test
  void offset0OfAnExternalDataFileIsNotUnallocated() {
    assertEquals(0x8000_0000_0000_0000L, TableEntry.copied(0));
    assertEquals(0L, TableEntry.UNALLOCATED);
  }

  @Test
  void hostOffsetLeavesOutEveryBitThatIsNotTheOffsets() {
    assertEquals(0x00ff_ffff_ffff_fe00L, TableEntry.hostOffset(-1));
    assertEquals(0, TableEntry.hostOffset(0xff00_0000_0000_01ffL));
  }
}
