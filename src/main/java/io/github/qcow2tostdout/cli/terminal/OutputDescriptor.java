package io.github.qcow2tostdout.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import jdk.internal.access.SharedSecrets;

/**
 * The descriptor that the caller means by standard output. The VM has another descriptor 1, which
 * leads to standard error: whatever it, or a library, says there is no part of an image.
 */
final class OutputDescriptor {
  /** The launcher's word for it. */
  private static final String PROPERTY = "qcow2tostdout.output";

  private static final int STANDARD = 1;

  /** Its number; without the launcher, as in a test, the usual one. */
  static final int NUMBER = Integer.getInteger(PROPERTY, STANDARD);

  /** Where it leads to. */
  static final Path PATH = Path.of("/proc/self/fd/" + NUMBER);

  private OutputDescriptor() {}

  /**
   * What writes to it. Not what would open its path: that is another description of the file, which
   * starts at its beginning, and a socket can't be opened.
   */
  @SuppressWarnings("resource") // It ends with the process.
  static FileChannel channel() {
    return new FileOutputStream(NUMBER == STANDARD ? FileDescriptor.out : inherited(NUMBER))
        .getChannel();
  }

  /** What writes to another descriptor that the caller has opened. */
  static FileChannel inheritedChannel(int number) {
    return new FileOutputStream(inherited(number)).getChannel();
  }

  /** What reads from such. */
  static InputStream inheritedStream(int number) {
    return new FileInputStream(inherited(number));
  }

  /** A descriptor beyond the first three; the JDK has no public way to one. */
  private static FileDescriptor inherited(int number) {
    FileDescriptor descriptor = new FileDescriptor();
    SharedSecrets.getJavaIOFileDescriptorAccess().set(descriptor, number);
    return descriptor;
  }
}
