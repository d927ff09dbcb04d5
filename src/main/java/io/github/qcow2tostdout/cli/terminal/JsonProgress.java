package io.github.qcow2tostdout.cli.terminal;

import io.github.qcow2tostdout.report.JsonLayout;
import io.github.qcow2tostdout.report.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Progress for programs: one JSON object a line, at the start and at the end of each phase and at
 * most twice a second between them.
 */
final class JsonProgress implements ProgressDisplay {
  private static final long INTERVAL_NANOS = 500_000_000;

  private final PrintStream err;
  private final Meter meter;
  private final LongSupplier nanoClock;
  private Optional<Phase> current = Optional.empty();
  private long started;
  private long startedAt;
  private long lastShown;
  private long lastDone;
  private long lastTotal;

  JsonProgress(PrintStream err, Meter meter, LongSupplier nanoClock) {
    this.err = err;
    this.meter = meter;
    this.nanoClock = nanoClock;
  }

  @Override
  public void report(Phase phase, long done, long total) {
    meter.report(phase, done, total);
    long now = nanoClock.getAsLong();
    boolean starts = current.isEmpty() || current.get() != phase;
    if (starts) {
      current = Optional.of(phase);
      started = now;
      startedAt = done;
    } else if (done == lastDone && total == lastTotal) {
      return;
    }
    if (starts || done == total || now - lastShown >= INTERVAL_NANOS) {
      show(phase, done, total, now);
      lastShown = now;
      lastDone = done;
      lastTotal = total;
    }
  }

  private void show(Phase phase, long done, long total, long now) {
    double seconds = Math.max(1, now - started) / 1e9;
    write(err, phase, done, total, (done - startedAt) / seconds);
  }

  /** The same for once, without an end of the line. */
  static String line(Meter.Reading now) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    double rate = Double.isNaN(now.rate()) ? 0 : now.rate();
    write(text, now.phase(), now.done(), now.total(), rate);
    return text.toString(StandardCharsets.UTF_8).strip();
  }

  private static void write(OutputStream out, Phase phase, long done, long total, double rate) {
    JsonWriter json = new JsonWriter(out, JsonLayout.COMPACT);
    try {
      json.beginObject();
      json.text("phase", phase.name().toLowerCase(Locale.ROOT));
      json.number("done", done);
      if (total == UNKNOWN) {
        json.nothing("total");
      } else {
        json.number("total", total);
      }
      json.number("bytes_per_second", Math.round(rate));
      json.endObject();
      json.end();
    } catch (IOException e) {
      throw new UncheckedIOException("from a stream that throws none", e);
    }
  }
}
