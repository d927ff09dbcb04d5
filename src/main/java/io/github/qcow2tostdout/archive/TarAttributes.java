package io.github.qcow2tostdout.archive;

/**
 * What a tar says of its members beside their names and sizes.
 *
 * @param mode permissions of files
 * @param owner user number
 * @param group group number
 * @param modified seconds since 1970
 */
public record TarAttributes(int mode, long owner, long group, long modified) {
  /** Each user may read it, 107 owns it, which is QEMU's user for KubeVirt, and it has no age. */
  public static final TarAttributes DEFAULTS = new TarAttributes(0644, 107, 107, 0);

  /** Permissions, with those above. */
  public static final int MAX_MODE = 07777;

  /** Numbers of users and groups end before this one, which means none. */
  public static final long MAX_OWNER = 0xFFFF_FFFEL;

  /** As far as eleven octal digits go: the year 2242. */
  public static final long MAX_MODIFIED = (1L << 33) - 1;

  public TarAttributes {
    check(mode, MAX_MODE);
    check(owner, MAX_OWNER);
    check(group, MAX_OWNER);
    check(modified, MAX_MODIFIED);
  }

  private static void check(long value, long most) {
    if (value < 0 || value > most) {
      throw new IllegalArgumentException(value + " is not in 0 to " + most);
    }
  }
}
