package io.github.qcow2tostdout.metadata;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * A file of gzip (RFC 1952) of what mostly is zero or says the same again. Its parts do not refer
 * to each other, so that what came before need not be compressed again.
 */
final class RepetitiveGzip extends OutputStream {
  /** Magic, deflate, no flags, no time, and a system that nobody knows. */
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  /** Bytes of a part: twice as far as deflate looks back. */
  private static final int PART = 64 << 10;

  /** Zeroes are looked for in units of this. */
  private static final int BLOCK = 4 << 10;

  private static final byte[] ZEROES = new byte[BLOCK];

  private final OutputStream out;
  private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
  private final CRC32 crc = new CRC32();
  private byte[] part = new byte[PART];
  private byte[] before = new byte[PART];
  private byte[] packed = new byte[PART / 4];

  /** By number of blocks, what that many of zeroes become. */
  private final byte[][] zeroes = new byte[PART / BLOCK + 1][];

  private int filled;
  private int packedSize;
  private long total;

  /** Begins the file. */
  RepetitiveGzip(OutputStream out) throws IOException {
    this.out = out;
    out.write(HEADER);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    crc.update(bytes, from, count);
    total += count;
    int done = 0;
    while (done < count) {
      int step = Math.min(count - done, PART - filled);
      System.arraycopy(bytes, from + done, part, filled, step);
      filled += step;
      done += step;
      if (filled == PART) {
        flushPart();
      }
    }
  }

  private void flushPart() throws IOException {
    if (packedSize == 0 || !Arrays.equals(part, before)) {
      pack();
      byte[] free = before;
      before = part;
      part = free;
    }
    out.write(packed, 0, packedSize);
    filled = 0;
  }

  private void pack() {
    packedSize = 0;
    int at = 0;
    while (at < PART) {
      boolean zero = isZero(at);
      int end = at + BLOCK;
      while (end < PART && isZero(end) == zero) {
        end += BLOCK;
      }
      int blocks = (end - at) / BLOCK;
      if (!zero) {
        deflate(at, end - at);
      } else if (zeroes[blocks] == null) {
        int from = packedSize;
        deflate(at, end - at);
        zeroes[blocks] = Arrays.copyOfRange(packed, from, packedSize);
      } else {
        reserve(zeroes[blocks].length);
        System.arraycopy(zeroes[blocks], 0, packed, packedSize, zeroes[blocks].length);
        packedSize += zeroes[blocks].length;
      }
      at = end;
    }
  }

  private boolean isZero(int at) {
    return Arrays.equals(part, at, at + BLOCK, ZEROES, 0, BLOCK);
  }

  private void deflate(int from, int count) {
    deflater.setInput(part, from, count);
    deflate(Deflater.FULL_FLUSH);
  }

  /** Ends the file; the stream under it stays open. */
  void finish() throws IOException {
    packedSize = 0;
    deflater.setInput(part, 0, filled);
    deflater.finish();
    deflate(Deflater.NO_FLUSH);
    out.write(packed, 0, packedSize);
    ByteBuffer end = ByteBuffer.allocate(2 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.write(end.putInt((int) crc.getValue()).putInt((int) total).array());
    out.flush();
  }

  /** Appends all that comes out to {@link #packed}. */
  private void deflate(int flush) {
    do {
      reserve(BLOCK);
      packedSize += deflater.deflate(packed, packedSize, packed.length - packedSize, flush);
      // What fits exactly may be followed by more.
    } while (packedSize == packed.length);
  }

  private void reserve(int count) {
    if (packedSize + count > packed.length) {
      packed = Arrays.copyOf(packed, (packedSize + count) * 2);
    }
  }

  @Override
  public void close() {
    deflater.end();
  }
}
