package io.github.qcow2tostdout.scan;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.source.ChangeSign;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.SourceIdentity;
import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Watches that sources stay what they were when the guard was set. */
public final class SourceGuard {
  private record Watched(
      Source source, SourceIdentity identity, Map<String, SourceIdentity> others) {}

  /** The time, which tests make themselves. */
  interface Clock {
    /** The one that there is. */
    Clock SYSTEM =
        new Clock() {
          @Override
          public Instant now() {
            return Instant.now();
          }

          @Override
          public void await(Duration time) {
            long end = System.nanoTime() + time.toNanos();
            for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
              LockSupport.parkNanos(left);
            }
          }
        };

    Instant now();

    /** Returns when so much time has passed. */
    void await(Duration time);
  }

  private final ChangeSign sign;
  private final Clock clock;
  private final List<Watched> all = new ArrayList<>();
  private Duration waited = Duration.ZERO;

  private SourceGuard(ChangeSign sign, Clock clock) {
    this.sign = sign;
    this.clock = clock;
  }

  /**
   * Sets the guard over a source and, if there is one, its base, before the first read. Where one
   * was written so lately that the next write could get the same time stamp, that time is waited
   * for.
   *
   * @throws ImageException.SourceChanged if one changes meanwhile
   */
  public static SourceGuard of(Source source, Optional<Source> base, ChangeSign sign)
      throws IOException {
    return of(source, base, sign, Clock.SYSTEM);
  }

  static SourceGuard of(Source source, Optional<Source> base, ChangeSign sign, Clock clock)
      throws IOException {
    SourceGuard guard = new SourceGuard(sign, clock);
    guard.watch(source);
    if (base.isPresent()) {
      guard.watch(base.get());
    }
    return guard;
  }

  private void watch(Source source) throws IOException {
    SourceIdentity identity = source.identity();
    if (sign != ChangeSign.NOTHING && identity.size() != source.identifiedSize()) {
      throw new ImageException.SourceChanged(
          source.name(),
          "its size was "
              + source.identifiedSize()
              + " bytes and is "
              + identity.size()
              + " bytes");
    }
    Watched watched = new Watched(source, identity.only(sign), only(source.others()));
    all.add(watched);
    settle(watched);
  }

  /** Waits until no write can get a stamp any more that is known already. */
  private void settle(Watched watched) throws IOException {
    Instant now = clock.now();
    Duration left = left(watched.identity(), now);
    for (SourceIdentity other : watched.others().values()) {
      Duration more = left(other, now);
      left = more.compareTo(left) > 0 ? more : left;
    }
    if (left.isPositive()) {
      clock.await(left);
      waited = waited.plus(left);
      verify();
    }
  }

  private static Duration left(SourceIdentity identity, Instant now) {
    Optional<FileTime> stamp = identity.stamp();
    return stamp.isPresent() ? StampAge.left(stamp.get(), now) : Duration.ZERO;
  }

  private Map<String, SourceIdentity> only(Map<String, SourceIdentity> others) {
    Map<String, SourceIdentity> compared = new HashMap<>();
    others.forEach((name, identity) -> compared.put(name, identity.only(sign)));
    return compared;
  }

  /** How long it was waited for time stamps to mean something. */
  public Duration waited() {
    return waited;
  }

  /** Throws if one of them has changed. */
  public void verify() throws IOException {
    for (Watched watched : all) {
      Optional<String> difference =
          watched.identity().differenceTo(watched.source().identity().only(sign));
      if (difference.isPresent()) {
        throw new ImageException.SourceChanged(watched.source().name(), difference.get());
      }
      verifyOthers(watched);
    }
  }

  private void verifyOthers(Watched watched) throws IOException {
    if (watched.others().isEmpty()) {
      return;
    }
    Map<String, SourceIdentity> now = only(watched.source().others());
    for (Map.Entry<String, SourceIdentity> other : watched.others().entrySet()) {
      SourceIdentity later = now.getOrDefault(other.getKey(), other.getValue());
      Optional<String> difference = other.getValue().differenceTo(later);
      if (difference.isPresent()) {
        throw new ImageException.SourceChanged(
            watched.source().name(), "of " + other.getKey() + " " + difference.get());
      }
    }
  }

  /** The error for a source that ends where it had data before. */
  public static ImageException.SourceChanged endedAt(Source source, long offset) {
    return new ImageException.SourceChanged(
        source.name(), "its size was " + source.size() + " bytes and it ends at byte " + offset);
  }
}
