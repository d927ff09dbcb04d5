package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.plan.ClusterLengths;
import io.github.qcow2tostdout.source.SpoolFile;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The lengths of very many clusters, in a temporary file without a name that is made when the first
 * of them come.
 */
public final class LengthStore implements ClusterLengths.Store, Closeable {
  private final Path directory;
  private Optional<SpoolFile> file = Optional.empty();
  private long size;

  /** Nothing is made yet. */
  public LengthStore(Path directory) {
    this.directory = directory;
  }

  @Override
  public void append(ByteBuffer chunk) throws IOException {
    if (file.isEmpty()) {
      file = Optional.of(SpoolFile.in(directory));
    }
    try {
      while (chunk.hasRemaining()) {
        size += file.get().channel().write(chunk, size);
      }
    } catch (IOException e) {
      throw SpoolFile.refused(
          directory, "the lengths of the clusters don't fit here: " + e.getMessage(), e);
    }
  }

  @Override
  public void read(long chunk, ByteBuffer to) throws IOException {
    long offset = chunk * to.remaining();
    while (to.hasRemaining()) {
      if (file.orElseThrow().channel().read(to, offset + to.position()) < 0) {
        throw new EOFException("the temporary file of lengths has ended");
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (file.isPresent()) {
      file.get().close();
    }
  }
}
