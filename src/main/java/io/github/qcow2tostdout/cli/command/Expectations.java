package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.output.DigestRequest;
import io.github.qcow2tostdout.codec.DigestAlgorithm;
import io.github.qcow2tostdout.codec.DigestValue;
import io.github.qcow2tostdout.codec.OrderedDigests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;

/** A stream whose bytes are expected to have some digests, or of which these are wanted. */
final class Expectations implements ReadableByteChannel {
  private static final int PART = 256 << 10;

  private final String name;
  private final ReadableByteChannel in;
  private final List<DigestValue> expected;
  private final OrderedDigests digests;

  Expectations(
      String name, ReadableByteChannel in, List<DigestValue> expected, List<DigestRequest> wanted) {
    this.name = name;
    this.in = in;
    this.expected = expected;
    digests = new OrderedDigests(algorithms(expected, wanted));
  }

  /** The algorithms of what is expected, and behind them those of what is wanted. */
  static List<DigestAlgorithm> algorithms(List<DigestValue> expected, List<DigestRequest> wanted) {
    List<DigestAlgorithm> all = new ArrayList<>();
    expected.forEach(it -> all.add(it.algorithm()));
    wanted.forEach(it -> all.add(it.algorithm()));
    return all;
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
   * @return the digests that are wanted
   * @throws FileSystemException if it is not; the reason is for the user
   */
  List<DigestValue> verify() throws FileSystemException {
    return compare(name, "its", expected, digests.finish());
  }

  /** Throws unless the first digests have the values that they are expected to have. */
  static List<DigestValue> compare(
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
    return found.subList(expected.size(), found.size());
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
