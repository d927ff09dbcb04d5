package io.github.qcow2tostdout.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The first cluster as it is: header, extensions, backing file name. Nothing in it has been checked
 * but the magic, so that what is readable of a damaged image can be shown; {@link OpenRules} says
 * whether it may be used.
 *
 * @param header the header's fields
 * @param extensions up to the end mark, or to where they can't be followed further
 * @param extensionProblem why they can't be followed further; empty if they end as they should
 * @param backingFile the backing file's name, if there is one and it lies where it can be read
 */
public record HeaderArea(
    Header header,
    List<Extension> extensions,
    Optional<String> extensionProblem,
    Optional<String> backingFile) {

  /** The longest name of a backing file that QEMU takes. */
  public static final int MAX_BACKING_NAME = Limits.MAX_BACKING_NAME;

  /**
   * Reads the area.
   *
   * @throws ImageException.NotQcow2 if the magic is another, or the file ends before it has a
   *     version
   */
  public static HeaderArea read(BoundedFile file) throws IOException {
    ByteBuffer start = file.readPadded(0, Header.V3_LENGTH, "header");
    if (file.size() < HeaderField.VERSION.end()) {
      throw new ImageException.NotQcow2(file.name(), "it ends at byte " + file.size());
    }
    if (start.getInt(0) != Header.MAGIC) {
      throw new ImageException.NotQcow2(
          file.name(), String.format("it starts with %08x, not with 514649fb", start.getInt(0)));
    }
    Header header = Header.read(start);
    long clusterBits = header.get(HeaderField.CLUSTER_BITS);
    if (!header.clusterBitsFit()) {
      return new HeaderArea(
          header,
          List.of(),
          Optional.of("cluster_bits " + clusterBits + " gives them no room"),
          Optional.empty());
    }
    // The file may be shorter than a cluster, but not what is read of it.
    int clusterSize = 1 << clusterBits;
    ByteBuffer cluster =
        file.readPadded(
            0, (int) Math.min(clusterSize, Math.max(file.size(), 1024)), "header cluster");
    ExtensionWalk walk = new ExtensionWalk(cluster, header, clusterSize);
    Optional<String> problem = walk.run();
    return new HeaderArea(
        header, List.copyOf(walk.found), problem, backingFile(file, header, clusterSize));
  }

  /** Bytes that the fields take that this header should have, of those that are known. */
  public long headerLength() {
    long least = minLength(header);
    return Math.clamp(header.get(HeaderField.HEADER_LENGTH), least, Header.V3_LENGTH);
  }

  private static long minLength(Header header) {
    return header.get(HeaderField.VERSION) < 3 ? Header.V2_LENGTH : Header.V3_MIN_LENGTH;
  }

  /** The extension of that type; the first if there are several, as there should not be. */
  public Optional<Extension> extension(int type) {
    for (Extension extension : extensions) {
      if (extension.type() == type) {
        return Optional.of(extension);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> backingFile(BoundedFile file, Header header, int clusterSize)
      throws IOException {
    long offset = header.get(HeaderField.BACKING_FILE_OFFSET);
    long length = header.get(HeaderField.BACKING_FILE_SIZE);
    if (offset <= 0 || offset > clusterSize || length > MAX_BACKING_NAME) {
      return Optional.empty();
    }
    return Optional.of(
        UTF_8.decode(file.readPadded(offset, (int) length, "backing file name")).toString());
  }

  /** Follows the extensions: each step is checked against the area that they may fill. */
  private static final class ExtensionWalk {
    private final ByteBuffer cluster;
    private final int clusterSize;
    private final long minLength;
    private final long start;
    private final long end;
    private final List<Extension> found = new ArrayList<>();

    ExtensionWalk(ByteBuffer cluster, Header header, int clusterSize) {
      this.cluster = cluster;
      this.clusterSize = clusterSize;
      minLength = minLength(header);
      start = header.get(HeaderField.HEADER_LENGTH);
      long backing = header.get(HeaderField.BACKING_FILE_OFFSET);
      end = backing > 0 && backing <= clusterSize ? backing : clusterSize;
    }

    Optional<String> run() {
      if (start > clusterSize) {
        return Optional.of("qcow2 header exceeds cluster size");
      }
      if (start < minLength) {
        return Optional.of("qcow2 header too short");
      }
      long at = start;
      while (at < end) {
        if (end - at < HeaderExtension.PREFIX_SIZE) {
          return Optional.of("Header extension too large");
        }
        if (at + HeaderExtension.PREFIX_SIZE > cluster.capacity()) {
          // Zeroes behind the end of the file, which are an end mark.
          return Optional.empty();
        }
        int type = cluster.getInt((int) at);
        long length =
            Integer.toUnsignedLong(cluster.getInt((int) at + HeaderExtension.LENGTH_OFFSET));
        // QEMU looks at the length first, that of the end mark too.
        if (length > end - at - HeaderExtension.PREFIX_SIZE) {
          return Optional.of("Header extension too large");
        }
        if (type == HeaderExtension.END) {
          return Optional.empty();
        }
        int available =
            (int) Math.min(length, cluster.capacity() - at - HeaderExtension.PREFIX_SIZE);
        found.add(
            new Extension(
                at,
                type,
                length,
                cluster.slice((int) at + HeaderExtension.PREFIX_SIZE, available)));
        at += HeaderExtension.size(length);
      }
      return Optional.empty();
    }
  }
}
