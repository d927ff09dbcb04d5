package io.github.qcow2tostdout.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** How much memory the page cache may take: what the system has, or a memory cgroup allows. */
public final class AvailableMemory {
  private final Path root;

  AvailableMemory(Path root) {
    this.root = root;
  }

  /** Bytes that could still be cached; 0 where the system does not say. */
  public static long bytes() {
    return new AvailableMemory(Path.of("/")).estimate();
  }

  long estimate() {
    try {
      long available = field(lines(root.resolve("proc/meminfo")), "MemAvailable:").orElse(0) << 10;
      for (String line : groups()) {
        // hierarchy:controllers:path, in version 2 with no controllers
        String[] parts = line.split(":", 3);
        if (parts.length < 3 || !parts[2].startsWith("/")) {
          continue;
        }
        if (parts[0].equals("0") && parts[1].isEmpty()) {
          available =
              Math.min(
                  available,
                  inGroup("", parts[2], "memory.max", "memory.current", "inactive_file"));
        } else if (List.of(parts[1].split(",", -1)).contains("memory")) {
          available =
              Math.min(
                  available,
                  inGroup(
                      "memory",
                      parts[2],
                      "memory.limit_in_bytes",
                      "memory.usage_in_bytes",
                      "total_inactive_file"));
        }
      }
      return Math.max(0, available);
    } catch (IOException | InvalidPathException e) {
      return 0;
    }
  }

  private List<String> groups() throws IOException {
    try {
      return lines(root.resolve("proc/self/cgroup"));
    } catch (NoSuchFileException e) {
      // A kernel without control groups.
      return List.of();
    }
  }

  /** The least that any group from this one up to the root of the hierarchy leaves. */
  private long inGroup(String hierarchy, String path, String limit, String usage, String inactive) {
    Path top = root.resolve("sys/fs/cgroup").resolve(hierarchy);
    Path group = top.resolve(path.substring(1)).normalize();
    if (!group.startsWith(top) || !Files.isDirectory(group)) {
      // A container sees its own group as the root.
      group = top;
    }
    long least = Long.MAX_VALUE;
    for (; group != null && group.startsWith(top); group = group.getParent()) {
      try {
        OptionalLong most = number(Files.readString(group.resolve(limit)).strip());
        OptionalLong used = number(Files.readString(group.resolve(usage)).strip());
        if (most.isPresent() && used.isPresent()) {
          long reclaimable = field(lines(group.resolve("memory.stat")), inactive).orElse(0);
          least = Math.min(least, most.getAsLong() - Math.max(0, used.getAsLong() - reclaimable));
        }
      } catch (IOException e) {
        // This group has no limit.
      }
    }
    return least;
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.readAllLines(file);
  }

  private static OptionalLong field(List<String> lines, String name) {
    for (String line : lines) {
      if (line.startsWith(name)
          && line.length() > name.length()
          && line.charAt(name.length()) == ' ') {
        return number(line.substring(name.length()).replace("kB", "").strip());
      }
    }
    return OptionalLong.empty();
  }

  /** A number; empty for "max" and for what stands for no limit in version 1. */
  private static OptionalLong number(String text) {
    try {
      long number = Long.parseLong(text);
      return number > Long.MAX_VALUE / 2 ? OptionalLong.empty() : OptionalLong.of(number);
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
