package io.github.qcow2tostdout.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TextStripTest {
  private static Drawing drawing(long diskSize) {
    Shares<FilePart> file = new Shares<>(new Scale(60, 6), FilePart.class);
    file.add(FilePart.HEADER, 0, 5);
    file.add(FilePart.DATA, 5, 10);
    file.add(FilePart.DATA, 10, 34);
    file.add(FilePart.LEAKED, 40, 41);
    file.add(FilePart.SNAPSHOTS, 50, 60);
    file.addRest(FilePart.UNUSED);
    Shares<DiskPart> disk = new Shares<>(new Scale(diskSize, 5), DiskPart.class);
    disk.add(DiskPart.DATA, 0, 10);
    disk.add(DiskPart.SHARED, 10, 14);
    disk.add(DiskPart.COMPRESSED, 25, 30);
    disk.add(DiskPart.ZERO, 30, 40);
    disk.add(DiskPart.DAMAGED, 45, 46);
    disk.addRest(DiskPart.HOLE);
    return new Drawing(file, disk, new Links(diskSize, 60), List.of(), true, Optional.empty());
  }

  @Test
  void aCellIsFullFromHalfOn() {
    assertEquals("▇▂▇·!", new TextStrip(true).disk(drawing(50)));
    assertEquals("#-#.!", new TextStrip(false).disk(drawing(50)));
  }

  @Test
  void metadataIsShownWhereItIsHalfOfWhatIsUsed() {
    assertEquals("▒▇▇▂!▇", new TextStrip(true).file(drawing(50)));
    assertEquals("=##-!#", new TextStrip(false).file(drawing(50)));
  }

  @Test
  void anEmptyDiskHasNoStrip() {
    assertEquals("", new TextStrip(true).disk(drawing(0)));
    assertEquals("###", new TextStrip(false).disk(drawing(3)));
  }
}
