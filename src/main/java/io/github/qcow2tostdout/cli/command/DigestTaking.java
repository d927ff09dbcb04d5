package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.output.DigestRequest;
import io.github.qcow2tostdout.cli.output.OutputOptions;
import io.github.qcow2tostdout.codec.DigestAlgorithm;
import io.github.qcow2tostdout.codec.DigestValue;
import io.github.qcow2tostdout.codec.OrderedDigests;
import io.github.qcow2tostdout.convert.ContentDigest;
import io.github.qcow2tostdout.convert.Conversion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The digests that are asked for, while they are taken.
 *
 * @param arguments that ask
 * @param stream of what is written
 * @param content of the guest's bytes
 */
record DigestTaking(
    OutputOptions arguments, Optional<OrderedDigests> stream, Optional<ContentDigest> content)
    implements AutoCloseable {
  /**
   * A digest that is known.
   *
   * @param request that it answers
   * @param ofContent whether it is one of the guest's bytes
   */
  record Taken(DigestRequest request, boolean ofContent, DigestValue value) {
    /**
     * The line that sha256sum would print: of standard output, or of the disk.
     *
     * @param input the disk, as the user gave it
     */
    String line(String input) {
      return value.line(ofContent ? input : "-");
    }
  }

  /** Begins those that are asked for. */
  static DigestTaking begin(OutputOptions arguments, Conversion conversion) throws IOException {
    List<DigestAlgorithm> ofStream = algorithms(arguments.digests());
    List<DigestAlgorithm> ofContent = algorithms(arguments.contentDigests());
    return new DigestTaking(
        arguments,
        ofStream.isEmpty() ? Optional.empty() : Optional.of(new OrderedDigests(ofStream)),
        ofContent.isEmpty() ? Optional.empty() : Optional.of(conversion.contentDigest(ofContent)));
  }

  private static List<DigestAlgorithm> algorithms(List<DigestRequest> requests) {
    List<DigestAlgorithm> algorithms = new ArrayList<>();
    for (DigestRequest request : requests) {
      algorithms.add(request.algorithm());
    }
    return algorithms;
  }

  /** What came of them, when all is written. */
  List<Taken> taken() {
    List<Taken> all = new ArrayList<>();
    if (stream.isPresent()) {
      add(all, arguments.digests(), stream.get().finish(), false);
    }
    if (content.isPresent()) {
      add(all, arguments.contentDigests(), content.get().values(), true);
    }
    return all;
  }

  private static void add(
      List<Taken> all, List<DigestRequest> requests, List<DigestValue> values, boolean ofContent) {
    for (int i = 0; i < requests.size(); i++) {
      all.add(new Taken(requests.get(i), ofContent, values.get(i)));
    }
  }

  @Override
  public void close() {
    if (stream.isPresent()) {
      stream.get().close();
    }
    if (content.isPresent()) {
      content.get().close();
    }
  }
}
