package io.github.qcow2tostdout.source;

import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * What a source was at one moment.
 *
 * @param size bytes
 * @param inode what names the file itself, device and inode, or a block device's number; empty if
 *     it has no such name, or has none any more
 * @param modified last change of the content; empty if that is not known, as for block devices
 * @param changed last change of content or attributes; empty if that is not known
 */
public record SourceIdentity(
    long size, Optional<String> inode, Optional<FileTime> modified, Optional<FileTime> changed) {

  /** As much of it as counts, the rest as if it were not known. */
  public SourceIdentity only(ChangeSign sign) {
    return switch (sign) {
      case CHANGE_TIME -> this;
      case MODIFICATION_TIME -> new SourceIdentity(size, inode, modified, Optional.empty());
      case INODE -> new SourceIdentity(size, inode, Optional.empty(), Optional.empty());
      case SIZE -> new SourceIdentity(size, Optional.empty(), Optional.empty(), Optional.empty());
      case NOTHING -> new SourceIdentity(0, Optional.empty(), Optional.empty(), Optional.empty());
    };
  }

  /** The time that each write moves: that of the change, where it is known. */
  public Optional<FileTime> stamp() {
    return changed.or(this::modified);
  }

  /**
   * What differs in another identity of the same source.
   *
   * @return for the user; empty if nothing does
   */
  public Optional<String> differenceTo(SourceIdentity later) {
    if (size != later.size) {
      return Optional.of("its size was " + size + " bytes and is " + later.size + " bytes");
    }
    if (inode.isPresent() && later.inode.isEmpty()) {
      return Optional.of("its name is gone: it was removed or renamed");
    }
    if (!inode.equals(later.inode)) {
      return Optional.of("another file has taken its name");
    }
    if (!modified.equals(later.modified)) {
      return Optional.of(
          "its time of modification was "
              + shown(modified)
              + " and is "
              + shown(later.modified)
              + " (where that moves without a write, say --detect-change=size or verify)");
    }
    if (!changed.equals(later.changed)) {
      return Optional.of(
          "its time of change was "
              + shown(changed)
              + " and is "
              + shown(later.changed)
              + " (a new link or mode moves that too: --detect-change=mtime or verify allows"
              + " them)");
    }
    return Optional.empty();
  }

  private static String shown(Optional<FileTime> time) {
    return time.map(FileTime::toString).orElse("unknown");
  }
}
