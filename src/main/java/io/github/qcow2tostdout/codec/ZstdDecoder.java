package io.github.qcow2tostdout.codec;

/**
 * Decodes zstd data to a cluster, and takes what QEMU takes: several frames, frames to be skipped,
 * and anything behind the frame that fills the cluster. No number in the data makes it allocate
 * anything: it has the cluster, one block of literals, and tables of a few KiB.
 *
 * <p>A decoder of our own, because those on Maven Central are native code or read and write memory
 * by {@code Unsafe}, and hostile data is what this one is for.
 *
 * <p>Source: RFC 8878, "Frames" and "Blocks".
 */
final class ZstdDecoder {
  /** The most that a block decodes to. */
  static final int MAX_BLOCK = 128 << 10;

  private static final int MAGIC = 0xfd2fb528;
  private static final int SKIPPABLE = 0x184d2a50;

  /** Where libzstd stops, unless it is told otherwise, if the frame does not say its size. */
  private static final long MAX_WINDOW = 1L << 27;

  private static final int RAW = 0;
  private static final int RLE = 1;
  private static final int COMPRESSED = 2;

  private static final long UNKNOWN = -1;

  private final ZstdOutput out;
  private final ZstdLiterals literals = new ZstdLiterals();
  private final ZstdSequences sequences = new ZstdSequences();

  /** Decodes to an array, of which every byte is wanted. */
  ZstdDecoder(byte[] cluster) {
    out = new ZstdOutput(cluster);
  }

  /** How much the last call decoded. */
  int produced() {
    return out.size();
  }

  /**
   * Decodes.
   *
   * @throws DamagedDataException if it is not a cluster that is in the data
   */
  void decode(ZstdInput input) throws DamagedDataException {
    out.clear();
    while (!out.isFull()) {
      if (input.remaining() == 0) {
        throw new DamagedDataException("zstd data of " + out.size() + " bytes");
      }
      int magic = (int) input.number(4);
      if ((magic & -16) == SKIPPABLE) {
        input.skip(input.number(4));
      } else if (magic == MAGIC) {
        frame(input);
      } else {
        throw new DamagedDataException(
            String.format("no zstd frame but %08x", Integer.reverseBytes(magic)));
      }
    }
  }

  /**
   * Whether the first block of data has a byte that is not zero among its first literals, all of
   * which come out of it.
   *
   * @param count how many are looked at
   */
  static boolean beginsWithData(ZstdInput input, int count) throws DamagedDataException {
    if ((int) input.number(4) != MAGIC) {
      return false;
    }
    FrameHeader.read(input);
    int header = (int) input.number(3);
    int size = header >>> 3;
    return switch (header >>> 1 & 3) {
      case RAW -> input.hasData(Math.min(size, count));
      case RLE -> input.hasData(Math.min(size, 1));
      case COMPRESSED -> ZstdLiterals.beginWithData(input.take(size), count);
      default -> false;
    };
  }

  /**
   * What stands in front of the blocks.
   *
   * @param window bytes that a block may look back; those of all, if it is said how many they are
   * @param content bytes of all, or {@link #UNKNOWN}
   */
  private record FrameHeader(long window, long content, boolean checksum) {
    static FrameHeader read(ZstdInput input) throws DamagedDataException {
      int descriptor = input.number8();
      boolean single = (descriptor & 0x20) != 0;
      if ((descriptor & 8) != 0) {
        throw new DamagedDataException("a zstd frame header with a reserved bit");
      }
      long window = single ? 0 : windowSize(input.number8());
      if (input.number((1 << (descriptor & 3)) >>> 1) != 0) {
        throw new DamagedDataException("zstd data that wants a dictionary");
      }
      long content = contentSize(input, descriptor >>> 6, single);
      if (!single && content == UNKNOWN && window > MAX_WINDOW) {
        throw new DamagedDataException("a zstd window of " + window + " bytes");
      }
      return new FrameHeader(single ? content : window, content, (descriptor & 4) != 0);
    }
  }

  private void frame(ZstdInput input) throws DamagedDataException {
    FrameHeader header = FrameHeader.read(input);
    long content = header.content();
    out.startFrame();
    literals.reset();
    sequences.reset();
    blocks(input, Math.clamp(header.window(), 0, MAX_BLOCK));
    if (content != UNKNOWN && content != out.frameSize()) {
      throw new DamagedDataException(
          "a zstd frame of "
              + out.frameSize()
              + " bytes that says that it is of "
              + Long.toUnsignedString(content));
    }
    if (header.checksum() && (int) input.number(4) != (int) out.frameHash()) {
      throw new DamagedDataException("zstd data with a wrong checksum");
    }
  }

  private static long windowSize(int descriptor) {
    long base = 1L << (10 + (descriptor >>> 3));
    return base + base / 8 * (descriptor & 7);
  }

  private static long contentSize(ZstdInput input, int flag, boolean single)
      throws DamagedDataException {
    return switch (flag) {
      case 0 -> single ? input.number8() : UNKNOWN;
      case 1 -> input.number(2) + 256;
      case 2 -> input.number(4);
      default -> input.number64();
    };
  }

  private void blocks(ZstdInput input, int maxBlock) throws DamagedDataException {
    boolean last = false;
    while (!last) {
      int header = (int) input.number(3);
      last = (header & 1) != 0;
      int size = header >>> 3;
      if (size > maxBlock) {
        throw new DamagedDataException("a zstd block of " + size + " bytes");
      }
      switch (header >>> 1 & 3) {
        case RAW -> {
          int from = input.at();
          input.skip(size);
          out.append(input.bytes(), from, size);
        }
        case RLE -> out.fill((byte) input.number8(), size);
        case COMPRESSED -> compressed(input.take(size), maxBlock);
        default -> throw new DamagedDataException("a zstd block of a reserved type");
      }
    }
  }

  private void compressed(ZstdInput block, int maxBlock) throws DamagedDataException {
    int before = out.size();
    literals.read(block);
    sequences.run(block, literals, out);
    if (out.size() - before > maxBlock) {
      throw new DamagedDataException("a zstd block that decodes to more than it may");
    }
  }
}
