package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.luks.SectorCipher;
import io.github.qcow2tostdout.luks.SectorThreads;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of clusters that are encrypted and not compressed; for any thread. */
final class StoredBytes {
  private final Source data;
  private final SectorThreads sectors;

  /**
   * @param data where they are stored
   */
  StoredBytes(Source data, SectorThreads sectors) {
    this.data = data;
    this.sectors = sectors;
  }

  /** Fills the rest of a buffer, less only where the file ends before. */
  void read(ByteBuffer buffer, long offset) throws IOException {
    long first = offset & -SectorCipher.SECTOR;
    int skipped = (int) (offset - first);
    int count = buffer.remaining();
    int whole = Math.ceilDiv(skipped + count, SectorCipher.SECTOR) * SectorCipher.SECTOR;
    if (whole == count) {
      readSectors(buffer, offset);
      return;
    }
    ByteBuffer sectorsOnly = ByteBuffer.allocate(whole);
    readSectors(sectorsOnly, first);
    int there = Math.clamp(sectorsOnly.position() - skipped, 0, count);
    buffer.put(sectorsOnly.slice(skipped, there));
  }

  /** Of a sector that is not all there nothing can be known. */
  private void readSectors(ByteBuffer buffer, long offset) throws IOException {
    int from = buffer.position();
    data.read(buffer, offset);
    int length = (buffer.position() - from) & -SectorCipher.SECTOR;
    buffer.position(from + length);
    sectors.decrypt(buffer, from, length, offset);
  }
}
