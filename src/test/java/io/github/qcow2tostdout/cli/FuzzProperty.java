package io.github.qcow2tostdout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.report.DumpSchema;
import io.github.qcow2tostdout.source.OpenDescriptor;
import io.github.qcow2tostdout.testing.DripChannel;
import io.github.qcow2tostdout.testing.ProcessorTime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is true of {@code dump} and {@code check} whatever the image is: they end within seconds,
 * with a report or with a refusal in a line or two and an exit code that is documented; what is
 * JSON is one document; text and JSON agree; and an image that flows by gets the answers of the
 * file, or is refused.
 */
final class FuzzProperty {
  /** Long enough for code that is slowed down by instrumentation. */
  private static final long MAX_SECONDS = 15;

  /** Of a report that a second may be taken for beyond that. */
  private static final long BYTES_A_SECOND = 20_000_000;

  private static final int MAX_ERROR_LINES = 11;

  private static final Set<Integer> CHECK_CODES = Set.of(0, 1, 2, 3, 63);
  private static final Set<Integer> DUMP_CODES = Set.of(0, 1);

  private final Path image;

  /** Whether documents are held to their schemas too, which takes long. */
  private final boolean schemas;

  private record Run(int code, FuzzSink out, String err) {}

  private FuzzProperty(Path image, boolean schemas) {
    this.image = image;
    this.schemas = schemas;
  }

  /** Fails if it is not true of an image. */
  static void hold(Path image, boolean schemas) throws IOException {
    FuzzProperty property = new FuzzProperty(image, schemas);
    property.check();
    property.stream();
    property.dump();
  }

  private Run run(FuzzSink out, String... options) {
    return run(new DripChannel(new byte[0], 0), image.toString(), out, options);
  }

  private static Run run(FileChannel in, String name, FuzzSink out, String... options) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] arguments = List.of(options).toArray(new String[options.length + 2]);
    // Who holds images is not asked: it takes as long as the rest.
    arguments[options.length] = "-U";
    arguments[options.length + 1] = name;
    // What has no path is taken for a pipe.
    OpenDescriptor pipe = new OpenDescriptor("standard input", Path.of("/nowhere"), in);
    StandardStreams streams =
        new StandardStreams(pipe, out, new PrintStream(err, true, UTF_8), false, false, false);
    Duration start = ProcessorTime.now();
    int code = new Application(streams).run(arguments);
    long seconds = ProcessorTime.now().minus(start).toSeconds();
    String errors = err.toString(UTF_8);
    long allowed = MAX_SECONDS + out.size() / BYTES_A_SECOND;
    assertTrue(seconds < allowed, () -> List.of(options) + " took " + seconds + " s");
    assertMessages(errors);
    return new Run(code, out, errors);
  }

  private static void assertMessages(String err) {
    for (String bug : List.of("internal error", "out of memory", "Exception", "\tat ")) {
      assertFalse(err.contains(bug), err);
    }
    assertTrue(err.isEmpty() || err.endsWith("\n"), err);
    assertTrue(err.lines().count() <= MAX_ERROR_LINES, err);
    err.lines().forEach(line -> assertTrue(line.startsWith("qcow2-to-stdout: "), err));
  }

  private void check() throws IOException {
    Run text = run(FuzzSink.ofText(), "check");
    Run json = run(FuzzSink.ofJson(), "check", "--output=json", "-M");
    Run deep = run(FuzzSink.ofJson(), "check", "--output=json", "--deep");
    Run strict = run(FuzzSink.ofText(), "check", "--strict", "--untrusted", "--deep", "-q");
    for (Run run : List.of(text, json, deep, strict)) {
      assertTrue(CHECK_CODES.contains(run.code()), run::toString);
    }
    assertEquals(text.code(), json.code(), "text and JSON");
    assertEquals(text.code(), deep.code(), "deep and not");
    assertEquals(text.err(), json.err());
    assertEquals(text.err(), strict.err());
    assertTrue(strict.code() == text.code() || strict.code() == 2, () -> strict + " " + text);
    boolean refused = text.out().isEmpty();
    assertEquals(refused, json.out().isEmpty());
    assertEquals(refused, !text.err().isEmpty(), text::toString);
    if (!refused) {
      json.out().assertOneDocument();
      deep.out().assertOneDocument();
      assertSameFigures(text.out().head(), json.out().head());
      assertEquals(figures(json.out().head()), figures(deep.out().head()));
      if (schemas && json.out().isWhole()) {
        CheckSchema.check(json.out().head());
        CheckSchema.check(deep.out().head());
      }
    }
  }

  private void stream() throws IOException {
    // The text does not say what the image is called.
    String[] options = {"check", "--strict", "--untrusted", "--deep"};
    Run stream;
    try (FileChannel in = FileChannel.open(image)) {
      stream = run(in, "-", FuzzSink.ofText(), options);
    }
    if (stream.err().contains("not a streamable layout")) {
      assertEquals(63, stream.code());
      assertTrue(stream.out().isEmpty());
      return;
    }
    Run file = run(FuzzSink.ofText(), options);
    assertEquals(file.code(), stream.code(), () -> file + " " + stream);
    assertEquals(file.out().size(), stream.out().size());
    assertEquals(file.out().head(), stream.out().head());
    assertEquals(file.err().isEmpty(), stream.err().isEmpty(), () -> file + " " + stream);
  }

  private static String figures(String json) {
    int end = json.indexOf("\"findings\"");
    int viscera = json.indexOf("\"viscera\"");
    String head = json.substring(0, viscera >= 0 ? viscera : end < 0 ? json.length() : end);
    return head.stripTrailing();
  }

  private static void assertSameFigures(String text, String json) {
    for (List<String> pair :
        List.of(
            List.of(" errors were found on the image.", "corruptions"),
            List.of(" leaked clusters were found on the image.", "leaks"),
            List.of(" internal errors have occurred during the check.", "check-errors"))) {
      assertEquals(
          number(text, "(?m)^(\\d+)" + Pattern.quote(pair.getFirst())),
          number(figures(json), "\"" + pair.getLast() + "\": (\\d+)"),
          pair.getLast());
    }
    assertEquals(
        number(text, "(?m)^Image end offset: (\\d+)$"),
        number(figures(json), "\"image-end-offset\": (\\d+)"));
  }

  private static String number(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    return matcher.find() ? matcher.group(1) : "0";
  }

  private void dump() throws IOException {
    Run text = run(FuzzSink.ofText(), "dump");
    Run json = run(FuzzSink.ofJson(), "dump", "-j");
    assertTrue(DUMP_CODES.contains(text.code()), text::toString);
    assertEquals(text.code(), json.code());
    assertEquals(text.err(), json.err());
    assertEquals(text.out().isEmpty(), json.out().isEmpty());
    assertEquals(text.code() == 0, text.err().isEmpty(), text::toString);
    if (!text.out().isEmpty()) {
      json.out().assertOneDocument();
      assertEquals(json.code() == 0, json.out().problems() == 0, json::err);
      if (schemas && json.out().isWhole()) {
        DumpSchema.check(json.out().head());
      }
    }
  }
}
