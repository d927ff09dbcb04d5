package io.github.qcow2tostdout.cli.terminal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.util.Arrays;

/** Reads a secret: all of a small file, or of a descriptor that the caller has opened. */
public final class SideInput {
  private SideInput() {}

  /**
   * Reads it to its end.
   *
   * @param what it is, for errors
   * @param most bytes that it may have
   * @throws IOException if it can't be read, is empty, or larger; the reason is for the user
   */
  public static byte[] read(SideTarget from, String what, int most) throws IOException {
    try (InputStream in = open(from)) {
      byte[] bytes = new byte[64];
      int length = 0;
      for (int count = in.read(bytes);
          count >= 0;
          count = in.read(bytes, length, bytes.length - length)) {
        length += count;
        if (length > most) {
          throw new FileSystemException(
              from.text(), null, "has more than " + most + " bytes; give " + what);
        }
        if (length == bytes.length) {
          byte[] larger = Arrays.copyOf(bytes, 2 * length);
          Arrays.fill(bytes, (byte) 0);
          bytes = larger;
        }
      }
      if (length == 0) {
        throw new FileSystemException(from.text(), null, "is empty; give " + what);
      }
      byte[] all = Arrays.copyOf(bytes, length);
      Arrays.fill(bytes, (byte) 0);
      return all;
    }
  }

  private static InputStream open(SideTarget from) throws IOException {
    if (from.descriptor().isEmpty()) {
      return Files.newInputStream(from.path());
    }
    int number = from.descriptor().getAsInt();
    if (!SideOutputs.isInherited(number, SideOutputs.O_WRONLY)) {
      throw new FileSystemException(
          from.text(), null, "is not open for reading; open it, as in " + number + "<FILE");
    }
    return OutputDescriptor.inheritedStream(number);
  }
}
