package io.github.qcow2tostdout.testing;

import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.Holes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Images on the disk, opened to look into. */
public final class ImageFiles {
  private ImageFiles() {}

  /** Opens one of which it is not known where it has holes. */
  public static BoundedFile open(Path path) throws IOException {
    return open(path, Holes.UNKNOWN);
  }

  /** Opens one. */
  @SuppressWarnings("resource") // It is closed with the image.
  public static BoundedFile open(Path path, Holes holes) throws IOException {
    return BoundedFile.of(path.toString(), FileChannel.open(path), holes);
  }
}
