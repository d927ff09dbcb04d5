package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.SourceIdentity;
import java.io.IOException;
import java.util.Optional;

/** Watches that a source stays what it was when the guard was set. */
final class SourceGuard {
  private final Source source;
  private final SourceIdentity identity;

  private SourceGuard(Source source, SourceIdentity identity) {
    this.source = source;
    this.identity = identity;
  }

  /** Sets the guard, before the first read. */
  static SourceGuard of(Source source) throws IOException {
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
    return new SourceGuard(source, identity);
  }

  /** Throws if the source has changed. */
  void verify() throws IOException {
    Optional<String> difference = identity.differenceTo(source.identity());
    if (difference.isPresent()) {
      throw new ImageException.SourceChanged(source.name(), difference.get());
    }
  }

  /** The error for a source that ends where it had data before. */
  static ImageException.SourceChanged endedAt(Source source, long offset) {
    return new ImageException.SourceChanged(
        source.name(), "its size was " + source.size() + " bytes and it ends at byte " + offset);
  }
}
