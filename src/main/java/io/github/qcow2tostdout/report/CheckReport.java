package io.github.qcow2tostdout.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.check.CheckResult;
import io.github.qcow2tostdout.check.Finding;
import io.github.qcow2tostdout.check.FindingKind;
import io.github.qcow2tostdout.check.PolicyVerdict;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.image.OpenedImage;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The result of a check, with the words and the keys of {@code qemu-img check}. */
public final class CheckReport {
  /** The format that is checked. */
  public static final String QCOW2 = "qcow2";

  private final String fileName;
  private final String format;
  private final CheckResult result;
  private final Optional<PolicyVerdict> policy;

  /**
   * A report.
   *
   * @param fileName as the user gave it
   * @param format of the image; of another one than {@link #QCOW2} there are findings only
   */
  public CheckReport(String fileName, String format, CheckResult result) {
    this(fileName, format, result, Optional.empty());
  }

  /**
   * As the other, with a verdict by other rules.
   *
   * @param policy the verdict
   */
  public CheckReport(
      String fileName, String format, CheckResult result, Optional<PolicyVerdict> policy) {
    this.fileName = fileName;
    this.format = format;
    this.result = result;
    this.policy = policy;
  }

  /**
   * Writes it as text.
   *
   * @param untrusted whether it was asked what the image might do to the host, so that it is to be
   *     said if that is nothing
   */
  public void writeText(WritableByteChannel channel, boolean untrusted) throws IOException {
    ReportOutput out = new ReportOutput(channel);
    StringBuilder text = new StringBuilder();
    if (format.equals(QCOW2)) {
      appendVerdict(text);
      appendStatistics(text);
    }
    if (untrusted && result.isHarmless()) {
      text.append("Nothing dangerous was found: the image names no other file, ")
          .append(format.equals(QCOW2) ? "hides nothing, " : "")
          .append("and its disk is not too large for it.\n");
    }
    out.write(text.toString().getBytes(UTF_8));
    Optional<FindingKind> last = Optional.empty();
    for (Finding finding : result.findings().kept()) {
      // What a kind means is said once.
      boolean first = !last.equals(Optional.of(finding.kind()));
      last = Optional.of(finding.kind());
      out.write(line(finding, first).getBytes(UTF_8));
    }
    for (FindingKind kind : result.findings().cut()) {
      out.write(
          String.format(
                  Locale.ROOT,
                  "%s %s: %d in all%n",
                  kind.severity().word(),
                  kind.id(),
                  result.findings().count(kind))
              .getBytes(UTF_8));
    }
    if (policy.isPresent()) {
      out.write(line(policy.get()).getBytes(UTF_8));
    }
    out.flush();
  }

  private static String line(PolicyVerdict verdict) {
    StringBuilder line = new StringBuilder("policy ").append(verdict.policy());
    line.append(verdict.accepts() ? ": accepted" : ": refused");
    String before = ": ";
    for (PolicyVerdict.Reason reason : verdict.reasons()) {
      line.append(before).append(reason.name()).append(" (").append(reason.text()).append(')');
      before = ", ";
    }
    return line.append('\n').toString();
  }

  private void appendVerdict(StringBuilder text) {
    long corruptions = result.corruptions();
    long leaks = result.leaks();
    long checkErrors = result.checkErrors();
    if (corruptions == 0 && leaks == 0 && checkErrors == 0) {
      text.append("No errors were found on the image.\n");
    }
    if (corruptions > 0) {
      text.append('\n')
          .append(corruptions)
          .append(" errors were found on the image.\n")
          .append("Data may be corrupted, or further writes to the image may corrupt it.\n");
    }
    if (leaks > 0) {
      text.append('\n')
          .append(leaks)
          .append(" leaked clusters were found on the image.\n")
          .append("This means waste of disk space, but no harm to data.\n");
    }
    if (checkErrors > 0) {
      text.append('\n')
          .append(checkErrors)
          .append(" internal errors have occurred during the check.\n");
    }
  }

  private void appendStatistics(StringBuilder text) {
    long total = result.totalClusters();
    long allocated = result.allocatedClusters();
    if (total != 0 && allocated != 0) {
      text.append(allocated)
          .append('/')
          .append(total)
          .append(" = ")
          .append(percent(allocated, total))
          .append("% allocated, ")
          .append(percent(result.fragmentedClusters(), allocated))
          .append("% fragmented, ")
          .append(percent(result.compressedClusters(), allocated))
          .append("% compressed clusters\n");
    }
    if (result.imageEndOffset() > 0) {
      text.append("Image end offset: ").append(result.imageEndOffset()).append('\n');
    }
  }

  /**
   * A share in percent with two digits, as C prints the number that qemu-img has: a half is rounded
   * to even digits. (BigDecimal can do that too; to load it takes a fifth of a small image's
   * check.)
   */
  static String percent(long part, long whole) {
    double percent = part * 100.0 / whole;
    double hundredths = percent * 100;
    double error = Math.fma(percent, 100, -hundredths);
    double floor = Math.floor(hundredths);
    double rest = hundredths - floor;
    long rounded = (long) floor;
    if (rest > 0.5 || (rest == 0.5 && (error > 0 || (error == 0 && (rounded & 1) == 1)))) {
      rounded++;
    }
    long digits = rounded % 100;
    return rounded / 100 + (digits < 10 ? ".0" : ".") + digits;
  }

  private static String line(Finding finding, boolean explained) {
    return finding.kind().severity().word()
        + " "
        + finding.kind().id()
        + ": "
        + Printable.escaped(finding.structure())
        + (finding.offset().isPresent()
            ? " at byte " + Long.toUnsignedString(finding.offset().getAsLong())
            : "")
        + ": found "
        + Printable.escaped(finding.found())
        + ", expected "
        + Printable.escaped(finding.expected())
        + (explained ? ": " + finding.kind().meaning() + "; " + finding.kind().remedy() : "")
        + "\n";
  }

  /**
   * Writes it as JSON; keys of which the number is 0 are left out, as qemu-img does.
   *
   * @param metadata the image, if where its metadata lies is to be in it
   */
  public void writeJson(WritableByteChannel channel, Optional<OpenedImage> metadata)
      throws IOException {
    JsonWriter json = new JsonWriter(new ReportOutput(channel), JsonLayout.LINES);
    json.beginObject();
    json.number("image-end-offset", result.imageEndOffset());
    positive(json, "compressed-clusters", result.compressedClusters());
    positive(json, "total-clusters", result.totalClusters());
    positive(json, "corruptions", result.corruptions());
    json.number("check-errors", result.checkErrors());
    positive(json, "leaks", result.leaks());
    positive(json, "allocated-clusters", result.allocatedClusters());
    json.text("filename", fileName);
    json.text("format", format);
    positive(json, "fragmented-clusters", result.fragmentedClusters());
    if (metadata.isPresent()) {
      new VisceraSection(metadata.get(), json).write();
    }
    writeFindings(json);
    if (policy.isPresent()) {
      writePolicy(json, policy.get());
    }
    json.endObject();
    json.end();
  }

  private static void writePolicy(JsonWriter json, PolicyVerdict verdict) throws IOException {
    json.beginObject("policy");
    json.text("name", verdict.policy());
    json.truth("accepted", verdict.accepts());
    json.beginArray("reasons");
    for (PolicyVerdict.Reason reason : verdict.reasons()) {
      json.beginObject();
      json.text("name", reason.name());
      json.text("text", reason.text());
      json.endObject();
    }
    json.endArray();
    json.endObject();
  }

  private static void positive(JsonWriter json, String name, long value) throws IOException {
    if (value != 0) {
      json.number(name, value);
    }
  }

  private void writeFindings(JsonWriter json) throws IOException {
    List<Finding> findings = result.findings().kept();
    json.beginArray("findings");
    for (Finding finding : findings) {
      json.beginObject();
      json.text("id", finding.kind().id());
      json.text("severity", finding.kind().severity().word());
      json.text("counts-as", finding.kind().verdict().word());
      json.text("structure", finding.structure());
      if (finding.offset().isPresent()) {
        json.number("offset", finding.offset().getAsLong());
      }
      json.text("found", finding.found());
      json.text("expected", finding.expected());
      json.text("meaning", finding.kind().meaning());
      json.text("remedy", finding.kind().remedy());
      json.endObject();
    }
    json.endArray();
    List<FindingKind> cut = result.findings().cut();
    if (!cut.isEmpty()) {
      json.beginObject("findings-in-all");
      for (FindingKind kind : cut) {
        json.number(kind.id(), result.findings().count(kind));
      }
      json.endObject();
    }
  }
}
