package io.github.qcow2tostdout.report.map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.github.qcow2tostdout.source.ExtentList;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;

/**
 * Reads a map of a disk that somebody else has made, as it streams in. There are two forms of it:
 *
 * <ul>
 *   <li>entries with {@code start}, as {@code qemu-img map} prints them: they follow each other and
 *       cover the whole disk. So a map of a disk that has grown since is found out;
 *   <li>entries without, with {@code offset}, as {@code rbd diff} prints them: in any order, and
 *       what they leave out is no data. They may overlap; what one of them calls data is data.
 * </ul>
 *
 * The map is not trusted: whatever it holds, the result lies within the disk, or there is an error
 * that names the entry.
 */
public final class DiskMapReader {
  /** What an extent may take of the memory that there is: it has 16 bytes, more while it grows. */
  private static final int MEMORY_PER_EXTENT = 40;

  private static final long SECTOR_SIZE = 512;

  private static final String REMEDY =
      "; give what 'qemu-img map --output=json', 'rbd diff --format=json' or 'qcow2-to-stdout map'"
          + " prints";

  private final String name;
  private final long diskSize;
  private final long mostExtents;
  private final ExtentList.Builder extents = new ExtentList.Builder();
  private boolean first = true;
  private boolean covering;
  private long covered;

  /**
   * @param name the map's, for messages
   * @param diskSize bytes of the disk that it is a map of
   */
  public DiskMapReader(String name, long diskSize) {
    this(name, diskSize, Runtime.getRuntime().maxMemory() / MEMORY_PER_EXTENT);
  }

  DiskMapReader(String name, long diskSize, long mostExtents) {
    this.name = name;
    this.diskSize = diskSize;
    this.mostExtents = mostExtents;
  }

  /**
   * Reads the map to its end.
   *
   * @return the extents that may hold data
   * @throws FileSystemException if it is no map of the disk; the reason is for the user
   */
  public ExtentList read(InputStream in) throws IOException {
    try (JsonParser json = factory().createParser(in)) {
      JsonToken token = json.nextToken();
      if (token == null) {
        throw new FileSystemException(name, null, "is empty" + REMEDY);
      }
      if (token != JsonToken.START_ARRAY) {
        throw new FileSystemException(name, null, "is JSON, but no array of extents" + REMEDY);
      }
      MapEntry entry = new MapEntry(name, json);
      while (json.nextToken() != JsonToken.END_ARRAY) {
        entry.read();
        add(entry);
      }
      if (json.nextToken() != null) {
        throw new FileSystemException(
            name, null, "goes on behind the end of the map, in line " + line(json) + REMEDY);
      }
    } catch (JsonProcessingException e) {
      throw malformed(e);
    } catch (CharConversionException e) {
      throw refused("is no JSON" + REMEDY, e);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw refused("can't be read: " + e.getMessage(), e);
    }
    if (covering && covered < diskSize) {
      throw new FileSystemException(
          name,
          null,
          "covers "
              + covered
              + " bytes of a disk of "
              + diskSize
              + ": it is the map of another disk, or of this one when it was smaller; make a new"
              + " one");
    }
    return extents.build();
  }

  private static JsonFactory factory() {
    return JsonFactory.builder()
        // A table of names grows with each new name.
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(16)
                .maxStringLength(64 << 10)
                .maxNameLength(1 << 10)
                .build())
        .build();
  }

  private void add(MapEntry entry) throws IOException {
    if (first) {
      covering = entry.hasStart();
      first = false;
    }
    if (covering != entry.hasStart()) {
      throw entry.wrong(
          covering
              ? "it has no start, unlike those before it"
              : "it has a start, unlike those before it");
    }
    if (covering && entry.from() != covered) {
      throw entry.wrong(
          "it starts at byte "
              + entry.from()
              + ", while those before it end at byte "
              + covered
              + "; give the map whole and in its order, or only extents of data, with offset in"
              + " place of start");
    }
    // QEMU counts in sectors, and rounds up the size of the disk.
    if (entry.to() > Math.ceilDiv(diskSize, SECTOR_SIZE) * SECTOR_SIZE) {
      throw entry.wrong(
          "it ends at byte "
              + entry.to()
              + ", beyond the end of the disk at byte "
              + diskSize
              + ": it is the map of another disk, or of a larger part of this one");
    }
    covered = entry.to();
    if (entry.isData()) {
      extents.add(entry.from(), Math.min(entry.to(), diskSize));
    }
    if (extents.count() > mostExtents) {
      throw entry.wrong(
          "it is one too many: memory has room for "
              + mostExtents
              + " extents of data; give the VM more, QCOW2_TO_STDOUT_JAVA_OPTS=-Xmx1g, or a coarser"
              + " map");
    }
  }

  private FileSystemException malformed(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    String where =
        at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    boolean early = at != null && at.getLineNr() == 1 && at.getColumnNr() <= 2;
    if (early && !(e instanceof JsonEOFException)) {
      return refused("is no JSON" + REMEDY, e);
    }
    // The library's own words for an early end say where in its memory the start was.
    String what = e instanceof JsonEOFException ? "it ends in the middle" : e.getOriginalMessage();
    return refused("is no JSON" + where + ": " + what, e);
  }

  private FileSystemException refused(String reason, IOException cause) {
    FileSystemException error = new FileSystemException(name, null, reason);
    error.initCause(cause);
    return error;
  }

  private static int line(JsonParser json) {
    return json.currentTokenLocation().getLineNr();
  }
}
