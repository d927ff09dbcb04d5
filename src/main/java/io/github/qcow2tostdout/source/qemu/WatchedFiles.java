package io.github.qcow2tostdout.source.qemu;

import io.github.qcow2tostdout.source.FileKind;
import io.github.qcow2tostdout.source.SourceIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Files as they were when they were found, to be compared with what they are later. */
final class WatchedFiles {
  private final Map<Path, Watched> files = new LinkedHashMap<>();

  /** One of them. */
  private record Watched(FileKind kind, SourceIdentity identity) {
    SourceIdentity now(Path path) throws IOException {
      return identityOf(path, kind);
    }
  }

  private static SourceIdentity identityOf(Path path, FileKind kind) throws IOException {
    long size = 0;
    try {
      size = kind == FileKind.REGULAR ? Files.size(path) : 0;
    } catch (NoSuchFileException e) {
      // That its name is gone is what the identity says.
    }
    return kind.identity(path, size);
  }

  /** Adds a file, unless it is here already. */
  void add(Path path, FileKind kind) throws IOException {
    if (!contains(path)) {
      files.put(path, new Watched(kind, identityOf(path, kind)));
    }
  }

  /** Where they are. */
  Set<Path> paths() {
    return files.keySet();
  }

  /** Whether a file is one of them. */
  boolean contains(Path path) {
    return files.containsKey(path);
  }

  /**
   * What they are now, by their names.
   *
   * @param but the name of one that is left out
   */
  Map<String, SourceIdentity> now(String but) throws IOException {
    Map<String, SourceIdentity> now = new LinkedHashMap<>();
    for (Map.Entry<Path, Watched> file : files.entrySet()) {
      if (!file.getKey().toString().equals(but)) {
        now.put(file.getKey().toString(), file.getValue().now(file.getKey()));
      }
    }
    return now;
  }

  /** The first that is not what it was. */
  Optional<Path> changed() throws IOException {
    for (Map.Entry<Path, Watched> file : files.entrySet()) {
      Watched watched = file.getValue();
      if (watched.identity().differenceTo(watched.now(file.getKey())).isPresent()) {
        return Optional.of(file.getKey());
      }
    }
    return Optional.empty();
  }

  /**
   * What is none of these.
   *
   * @param open where a file can be looked at, and what it is called
   */
  Set<String> strangers(Map<Path, Path> open) throws IOException {
    Set<String> known = new TreeSet<>();
    for (Watched watched : files.values()) {
      known.add(watched.identity().inode().orElse(""));
    }
    Set<String> strangers = new TreeSet<>();
    for (Map.Entry<Path, Path> file : open.entrySet()) {
      FileKind kind = FileKind.of(file.getKey());
      if (kind.reading() == FileKind.Reading.ANYWHERE
          && !known.contains(kind.identity(file.getKey(), 0).inode().orElse(""))) {
        strangers.add(file.getValue().toString());
      }
    }
    return strangers;
  }
}
