package io.github.qcow2tostdout.codec;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Digests of several algorithms over the same bytes, which come one after the other. What is not
 * {@linkplain DigestAlgorithm#isQuick quick} is done by a thread of its own for each algorithm.
 */
public final class OrderedDigests implements AutoCloseable {
  private final List<DigestAlgorithm> algorithms;
  private final List<Digest> here = new ArrayList<>();
  private final DigestThreads elsewhere;

  /** Of no bytes yet; the values come in the order of the algorithms. */
  public OrderedDigests(List<DigestAlgorithm> algorithms) {
    this.algorithms = List.copyOf(algorithms);
    List<Digest> slow = new ArrayList<>();
    for (DigestAlgorithm algorithm : this.algorithms) {
      (algorithm.isQuick() ? here : slow).add(algorithm.digest());
    }
    elsewhere = new DigestThreads(slow);
  }

  /** Takes the rest of a buffer, which stays as it is, and may be used again at once. */
  public void update(ByteBuffer bytes) {
    for (Digest digest : here) {
      digest.update(bytes.duplicate());
    }
    elsewhere.update(bytes.duplicate());
  }

  /** Takes so many bytes that are zero. */
  public void zeroes(long count) {
    for (Digest digest : here) {
      digest.zeroes(count);
    }
    elsewhere.zeroes(count);
  }

  /** The values of all that was taken; nothing may be taken any more. */
  public List<DigestValue> finish() {
    Iterator<String> slow = elsewhere.finish().iterator();
    Iterator<Digest> quick = here.iterator();
    List<DigestValue> values = new ArrayList<>();
    for (DigestAlgorithm algorithm : algorithms) {
      values.add(
          new DigestValue(algorithm, algorithm.isQuick() ? quick.next().hex() : slow.next()));
    }
    return values;
  }

  /** Ends the threads, if they are not done. */
  @Override
  public void close() {
    elsewhere.close();
  }
}
