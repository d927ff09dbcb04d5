package io.github.qcow2tostdout.cli.terminal;

import io.github.qcow2tostdout.report.JsonLayout;
import io.github.qcow2tostdout.report.JsonWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
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
  private final LongSupplier nanoClock;
  private Optional<Phase> current = Optional.empty();
  private long started;
  private long startedAt;
  private long lastShown;
  private long lastDone;
  private long lastTotal;

  JsonProgress(PrintStream err, LongSupplier nanoClock) {
    this.err = err;
    this.nanoClock = nanoClock;
  }

  @Override
  public void report(Phase phase, long done, long total) {
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
    JsonWriter json = new JsonWriter(err, JsonLayout.COMPACT);
    try {
      json.beginObject();
      json.text("phase", phase.name().toLowerCase(Locale.ROOT));
      json.number("done", done);
      if (total == UNKNOWN) {
        json.nothing("total");
      } else {
        json.number("total", total);
      }
      json.number("bytes_per_second", Math.round((done - startedAt) / seconds));
      json.endObject();
      json.end();
    } catch (IOException e) {
      throw new UncheckedIOException("from a PrintStream, which throws none", e);
    }
  }
}
