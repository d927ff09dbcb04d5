package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.image.Holes;
import io.github.qcow2tostdout.posix.FileDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * The holes of a file, by its file system. The file is opened for that when the first question
 * comes, which few images ever ask.
 */
public final class FileHoles implements Holes {
  private final Path path;

  /** Which file it is, so that no other is asked about its holes. */
  private final Optional<Object> key;

  private Optional<FileDescription> description = Optional.empty();
  private boolean opened;

  /** The holes of the file that has this name now. */
  public FileHoles(Path path) {
    this.path = path;
    key = key(path);
  }

  private static Optional<Object> key(Path path) {
    try {
      return Optional.ofNullable(Files.readAttributes(path, BasicFileAttributes.class).fileKey());
    } catch (IOException e) {
      // Who opens it will say what is wrong.
      return Optional.empty();
    }
  }

  @Override
  public long nextData(long offset) {
    if (!opened) {
      opened = true;
      open();
    }
    long data = description.map(file -> file.seekData(offset)).orElse(FileDescription.UNKNOWN);
    if (data == FileDescription.NO_MORE_DATA) {
      return Long.MAX_VALUE;
    }
    return Math.max(data, offset);
  }

  @Override
  public long nextHole(long offset) {
    long hole = description.map(file -> file.seekHole(offset)).orElse(FileDescription.UNKNOWN);
    return hole == FileDescription.UNKNOWN ? Long.MAX_VALUE : hole;
  }

  private void open() {
    description = FileDescription.open(path);
    if (description.isPresent()
        && (key.isEmpty() || !key.equals(key(description.get().descriptorPath())))) {
      close();
    }
  }

  @Override
  public void close() {
    description.ifPresent(FileDescription::close);
    description = Optional.empty();
  }
}
