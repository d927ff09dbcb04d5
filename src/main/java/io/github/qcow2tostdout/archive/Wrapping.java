package io.github.qcow2tostdout.archive;

import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.convert.Frame;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;

/** What the stream is: an image, or something that holds one. */
public sealed interface Wrapping permits Plain, TarMember, ContainerDisk {
  /** Bytes of the stream with an image of a size. */
  long streamSize(long imageSize);

  /** Whether the image is rendered once more to know what is around it. */
  default boolean rendersTwice() {
    return false;
  }

  /**
   * What is around the image.
   *
   * @param progress of what has to be done to know it
   * @throws IOException if that can't be done
   */
  Frame frame(Conversion conversion, Progress progress) throws IOException;
}
