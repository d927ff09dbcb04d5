package io.github.qcow2tostdout.metadata;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.restore.DiskTarget;
import io.github.qcow2tostdout.work.Progress;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Makes the file of an image of its metadata: everything at its place, and holes between. */
public final class Rehydration {
  /** What is left a hole if it is zeroes. */
  private static final int BLOCK = 4096;

  private final ByteBuffer zeroes = ByteBuffer.allocate(BLOCK).asReadOnlyBuffer();
  private final String name;
  private final Unpacked in;
  private final DiskTarget target;
  private final MetadataStart start;
  private final Progress progress;
  private final Differences differences;
  private final ByteBuffer part = ByteBuffer.allocate(MetadataStart.PART);

  /** Opens what the image goes to, when its size is known. */
  @FunctionalInterface
  public interface Opener {
    DiskTarget open(long size) throws IOException;
  }

  private Rehydration(
      String name, Unpacked in, DiskTarget target, MetadataStart start, Progress progress) {
    this.name = name;
    this.in = in;
    this.target = target;
    this.start = start;
    this.progress = progress;
    differences = new Differences(start.step());
  }

  /**
   * Writes the image; nothing of the metadata is believed before it has been looked at.
   *
   * @param name of the metadata, for errors
   * @param limit how many bytes of metadata there may be
   * @param opener of the target, which is neither committed nor closed
   * @throws ImageException if it is no metadata, or damaged, or there is more of it
   */
  public static void run(
      String name, InputStream packed, long limit, Opener opener, Progress progress)
      throws IOException {
    Unpacked in = new Unpacked(name, packed);
    MetadataStart start =
        MetadataStart.read(in.read(ByteBuffer.allocate(MetadataStart.SIZE)), name);
    if (start.kept() > limit) {
      throw new ImageException.Unsupported(
          name,
          "there are " + start.kept() + " bytes of metadata in it, more than " + limit,
          "if you trust it, say --limit " + start.kept());
    }
    Rehydration rehydration =
        new Rehydration(name, in, opener.open(start.fileSize()), start, progress);
    rehydration.pieces();
    in.requireEnd();
  }

  private void pieces() throws IOException {
    ByteBuffer prefix = ByteBuffer.allocate(MetadataStart.PIECE_PREFIX);
    long at = 0;
    long left = start.kept();
    for (long piece = 0; piece < start.pieces(); piece++) {
      in.read(prefix.clear());
      long from = prefix.getLong();
      long length = prefix.getLong();
      // Between two pieces there is something, or they were one.
      boolean follows = piece == 0 ? from >= 0 : from > at;
      if (!follows || length <= 0 || length > left || from > start.fileSize() - length) {
        throw damaged("piece " + piece + " of " + length + " bytes can't be at byte " + from);
      }
      if (from > at) {
        target.zero(at, from - at);
      }
      piece(from, length, start.kept() - left);
      at = from + length;
      left -= length;
    }
    if (left != 0) {
      throw damaged("its pieces have " + left + " bytes less than it says");
    }
    if (at < start.fileSize()) {
      target.zero(at, start.fileSize() - at);
    }
  }

  private void piece(long from, long length, long done) throws IOException {
    differences.restart();
    for (long at = 0; at < length; at += MetadataStart.PART) {
      ByteBuffer bytes =
          part.clear().limit((int) Math.min(MetadataStart.PART, length - at)).slice();
      in.read(bytes);
      differences.decode(bytes);
      write(bytes, from + at);
      progress.report(Progress.Phase.WRITE, done + at + bytes.limit(), start.kept());
    }
  }

  /** Writes what is not zero, in the blocks of the file. */
  private void write(ByteBuffer bytes, long offset) throws IOException {
    int at = 0;
    while (at < bytes.limit()) {
      boolean zero = isZero(bytes, at, block(bytes, at, offset));
      int end = at;
      while (end < bytes.limit() && isZero(bytes, end, block(bytes, end, offset)) == zero) {
        end = block(bytes, end, offset);
      }
      if (zero) {
        target.zero(offset + at, end - at);
      } else {
        target.write(bytes.slice(at, end - at), offset + at);
      }
      at = end;
    }
  }

  /** Where the block of the file ends in which a byte is. */
  private static int block(ByteBuffer bytes, int at, long offset) {
    return (int) Math.min(bytes.limit(), ((offset + at) / BLOCK + 1) * BLOCK - offset);
  }

  private boolean isZero(ByteBuffer bytes, int from, int to) {
    return bytes.slice(from, to - from).mismatch(zeroes.slice(0, to - from)) < 0;
  }

  private ImageException damaged(String fact) {
    return new ImageException.Corrupt(name, fact, MetadataStart.REMEDY);
  }

  /** What comes out of the compression. */
  private static final class Unpacked {
    private final String name;
    private final InputStream in;

    Unpacked(String name, InputStream packed) throws IOException {
      this.name = name;
      try {
        in = new GZIPInputStream(packed, MetadataStart.PART);
      } catch (ZipException | EOFException e) {
        throw new ImageException.Corrupt(
            name,
            "it is not what dehydrate writes: it is not compressed by gzip",
            MetadataStart.REMEDY);
      }
    }

    /** Fills a buffer from its start, and gives it back to be read. */
    ByteBuffer read(ByteBuffer to) throws IOException {
      try {
        int count = in.readNBytes(to.array(), to.arrayOffset(), to.limit());
        if (count < to.limit()) {
          throw truncated();
        }
      } catch (EOFException e) {
        throw truncated();
      } catch (ZipException e) {
        throw damaged(e);
      }
      return to.position(0);
    }

    void requireEnd() throws IOException {
      try {
        if (in.read() >= 0) {
          throw new ImageException.Corrupt(
              name, "something follows the last piece", MetadataStart.REMEDY);
        }
      } catch (EOFException e) {
        throw truncated();
      } catch (ZipException e) {
        throw damaged(e);
      }
    }

    private ImageException truncated() {
      return new ImageException.Corrupt(name, "it is truncated", MetadataStart.REMEDY);
    }

    private ImageException damaged(ZipException e) {
      return new ImageException.Corrupt(
          name, "its compressed data is damaged: " + e.getMessage(), MetadataStart.REMEDY);
    }
  }
}
