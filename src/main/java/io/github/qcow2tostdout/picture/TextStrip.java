package io.github.qcow2tostdout.picture;

/**
 * A disk and a file as lines of characters, from the first byte to the last.
 *
 * @param unicode whether the reader can show more than ASCII
 */
public record TextStrip(boolean unicode) {
  /** The most characters of a strip. */
  public static final int MAX_CELLS = 400;

  /**
   * The disk: a part at least half full, one with something in it, an empty one, and one that
   * nobody can tell of.
   */
  public String disk(Drawing drawing) {
    Shares<DiskPart> disk = drawing.disk();
    StringBuilder strip = new StringBuilder();
    for (int part = 0; part < disk.scale().count(); part++) {
      long stored = 0;
      for (DiskPart kind : DiskPart.values()) {
        stored += kind.isStored() ? disk.get(part, kind) : 0;
      }
      long length = disk.scale().length(part);
      if (length > 0) {
        strip.append(disk.get(part, DiskPart.DAMAGED) > 0 ? '!' : filled(stored, length));
      }
    }
    return strip.toString();
  }

  /** The file: the same with its data, and a part that is metadata for the most. */
  public String file(Drawing drawing) {
    Shares<FilePart> file = drawing.file();
    StringBuilder strip = new StringBuilder();
    for (int part = 0; part < file.scale().count(); part++) {
      long metadata = 0;
      for (FilePart kind : FilePart.values()) {
        metadata += kind.isMetadata() ? file.get(part, kind) : 0;
      }
      long length = file.scale().length(part);
      long used = length - file.get(part, FilePart.UNUSED) - file.get(part, FilePart.LEAKED);
      if (file.get(part, FilePart.LEAKED) > 0) {
        strip.append('!');
      } else if (metadata > 0 && metadata >= used - metadata) {
        strip.append(unicode ? '▒' : '=');
      } else {
        strip.append(filled(used, length));
      }
    }
    return strip.toString();
  }

  /** What the characters mean. */
  public String legend() {
    return unicode
        ? "▇ data  ▂ some data  ▒ metadata  · nothing  ! damaged or leaked"
        : "# data  - some data  = metadata  . nothing  ! damaged or leaked";
  }

  private char filled(long bytes, long length) {
    if (bytes == 0) {
      return unicode ? '·' : '.';
    }
    if (bytes < length - bytes) {
      return unicode ? '▂' : '-';
    }
    return unicode ? '▇' : '#';
  }
}
