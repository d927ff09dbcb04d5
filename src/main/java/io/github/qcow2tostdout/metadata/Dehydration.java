package io.github.qcow2tostdout.metadata;

import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** The metadata of an image on its way into a file of its own. */
public final class Dehydration {
  private final Metadata metadata;
  private final Names names;

  private Dehydration(Metadata metadata, Names names) {
    this.metadata = metadata;
    this.names = names;
  }

  /**
   * Finds what is metadata; nothing is written yet.
   *
   * @param blankNames whether names are replaced by numbers of the same length
   * @param shared whether what the image uses as the guest's data too may be kept
   * @throws ImageException if it is no qcow2 image, or there is such and it may not
   */
  public static Dehydration of(BoundedFile file, boolean blankNames, boolean shared)
      throws IOException {
    Names names = blankNames ? Names.blanked() : Names.KEPT;
    Metadata metadata = Survey.of(file, names);
    if (!shared) {
      SharedClusters.Found found = SharedClusters.find(metadata);
      if (found.count() > 0) {
        throw new ImageException.Corrupt(
            file.name(),
            found.count()
                + " L2 entries lead to what is metadata too, the lowest to byte "
                + found.first()
                + "; it may be the guest's data",
            "say --keep-shared if that may be in it");
      }
    }
    return new Dehydration(metadata, names);
  }

  /** Bytes of metadata. */
  public long kept() {
    return metadata.pieces().bytes();
  }

  /** Writes it; the stream is finished, and not closed. */
  public void write(OutputStream out, Progress progress) throws IOException {
    Pieces pieces = metadata.pieces();
    int step = Feature.EXTENDED_L2.isSetIn(metadata.header()) ? 2 : 1;
    MetadataStart start =
        new MetadataStart(
            names.areBlanked() ? MetadataStart.NAMES_BLANKED : 0,
            metadata.file().size(),
            pieces.bytes(),
            pieces.size(),
            step);
    try (RepetitiveGzip gzip = new RepetitiveGzip(out)) {
      gzip.write(start.toBytes().array());
      write(gzip, step, progress);
      gzip.finish();
    }
  }

  private void write(RepetitiveGzip gzip, int step, Progress progress) throws IOException {
    Pieces pieces = metadata.pieces();
    ByteBuffer prefix = ByteBuffer.allocate(MetadataStart.PIECE_PREFIX);
    ByteBuffer part = ByteBuffer.allocate(MetadataStart.PART);
    Differences differences = new Differences(step);
    long done = 0;
    for (int i = 0; i < pieces.size(); i++) {
      long from = pieces.from(i);
      long to = pieces.to(i);
      gzip.write(prefix.clear().putLong(from).putLong(to - from).array());
      differences.restart();
      for (long at = from; at < to; at += MetadataStart.PART) {
        ByteBuffer bytes = part.slice(0, (int) Math.min(MetadataStart.PART, to - at));
        read(bytes, at);
        differences.encode(bytes);
        gzip.write(bytes.array(), bytes.arrayOffset(), bytes.capacity());
        done += bytes.capacity();
        progress.report(Progress.Phase.WRITE, done, pieces.bytes());
      }
    }
  }

  private void read(ByteBuffer bytes, long at) throws IOException {
    BoundedFile file = metadata.file();
    if (file.isHole(at, bytes.capacity())) {
      java.util.Arrays.fill(
          bytes.array(), bytes.arrayOffset(), bytes.arrayOffset() + bytes.capacity(), (byte) 0);
    } else {
      file.readPadded(at, bytes, "metadata");
    }
    names.apply(bytes, at);
  }
}
