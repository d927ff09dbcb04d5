package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The disk that INPUT is compared with.
 *
 * @param opener how it is opened
 * @param formatSaid whether the user said what its format is
 * @param spelling how the user named it, for messages
 */
public record BaseDisk(NamedDisk opener, boolean formatSaid, String spelling) {
  /** What the user called it. */
  public String name() {
    return opener.name();
  }

  /** The file, if it is one. */
  public Optional<Path> path() {
    return opener.path();
  }

  /**
   * Opens the disk.
   *
   * @param input what is compared with it, and says in which way
   * @throws IllegalArgumentException with a message for the user, if the format has to be said
   */
  public Source open(InputOptions input, StandardStreams streams) throws IOException {
    Source source =
        opener.open(input.inside().accessToOther(input.qemu(), input.sparse(), streams));
    try {
      if (!formatSaid) {
        UnsaidFormat.refuseBase(spelling, source);
      }
      return source;
    } catch (IOException | RuntimeException | Error e) {
      source.close();
      throw e;
    }
  }
}
