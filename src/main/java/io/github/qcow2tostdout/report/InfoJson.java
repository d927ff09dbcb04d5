package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.check.CheckResult;
import io.github.qcow2tostdout.check.FindingKind;
import io.github.qcow2tostdout.check.Severity;
import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.luks.LuksDescription;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.Locale;
import java.util.Optional;

/** What is known of a disk or an image, with the keys of {@code qemu-img info} and more. */
public final class InfoJson {
  private static final String BACKING = "backing file";
  private static final String DATA_FILE = "data file";

  private final DiskInfo info;

  public InfoJson(DiskInfo info) {
    this.info = info;
  }

  /** Writes it. */
  public void write(WritableByteChannel channel) throws IOException {
    JsonWriter json = new JsonWriter(new ReportOutput(channel), JsonLayout.LINES);
    Optional<QcowFeatures> features = info.image().map(QcowFeatures::of);
    json.beginObject();
    if (info.diskSize().isPresent() && info.diskSize().getAsLong() >= 0) {
      json.number("virtual-size", info.diskSize().getAsLong());
    }
    json.text("filename", info.fileName());
    if (features.isPresent()) {
      json.number("cluster-size", features.get().clusterSize());
    }
    json.text("format", info.format());
    if (info.onDisk().isPresent()) {
      json.number("actual-size", info.onDisk().getAsLong());
    }
    if (features.isPresent()) {
      specific(json, features.get());
    }
    Optional<DiskInfo.Name> backing = named(BACKING);
    if (backing.isPresent()) {
      json.text("backing-filename", backing.get().name());
      if (backing.get().format().isPresent()) {
        json.text("backing-filename-format", backing.get().format().get());
      }
    }
    if (features.isPresent() || info.format().equals("raw")) {
      json.truth("dirty-flag", features.map(it -> it.has(Feature.DIRTY)).orElse(false));
    }
    if (info.encrypted()) {
      json.truth("encrypted", true);
    }
    json.number("file-size", info.fileSize());
    ours(json, features);
    json.endObject();
    json.end();
  }

  private Optional<DiskInfo.Name> named(String role) {
    return info.names().stream().filter(name -> name.role().equals(role)).findFirst();
  }

  private void specific(JsonWriter json, QcowFeatures features) throws IOException {
    json.beginObject("format-specific");
    json.text("type", "qcow2");
    json.beginObject("data");
    json.text("compat", features.compat());
    json.text("compression-type", features.compression());
    if (features.version() == 3) {
      json.truth("lazy-refcounts", features.has(Feature.LAZY_REFCOUNTS));
    }
    json.number("refcount-bits", features.refcountBits());
    if (features.version() == 3) {
      json.truth("corrupt", features.has(Feature.CORRUPT));
      json.truth("extended-l2", features.has(Feature.EXTENDED_L2));
    }
    Optional<DiskInfo.Name> dataFile = named(DATA_FILE);
    if (dataFile.isPresent()) {
      json.text("data-file", dataFile.get().name());
      json.truth("data-file-raw", features.has(Feature.DATA_FILE_RAW));
    }
    if (features.encryption().isPresent()) {
      encryption(json, features.encryption().get());
    }
    json.endObject();
    json.endObject();
  }

  private void encryption(JsonWriter json, String format) throws IOException {
    json.beginObject("encrypt");
    if (info.luks().isEmpty()) {
      json.text("format", format);
      json.endObject();
      return;
    }
    LuksDescription luks = info.luks().get();
    json.text("ivgen-alg", luks.ivGenerator());
    json.text("hash-alg", luks.hash());
    json.text("cipher-alg", luks.cipher());
    json.text("uuid", luks.uuid());
    if (luks.ivHash().isPresent()) {
      json.text("ivgen-hash-alg", luks.ivHash().get());
    }
    json.text("format", format);
    json.text("cipher-mode", luks.mode());
    json.beginArray("slots");
    for (LuksDescription.Slot slot : luks.slots()) {
      json.beginObject();
      json.truth("active", slot.active());
      if (slot.active()) {
        json.number("iters", slot.iterations());
      }
      json.number("key-offset", slot.offset());
      if (slot.active()) {
        json.number("stripes", slot.stripes());
      }
      json.endObject();
    }
    json.endArray();
    json.number("payload-offset", luks.payloadOffset());
    json.number("master-key-iters", luks.iterations());
    json.endObject();
  }

  /** What qemu-img does not say. */
  private void ours(JsonWriter json, Optional<QcowFeatures> features) throws IOException {
    json.beginArray("names");
    for (DiskInfo.Name name : info.names()) {
      json.beginObject();
      json.text("role", name.role());
      json.text("name", name.name());
      if (name.format().isPresent()) {
        json.text("format", name.format().get());
      }
      json.endObject();
    }
    json.endArray();
    if (features.isPresent()) {
      json.number("snapshot-count", features.get().snapshots());
      json.number("bitmap-count", features.get().bitmaps());
    }
    if (info.use().isPresent()) {
      DiskUse use = info.use().get();
      json.beginObject("allocation");
      for (DiskUse.Kind kind : DiskUse.Kind.values()) {
        json.number(kind.word(), use.bytes(kind));
      }
      json.endObject();
    }
    if (info.conversionSize().isPresent()) {
      json.number("conversion-size-at-most", info.conversionSize().getAsLong());
    }
    if (info.check().isPresent()) {
      findings(json, info.check().get());
    }
    json.beginArray("warnings");
    for (String warning : info.warnings()) {
      json.text(warning);
    }
    json.endArray();
  }

  private static void findings(JsonWriter json, CheckResult check) throws IOException {
    json.beginObject("findings");
    for (Severity severity : Severity.values()) {
      long count = 0;
      for (FindingKind kind : FindingKind.values()) {
        count += kind.severity() == severity ? check.findings().count(kind) : 0;
      }
      json.number(severity.name().toLowerCase(Locale.ROOT), count);
    }
    json.endObject();
  }
}
