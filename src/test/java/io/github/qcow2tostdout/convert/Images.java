package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.util.Optional;

/** Options and whole images for tests. */
final class Images {
  private Images() {}

  /** Version 3, data inside. */
  static ImageOptions options(int clusterBits, int refcountOrder) {
    return new ImageOptions(new Geometry(clusterBits, refcountOrder), 3, false, Optional.empty());
  }

  /** Version 3, data in an external file. */
  static ImageOptions external(int clusterBits, int refcountOrder, String name, boolean raw) {
    return new ImageOptions(
        new Geometry(clusterBits, refcountOrder),
        3,
        false,
        Optional.of(new ImageOptions.DataFile(name, raw)));
  }

  static byte[] image(Source source, ImageOptions options) throws IOException {
    Conversion conversion =
        Conversion.prepare(source, options, ScanOptions.TEST_ALL, Progress.NONE);
    return range(conversion, 0, conversion.plan().imageSize());
  }

  static byte[] range(Conversion conversion, long from, long to) throws IOException {
    BytesChannel channel = new BytesChannel();
    conversion.write(new SequentialOutput(channel, from, to, Progress.NONE));
    return channel.bytes();
  }
}
