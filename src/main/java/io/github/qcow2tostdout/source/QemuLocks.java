package io.github.qcow2tostdout.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * What the processes of QEMU on this host that have a file open allow others, by the locks that
 * they hold on single bytes of it ({@code block/file-posix.c}): byte 100 + n is locked by who uses
 * permission n, byte 200 + n by who does not share it. QEMU asks by a lock of its own; this reads
 * {@code /proc/locks}, which needs no system call that the JDK lacks. What it does not list, a lock
 * from another host or of a system without it, is not known.
 *
 * @param used permissions that somebody uses
 * @param unshared permissions that somebody wants to be the only one to use
 */
public record QemuLocks(Set<Permission> used, Set<Permission> unshared) {
  /** What one can do to a file, in QEMU's words ({@code BLK_PERM_...}). */
  public enum Permission {
    CONSISTENT_READ(0),
    WRITE(1),
    WRITE_UNCHANGED(2),
    RESIZE(3);

    private final int bit;

    Permission(int bit) {
      this.bit = bit;
    }
  }

  private static final Path LOCKS = Path.of("/proc/locks");
  private static final int USED_BASE = 100;
  private static final int UNSHARED_BASE = 200;

  // Fields of a line: "4: OFDLCK ADVISORY  READ -1 fe:00:2163115 100 101"
  private static final int TYPE = 1;
  private static final int FILE = 5;
  private static final int FROM = 6;
  private static final int TO = 7;

  /**
   * All locks of this host, for {@link #on(Path, String)}. The kernel has all processors pass a
   * barrier first, which takes about 5 ms and work of nobody: another thread may wait for it.
   */
  public static String list() {
    try {
      return new String(Files.readAllBytes(LOCKS), ISO_8859_1);
    } catch (IOException e) {
      // There is no /proc, or not for us.
      return "";
    }
  }

  /**
   * Those of the locks that are on the file that a path leads to; none where that can't be known.
   *
   * @throws IOException if it leads nowhere
   */
  public static QemuLocks on(Path path, String list) throws IOException {
    if (path.getFileSystem().equals(FileSystems.getDefault())) {
      Map<String, Object> file = Files.readAttributes(path, "unix:dev,ino");
      if (file.get("dev") instanceof Long dev && file.get("ino") instanceof Long inode) {
        return parse(
            list,
            inode,
            device -> device.equals(shown(dev)) || device.equals(MountedDevice.of(path)));
      }
    }
    return new QemuLocks(Set.of(), Set.of());
  }

  /** Says whether a device, as in {@code fe:00}, is that of a file. */
  @FunctionalInterface
  interface Devices {
    /** Asked only where all else fits. */
    boolean isThat(String device) throws IOException;
  }

  static QemuLocks parse(String locks, long inode, Devices devices) throws IOException {
    Set<Permission> used = EnumSet.noneOf(Permission.class);
    Set<Permission> unshared = EnumSet.noneOf(Permission.class);
    String file = ":" + inode + " ";
    int at = locks.indexOf(file);
    while (at >= 0) {
      int end = locks.indexOf('\n', at);
      String line =
          locks.substring(locks.lastIndexOf('\n', at) + 1, end < 0 ? locks.length() : end);
      String[] fields = line.trim().split(" +");
      // Who waits for a lock (->) does not have it; locks by flock are of another kind.
      if (fields.length > TO
          && (fields[TYPE].equals("OFDLCK") || fields[TYPE].equals("POSIX"))
          && fields[FILE].endsWith(file.trim())) {
        long from = Long.parseLong(fields[FROM]);
        long to = fields[TO].equals("EOF") ? Long.MAX_VALUE : Long.parseLong(fields[TO]);
        Set<Permission> usedHere = within(from, to, USED_BASE);
        Set<Permission> unsharedHere = within(from, to, UNSHARED_BASE);
        String device = fields[FILE].substring(0, fields[FILE].length() - file.trim().length());
        if (!(usedHere.isEmpty() && unsharedHere.isEmpty()) && devices.isThat(device)) {
          used.addAll(usedHere);
          unshared.addAll(unsharedHere);
        }
      }
      at = end < 0 ? -1 : locks.indexOf(file, end);
    }
    return new QemuLocks(used, unshared);
  }

  private static Set<Permission> within(long from, long to, int base) {
    Set<Permission> found = EnumSet.noneOf(Permission.class);
    for (Permission permission : Permission.values()) {
      int place = base + permission.bit;
      if (from <= place && place <= to) {
        found.add(permission);
      }
    }
    return found;
  }

  /** A device as /proc/locks has it. */
  private static String shown(long dev) {
    long major = (dev >> 8 & 0xfff) | (dev >> 32 & ~0xfffL);
    long minor = (dev & 0xff) | (dev >> 12 & ~0xffL);
    return MountedDevice.shown(major, minor);
  }

  /**
   * Whether somebody may change the file while it is read, or wants nobody to read it: where
   * qemu-img would not open an image for reading.
   */
  public boolean forbidReading() {
    return used.contains(Permission.WRITE)
        || used.contains(Permission.RESIZE)
        || unshared.contains(Permission.CONSISTENT_READ);
  }
}
