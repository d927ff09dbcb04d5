package io.github.qcow2tostdout.source;

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
    long size, Optional<String> inode, Optional<String> modified, Optional<String> changed) {

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
          "its time of modification was " + shown(modified) + " and is " + shown(later.modified));
    }
    if (!changed.equals(later.changed)) {
      return Optional.of(
          "its time of change was " + shown(changed) + " and is " + shown(later.changed));
    }
    return Optional.empty();
  }

  private static String shown(Optional<String> time) {
    return time.orElse("unknown");
  }
}
