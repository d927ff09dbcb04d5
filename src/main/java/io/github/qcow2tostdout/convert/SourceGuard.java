package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.SourceIdentity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Watches that sources stay what they were when the guard was set. */
final class SourceGuard {
  private record Watched(
      Source source, SourceIdentity identity, Map<String, SourceIdentity> others) {}

  private final List<Watched> all;

  private SourceGuard(List<Watched> all) {
    this.all = all;
  }

  /** Sets the guard over a source and, if there is one, its base, before the first read. */
  static SourceGuard of(Source source, Optional<Source> base) throws IOException {
    List<Watched> all = new ArrayList<>();
    all.add(watched(source));
    if (base.isPresent()) {
      all.add(watched(base.get()));
    }
    return new SourceGuard(all);
  }

  private static Watched watched(Source source) throws IOException {
    SourceIdentity identity = source.identity();
    if (identity.size() != source.identifiedSize()) {
      throw new ImageException.SourceChanged(
          source.name(),
          "its size was "
              + source.identifiedSize()
              + " bytes and is "
              + identity.size()
              + " bytes");
    }
    return new Watched(source, identity, source.others());
  }

  /** Throws if one of them has changed. */
  void verify() throws IOException {
    for (Watched watched : all) {
      Optional<String> difference = watched.identity().differenceTo(watched.source().identity());
      if (difference.isPresent()) {
        throw new ImageException.SourceChanged(watched.source().name(), difference.get());
      }
      verifyOthers(watched);
    }
  }

  private static void verifyOthers(Watched watched) throws IOException {
    if (watched.others().isEmpty()) {
      return;
    }
    Map<String, SourceIdentity> now = watched.source().others();
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
  static ImageException.SourceChanged endedAt(Source source, long offset) {
    return new ImageException.SourceChanged(
        source.name(), "its size was " + source.size() + " bytes and it ends at byte " + offset);
  }
}
