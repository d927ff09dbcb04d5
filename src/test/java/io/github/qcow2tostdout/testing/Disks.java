package io.github.qcow2tostdout.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Raw disks for tests that want any disk. */
public final class Disks {
  private Disks() {}

  /** A disk of that many bytes, all of which are data; the same every time. */
  public static Path full(Path disk, int bytes) throws IOException {
    byte[] data = new byte[bytes];
    new Random(bytes).nextBytes(data);
    return Files.write(disk, data);
  }
}
