package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.codec.DigestValue;
import io.github.qcow2tostdout.codec.OrderedDigests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileSystemException;
import java.util.List;

/** A stream whose bytes are expected to have some digests. */
final class Expectations implements ReadableByteChannel {
  private static final int PART = 256 << 10;

  private final String name;
  private final ReadableByteChannel in;
  private final List<DigestValue> expected;
  private final OrderedDigests digests;

  Expectations(String name, ReadableByteChannel in, List<DigestValue> expected) {
    this.name = name;
    this.in = in;
    this.expected = expected;
    digests = new OrderedDigests(expected.stream().map(DigestValue::algorithm).toList());
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    int from = to.position();
    int count = in.read(to);
    if (count > 0) {
      digests.update(to.duplicate().position(from).limit(from + count));
    }
    return count;
  }

  /** Reads the rest, of which nothing else is wanted. */
  void readToItsEnd() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(PART);
    while (read(buffer.clear()) >= 0) {
      // To the end.
    }
  }

  /**
   * All has come: throws unless it is what was expected.
   *
   * @throws FileSystemException if it is not; the reason is for the user
   */
  void verify() throws FileSystemException {
    compare(name, "its", expected, digests.finish());
  }

  /** Throws unless digests have the values that they are expected to have. */
  static void compare(
      String name, String whose, List<DigestValue> expected, List<DigestValue> found)
      throws FileSystemException {
    for (int i = 0; i < expected.size(); i++) {
      if (!expected.get(i).equals(found.get(i))) {
        throw new FileSystemException(
            name,
            null,
            whose
                + " digest is "
                + found.get(i)
                + ", and "
                + expected.get(i)
                + " was expected; it is another image, or was changed on its way");
      }
    }
  }

  @Override
  public boolean isOpen() {
    return in.isOpen();
  }

  @Override
  public void close() {
    digests.close();
  }
}
