package io.github.qcow2tostdout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/** Takes a report of any size: keeps its head, and parses what is JSON as it comes. */
final class FuzzSink implements WritableByteChannel {
  /** The schemas take a minute for documents that are larger. */
  private static final int MAX_HEAD = 64 << 10;

  private final ByteArrayOutputStream head = new ByteArrayOutputStream();
  private final Optional<JsonParser> parser;
  private long size;
  private int documents;
  private int depth;
  private long problems;

  private FuzzSink(Optional<JsonParser> parser) {
    this.parser = parser;
  }

  /** For text. */
  static FuzzSink ofText() {
    return new FuzzSink(Optional.empty());
  }

  /** For JSON, of which every key may be there once in an object. */
  static FuzzSink ofJson() {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNumberLength(20).build())
            .build();
    try {
      return new FuzzSink(
          Optional.of(
              factory
                  .createNonBlockingByteArrayParser()
                  .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    byte[] part = new byte[bytes.remaining()];
    bytes.get(part);
    head.write(part, 0, Math.clamp(MAX_HEAD - head.size(), 0, part.length));
    size += part.length;
    if (parser.isPresent()) {
      feeder().feedInput(part, 0, part.length);
      parse();
    }
    return part.length;
  }

  private ByteArrayFeeder feeder() {
    return (ByteArrayFeeder) parser.orElseThrow().getNonBlockingInputFeeder();
  }

  private void parse() throws IOException {
    JsonParser json = parser.orElseThrow();
    for (JsonToken token = json.nextToken();
        token != null && token != JsonToken.NOT_AVAILABLE;
        token = json.nextToken()) {
      documents += depth == 0 ? 1 : 0;
      if (token == JsonToken.VALUE_NUMBER_INT && "problem_count".equals(json.currentName())) {
        problems = json.getLongValue();
      }
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    }
  }

  /** Fails if it is not one document, which has ended. */
  void assertOneDocument() throws IOException {
    feeder().endOfInput();
    parse();
    assertEquals(1, documents, "documents");
    assertEquals(0, depth, "unfinished");
  }

  /** What {@code problem_count} is in the document. */
  long problems() {
    return problems;
  }

  /** Bytes that came. */
  long size() {
    return size;
  }

  /** Whether nothing came. */
  boolean isEmpty() {
    return size == 0;
  }

  /** Whether {@link #head} is all. */
  boolean isWhole() {
    return size <= MAX_HEAD;
  }

  /** Its first bytes. */
  String head() {
    return head.toString(UTF_8);
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
