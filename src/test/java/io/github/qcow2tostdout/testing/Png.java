package io.github.qcow2tostdout.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.InflaterOutputStream;

/**
 * A screenshot: PNG of 8 bits for each colour, not interlaced.
 *
 * <p>Source: W3C, Portable Network Graphics, 5, 9 and 10.
 */
public final class Png {
  private static final int SIGNATURE = 8;
  private static final int AROUND_DATA = 12;
  private static final int HEADER = 0x49484452;
  private static final int DATA = 0x49444154;

  private final int bytesPerPixel;
  private final int lineLength;
  private final byte[] lines;

  private Png(int width, int height, int bytesPerPixel, byte[] filtered) {
    this.bytesPerPixel = bytesPerPixel;
    lineLength = width * bytesPerPixel;
    lines = new byte[lineLength * height];
    for (int y = 0; y < height; y++) {
      unfilter(filtered, y);
    }
  }

  /** Reads one. */
  public static Png read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    ByteArrayOutputStream filtered = new ByteArrayOutputStream();
    int width = 0;
    int height = 0;
    int bytesPerPixel = 0;
    try (InflaterOutputStream inflater = new InflaterOutputStream(filtered)) {
      for (int at = SIGNATURE; at < bytes.limit(); at += AROUND_DATA + bytes.getInt(at)) {
        int start = at + 2 * Integer.BYTES;
        if (bytes.getInt(at + Integer.BYTES) == HEADER) {
          width = bytes.getInt(start);
          height = bytes.getInt(start + Integer.BYTES);
          // Depth, colour type (2: RGB, 6: with alpha), and how it is interlaced.
          bytesPerPixel = bytes.get(start + 9) == 6 ? 4 : 3;
          if (bytes.get(start + 8) != 8
              || bytes.get(start + 9) % 4 != 2
              || bytes.get(start + 12) != 0) {
            throw new IOException("another kind of PNG: " + file);
          }
        } else if (bytes.getInt(at + Integer.BYTES) == DATA) {
          inflater.write(bytes.array(), start, bytes.getInt(at));
        }
      }
    }
    return new Png(width, height, bytesPerPixel, filtered.toByteArray());
  }

  private void unfilter(byte[] filtered, int y) {
    int from = y * (lineLength + 1);
    int to = y * lineLength;
    for (int i = 0; i < lineLength; i++) {
      int left = i < bytesPerPixel ? 0 : lines[to + i - bytesPerPixel] & 0xff;
      int above = y == 0 ? 0 : lines[to + i - lineLength] & 0xff;
      int corner =
          y == 0 || i < bytesPerPixel ? 0 : lines[to + i - lineLength - bytesPerPixel] & 0xff;
      int predicted =
          switch (filtered[from]) {
            case 0 -> 0;
            case 1 -> left;
            case 2 -> above;
            case 3 -> (left + above) / 2;
            case 4 -> paeth(left, above, corner);
            default -> throw new IllegalStateException("filter " + filtered[from]);
          };
      lines[to + i] = (byte) (filtered[from + 1 + i] + predicted);
    }
  }

  private static int paeth(int left, int above, int corner) {
    int guess = left + above - corner;
    int toLeft = Math.abs(guess - left);
    int toAbove = Math.abs(guess - above);
    int toCorner = Math.abs(guess - corner);
    if (toLeft <= toAbove && toLeft <= toCorner) {
      return left;
    }
    return toAbove <= toCorner ? above : corner;
  }

  /** The colour of a pixel, as 0xRRGGBB. */
  public int rgb(int x, int y) {
    int at = y * lineLength + x * bytesPerPixel;
    return (lines[at] & 0xff) << 16 | (lines[at + 1] & 0xff) << 8 | (lines[at + 2] & 0xff);
  }
}
