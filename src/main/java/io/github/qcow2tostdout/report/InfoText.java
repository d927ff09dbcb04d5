package io.github.qcow2tostdout.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.check.CheckResult;
import io.github.qcow2tostdout.check.FindingKind;
import io.github.qcow2tostdout.check.Severity;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.luks.LuksDescription;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What is known of a disk or an image, on one screen. */
public final class InfoText {
  /** Where the values begin. */
  public static final int INDENT = 14;

  /** Of more kinds of findings than that only the number is said. */
  private static final int MAX_KINDS = 8;

  private final DiskInfo info;
  private final List<Strip> strips;
  private final StringBuilder text = new StringBuilder();

  /**
   * A screen.
   *
   * @param strips below the figures of the allocation
   */
  public InfoText(DiskInfo info, List<Strip> strips) {
    this.info = info;
    this.strips = List.copyOf(strips);
  }

  /**
   * A line of characters, each of which stands for a part of something.
   *
   * @param name of what
   * @param characters the line
   */
  public record Strip(String name, String characters) {}

  /** Writes it. */
  public void write(WritableByteChannel channel) throws IOException {
    line("file", Printable.escaped(info.fileName()));
    line("format", format());
    if (info.isDisk()) {
      line(
          "disk size", info.diskSize().isPresent() ? size(info.diskSize().getAsLong()) : "unknown");
    }
    String onDisk =
        info.onDisk().isPresent()
            ? ", " + HumanSize.of(info.onDisk().getAsLong()) + " on its own disk"
            : "";
    line("file size", HumanSize.withBytes(info.fileSize()) + onDisk);
    info.image()
        .ifPresent(image -> {
          QcowFeatures features = QcowFeatures.of(image);
          line("clusters", features.clusters());
          line("features", features.words());
        });
    if (info.encrypted()) {
      line("encrypted", info.luks().map(InfoText::encryption).orElse("yes"));
    }
    names();
    use();
    if (info.conversionSize().isPresent()) {
      line(
          "as qcow2",
          "at most "
              + HumanSize.withBytes(info.conversionSize().getAsLong())
              + "; 'measure' reads the disk and says it exactly");
    }
    info.check().ifPresent(this::findings);
    info.warnings().forEach(warning -> line("warning", Printable.escaped(warning)));
    ReportOutput out = new ReportOutput(channel);
    out.write(text.toString().getBytes(UTF_8));
    out.flush();
  }

  private String format() {
    return info.isDisk() ? info.format() : "compressed with " + info.format();
  }

  private static String encryption(LuksDescription luks) {
    List<Integer> active = luks.activeSlots();
    String slots =
        active.isEmpty()
            ? "no key slot in use"
            : (active.size() == 1 ? "key slot " : "key slots ")
                + active.stream().map(String::valueOf).collect(Collectors.joining(", "))
                + " of "
                + luks.slots().size()
                + " in use";
    return "LUKS, "
        + Printable.escaped(
            luks.cipher()
                + ", mode "
                + luks.mode()
                + ", IV "
                + luks.ivGenerator()
                + luks.ivHash().map(it -> ":" + it).orElse("")
                + ", hash "
                + luks.hash())
        + ", "
        + slots;
  }

  private void names() {
    for (DiskInfo.Name name : info.names()) {
      line(
          name.role(),
          Printable.escaped(name.name())
              + name.format().map(it -> " (" + Printable.escaped(it) + ")").orElse(""));
    }
    if (info.names().isEmpty() && info.isDisk() && !info.format().equals("raw")) {
      line("names", "no other file");
    }
  }

  private void use() {
    if (info.use().isEmpty()) {
      return;
    }
    DiskUse use = info.use().get();
    List<String> parts = new ArrayList<>();
    for (DiskUse.Kind kind : DiskUse.Kind.values()) {
      if (kind != DiskUse.Kind.NONE && use.bytes(kind) > 0) {
        parts.add(HumanSize.of(use.bytes(kind)) + " " + kind.word());
      }
    }
    parts.add(
        HumanSize.of(use.bytes(DiskUse.Kind.NONE))
            + (info.image().isPresent() ? " unallocated" : " holes"));
    line("allocation", String.join(", ", parts));
    for (Strip strip : strips) {
      line(strip.name(), strip.characters());
    }
  }

  private void findings(CheckResult check) {
    List<FindingKind> kinds = new ArrayList<>();
    long count = 0;
    for (FindingKind kind : FindingKind.values()) {
      if (check.findings().count(kind) > 0 && kind.severity() != Severity.INFO) {
        kinds.add(kind);
        count += check.findings().count(kind);
      }
    }
    line("findings", count == 0 ? "none" : count + ", see 'check'");
    for (FindingKind kind : kinds.subList(0, Math.min(MAX_KINDS, kinds.size()))) {
      line("", check.findings().count(kind) + " " + kind.id() + ": " + kind.meaning());
    }
    if (kinds.size() > MAX_KINDS) {
      line("", "and " + (kinds.size() - MAX_KINDS) + " other kinds");
    }
  }

  /** A size that need not fit a long; what does not is no disk's. */
  private static String size(long unsigned) {
    return unsigned < 0
        ? Long.toUnsignedString(unsigned) + " bytes"
        : HumanSize.withBytes(unsigned);
  }

  private void line(String key, String value) {
    text.append(key)
        .append(" ".repeat(Math.max(1, INDENT - key.length())))
        .append(value)
        .append('\n');
  }
}
