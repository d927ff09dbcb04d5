package io.github.qcow2tostdout.cli.terminal;

import io.github.qcow2tostdout.work.Progress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How far the work has come. One thread tells it, others ask: no lock is between them, so that the
 * work goes on while a terminal that is held up takes nothing.
 */
final class Meter implements Progress {
  /** What counts as the present, for the rate. */
  private static final long WINDOW_NANOS = 2_000_000_000;

  private final LongSupplier nanoClock;
  private volatile Optional<Mark> mark = Optional.empty();

  Meter(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * How far a phase has come.
   *
   * @param began when
   * @param from what was done then
   */
  private record Mark(Phase phase, long began, long from, long done, long total) {}

  /**
   * What there is to be shown.
   *
   * @param seconds since the phase began
   * @param rate bytes a second on average; not a number if nobody can tell yet
   * @param present bytes a second of late; the same
   */
  record Reading(Phase phase, long done, long total, double seconds, double rate, double present) {
    /** Whether it is known how much there is. */
    boolean hasEnd() {
      return total != UNKNOWN;
    }

    /** How much is done, up to 1. */
    double share() {
      return total == 0 ? 1 : (double) done / total;
    }

    /**
     * How many seconds are left if it goes on as it did on average, which is steadier than the
     * present; not a number if nobody can tell.
     */
    double left() {
      return rate > 0 && hasEnd() ? (total - done) / rate : Double.NaN;
    }
  }

  @Override
  public void report(Phase phase, long done, long total) {
    Optional<Mark> last = mark;
    mark =
        Optional.of(
            last.isPresent() && last.get().phase() == phase
                ? new Mark(phase, last.get().began(), last.get().from(), done, total)
                : new Mark(phase, nanoClock.getAsLong(), done, done, total));
  }

  /** One who asks, and whose present is what was since it asked before. */
  final class Reader {
    private record Sample(long at, long done) {}

    private final Deque<Sample> samples = new ArrayDeque<>();
    private Optional<Phase> phase = Optional.empty();

    /** How far it is; empty before the work has begun. */
    synchronized Optional<Reading> read() {
      return mark.map(this::read);
    }

    private Reading read(Mark now) {
      if (phase.isEmpty() || phase.get() != now.phase()) {
        phase = Optional.of(now.phase());
        samples.clear();
        samples.add(new Sample(now.began(), now.from()));
      }
      long at = nanoClock.getAsLong();
      // The oldest of them is as old as the window, if there is one.
      while (samples.size() > 1 && at - second().at() >= WINDOW_NANOS) {
        samples.removeFirst();
      }
      Sample oldest = samples.getFirst();
      samples.addLast(new Sample(at, now.done()));
      return new Reading(
          now.phase(),
          now.done(),
          now.total(),
          (at - now.began()) / 1e9,
          rate(now.done() - now.from(), at - now.began()),
          rate(now.done() - oldest.done(), at - oldest.at()));
    }

    private Sample second() {
      return samples.stream().skip(1).findFirst().orElseThrow();
    }

    private static double rate(long bytes, long nanos) {
      // Of less than that no rate can be told.
      return nanos < 50_000_000 ? Double.NaN : Math.max(0, bytes) / (nanos / 1e9);
    }
  }
}
