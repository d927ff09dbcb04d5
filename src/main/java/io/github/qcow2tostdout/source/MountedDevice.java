package io.github.qcow2tostdout.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The device of the file system that a file is on, by the list of mounts: some file systems (btrfs)
 * tell another for each of their subvolumes when a file is asked.
 */
final class MountedDevice {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  // Fields of a line: "29 1 254:0 / / rw,relatime - ext4 /dev/vda rw"
  private static final int DEVICE = 2;
  private static final int PLACE = 4;

  private MountedDevice() {}

  /** The device as in {@code fe:00}; empty if it is not known. */
  static String of(Path path) {
    try {
      return of(path.toRealPath(), Files.readString(MOUNTS, UTF_8));
    } catch (IOException e) {
      return "";
    }
  }

  static String of(Path path, String mounts) {
    String device = "";
    int longest = -1;
    for (String line : mounts.split("\n")) {
      String[] fields = line.split(" ");
      // Of two at the same place the later one hides the other.
      if (fields.length > PLACE) {
        Path place = Path.of(unescaped(fields[PLACE]));
        if (path.startsWith(place) && place.getNameCount() >= longest) {
          longest = place.getNameCount();
          String[] numbers = fields[DEVICE].split(":");
          device = shown(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
        }
      }
    }
    return device;
  }

  /** A device as /proc/locks has it. */
  static String shown(long major, long minor) {
    return String.format(Locale.ROOT, "%02x:%02x", major, minor);
  }

  private static String unescaped(String place) {
    return place
        .replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
