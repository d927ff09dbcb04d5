package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.Optional;

/** Options and whole images for tests. */
public final class Images {
  private Images() {}

  /** Version 3, data inside. */
  public static ImageOptions options(int clusterBits, int refcountOrder) {
    return new ImageOptions(new Geometry(clusterBits, refcountOrder), 3, false, Optional.empty());
  }

  /** Version 3, data in an external file. */
  public static ImageOptions external(
      int clusterBits, int refcountOrder, String name, boolean raw) {
    return new ImageOptions(
        new Geometry(clusterBits, refcountOrder),
        3,
        false,
        Optional.of(new ImageOptions.DataFile(name, raw)));
  }

  /** Version 3, data inside, extended L2 entries. */
  public static ImageOptions extended(int clusterBits, int refcountOrder) {
    return new ImageOptions(
        new Geometry(clusterBits, refcountOrder, true), 3, false, Optional.empty());
  }

  /** What a model is a model of. */
  public static ImageOptions options(ModelImage model) {
    return new ImageOptions(
        new Geometry(model.clusterBits, model.refcountOrder, model.extended),
        model.version,
        model.lazy,
        model.dataFile.isEmpty()
            ? Optional.empty()
            : Optional.of(new ImageOptions.DataFile(model.dataFile, model.raw)),
        model.backingName.isEmpty()
            ? Optional.empty()
            : Optional.of(new ImageOptions.BackingFile(model.backingName, model.backingFormat)));
  }

  /** A comparison with a base. */
  static ScanOptions compareWith(Source base) {
    return new ScanOptions(false, false, Optional.of(base));
  }

  /** Zeroes in extents are kept. */
  public static ScanOptions keepZeroes() {
    return new ScanOptions(false, true, Optional.empty());
  }

  public static byte[] image(Source source, ImageOptions options) throws IOException {
    return image(source, options, ScanOptions.TEST_ALL);
  }

  public static byte[] image(Source source, ImageOptions options, ScanOptions scan)
      throws IOException {
    Conversion conversion = Conversion.prepare(source, options, scan, Progress.NONE);
    return range(conversion, 0, conversion.plan().imageSize());
  }

  static byte[] range(Conversion conversion, long from, long to) throws IOException {
    BytesChannel channel = new BytesChannel();
    conversion.write(new SequentialOutput(channel, from, to, Progress.NONE));
    return channel.bytes();
  }
}
