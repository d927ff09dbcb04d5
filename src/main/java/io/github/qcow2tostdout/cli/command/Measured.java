package io.github.qcow2tostdout.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.report.HumanSize;
import io.github.qcow2tostdout.report.JsonLayout;
import io.github.qcow2tostdout.report.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * What is known of a stream before it is written.
 *
 * @param required bytes of it
 * @param fullyAllocated bytes of it if all of the disk held data
 * @param digests that were asked for
 */
record Measured(long required, long fullyAllocated, List<DigestTaking.Taken> digests) {
  /**
   * The report; digests that go elsewhere are not in it.
   *
   * @param forPerson whether nobody but a person reads it, who is told sizes in units too: a script
   *     takes the rest of the line for the number
   */
  String report(boolean json, boolean bytesOnly, boolean forPerson) throws IOException {
    if (bytesOnly) {
      return required + "\n";
    }
    return json ? json() : text(forPerson);
  }

  private List<DigestTaking.Taken> shown(boolean ofContent) {
    return digests.stream()
        .filter(it -> it.request().target().isEmpty() && it.ofContent() == ofContent)
        .toList();
  }

  private static String size(long bytes, boolean forPerson) {
    return bytes + (forPerson ? " (" + HumanSize.of(bytes) + ")" : "") + "\n";
  }

  private String text(boolean forPerson) {
    StringBuilder text =
        new StringBuilder("required size: " + size(required, forPerson))
            .append("fully allocated size: " + size(fullyAllocated, forPerson));
    for (DigestTaking.Taken digest : shown(false)) {
      text.append(word(digest)).append(": ").append(digest.value().hex()).append('\n');
    }
    for (DigestTaking.Taken digest : shown(true)) {
      text.append("content ").append(word(digest)).append(": ");
      text.append(digest.value().hex()).append('\n');
    }
    return text.toString();
  }

  /** The keys and the layout are those of qemu-img measure, as far as it has them. */
  private String json() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    JsonWriter json = new JsonWriter(text, JsonLayout.LINES);
    json.beginObject();
    json.number("required", required);
    json.number("fully-allocated", fullyAllocated);
    write(json, "digests", shown(false));
    write(json, "content-digests", shown(true));
    json.endObject();
    json.end();
    return text.toString(UTF_8);
  }

  private static void write(JsonWriter json, String name, List<DigestTaking.Taken> digests) {
    if (!digests.isEmpty()) {
      json.beginObject(name);
      for (DigestTaking.Taken digest : digests) {
        json.text(word(digest), digest.value().hex());
      }
      json.endObject();
    }
  }

  private static String word(DigestTaking.Taken digest) {
    return digest.value().algorithm().word();
  }
}
