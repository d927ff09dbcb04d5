package io.github.qcow2tostdout.saved;

import io.github.qcow2tostdout.codec.Encoding;
import io.github.qcow2tostdout.format.CompressionType;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.plan.ImageOptions;
import java.io.IOException;
import java.util.Optional;

/**
 * What image is asked for, in a plan.
 *
 * <pre>
 * 0 1  log2 of the cluster size     6 1  level of compression
 * 1 1  log2 of the refcount bits    7 1  whether the window of deflate is 4 KiB
 * 2 1  version                      8 .  texts: the data file's name, the backing file's name and
 * 3 1  extended L2 entries 1,            format, the encoder's identity; empty if there is none
 *      lazy refcounts 2, compared 4   4  checksum
 * 4 1  data file: 0, 1, raw 2
 * 5 1  compression: 0, zlib 1, zstd 2
 * </pre>
 *
 * @param compared whether the image holds what differs from another disk
 * @param encoder how clusters are compressed, if they are
 */
record SavedOptions(ImageOptions image, boolean compared, Optional<SavedEncoder> encoder) {
  private static final int EXTENDED = 1;
  private static final int LAZY = 2;
  private static final int COMPARED = 4;

  private static final int DATA_FILE = 1;
  private static final int RAW_DATA_FILE = 2;

  private static final int ZLIB = 1;
  private static final int ZSTD = 2;

  void write(PlanOutput out) throws IOException {
    Geometry geometry = image.geometry();
    out.u8(geometry.clusterBits());
    out.u8(geometry.refcountOrder());
    out.u8(image.version());
    out.u8(
        (geometry.extendedL2() ? EXTENDED : 0)
            | (image.lazyRefcounts() ? LAZY : 0)
            | (compared ? COMPARED : 0));
    out.u8(image.rawDataFile() ? RAW_DATA_FILE : image.dataFile().isPresent() ? DATA_FILE : 0);
    Optional<Encoding> encoding = encoder.map(SavedEncoder::encoding);
    out.u8(encoding.isEmpty() ? 0 : encoding.get().zstd() ? ZSTD : ZLIB);
    out.u8(encoding.map(Encoding::level).orElse(0));
    out.u8(encoding.filter(Encoding::smallWindow).isPresent() ? 1 : 0);
    out.text(image.dataFile().map(ImageOptions.DataFile::name).orElse(""));
    out.text(image.backing().map(ImageOptions.BackingFile::name).orElse(""));
    out.text(image.backing().map(ImageOptions.BackingFile::format).orElse(""));
    out.text(encoder.map(SavedEncoder::identity).orElse(""));
    out.checksum();
  }

  static SavedOptions read(PlanInput in) throws IOException {
    int clusterBits = in.u8();
    int refcountOrder = in.u8();
    int version = in.u8();
    int flags = in.u8();
    int dataFile = in.u8();
    int compression = in.u8();
    int level = in.u8();
    int window = in.u8();
    String dataFileName = in.text();
    String backingName = in.text();
    String backingFormat = in.text();
    String identity = in.text();
    in.checksum();
    if ((flags & ~(EXTENDED | LAZY | COMPARED)) != 0
        || dataFile > RAW_DATA_FILE
        || compression > ZSTD
        || window > 1
        || dataFileName.isEmpty() == (dataFile != 0)
        || identity.isEmpty() == (compression != 0)) {
      throw in.damaged("its options have values that no plan has");
    }
    try {
      ImageOptions image =
          new ImageOptions(
              new Geometry(clusterBits, refcountOrder, (flags & EXTENDED) != 0),
              version,
              (flags & LAZY) != 0,
              dataFile == 0
                  ? Optional.empty()
                  : Optional.of(
                      new ImageOptions.DataFile(dataFileName, dataFile == RAW_DATA_FILE)),
              backingName.isEmpty()
                  ? Optional.empty()
                  : Optional.of(new ImageOptions.BackingFile(backingName, backingFormat)));
      if (compression == 0) {
        return new SavedOptions(image, (flags & COMPARED) != 0, Optional.empty());
      }
      boolean zstd = compression == ZSTD;
      return new SavedOptions(
          image.withCompression(zstd ? CompressionType.ZSTD : CompressionType.ZLIB),
          (flags & COMPARED) != 0,
          Optional.of(new SavedEncoder(new Encoding(zstd, level, window == 1), identity)));
    } catch (IllegalArgumentException e) {
      throw in.damaged("its options contradict each other: " + e.getMessage());
    }
  }
}
