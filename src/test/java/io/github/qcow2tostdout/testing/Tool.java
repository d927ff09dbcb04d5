package io.github.qcow2tostdout.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * Programs that are oracles or counterparts of tests. A test that needs one that is missing is
 * skipped with a visible line; with {@code QCOW2_TO_STDOUT_TOOLS=required} in the environment, as
 * CI has it, it fails.
 */
public enum Tool {
  MVN("mvn", "maven"),
  QEMU_IMG("qemu-img", "qemu-utils"),
  QEMU_IO("qemu-io", "qemu-utils"),
  QEMU_NBD("qemu-nbd", "qemu-utils"),
  QEMU_STORAGE_DAEMON("qemu-storage-daemon", "qemu-system-common"),
  NBDKIT("nbdkit", "nbdkit"),
  SSHD("sshd", "openssh-server"),
  SSH("ssh", "openssh-client"),
  NGINX("nginx", "nginx-light"),
  CURL("curl", "curl"),
  MKE2FS("mke2fs", "e2fsprogs"),
  E2FSCK("e2fsck", "e2fsprogs"),
  MKFS_XFS("mkfs.xfs", "xfsprogs"),
  MKFS_BTRFS("mkfs.btrfs", "btrfs-progs"),
  LOSETUP("losetup", "util-linux"),
  ADDPART("addpart", "util-linux"),
  DELPART("delpart", "util-linux"),
  DMSETUP("dmsetup", "dmsetup"),
  MOUNT("mount", "mount"),
  UMOUNT("umount", "mount"),
  PV("pv", "pv"),
  SCRIPT("script", "util-linux"),
  STRACE("strace", "strace"),
  PYTHON("python3", "python3"),
  MANDOC("mandoc", "mandoc"),
  TAR("tar", "tar"),
  BSDTAR("bsdtar", "libarchive-tools"),
  SKOPEO("skopeo", "skopeo"),
  DOCKER_REGISTRY("docker-registry", "docker-registry"),
  JQ("jq", "jq"),
  APACHE("apache2", "apache2-bin"),
  MUNGED("munged", "munge"),
  SLURMCTLD("slurmctld", "slurmctld"),
  SLURMD("slurmd", "slurmd"),
  SBATCH("sbatch", "slurm-client"),
  PARALLEL("parallel", "parallel"),
  AWS("aws", "awscli"),
  S3CMD("s3cmd", "s3cmd"),
  RCLONE("rclone", "rclone"),
  RESTIC("restic", "restic"),
  BORG("borg", "borgbackup"),
  DPKG_DEB("dpkg-deb", "dpkg"),
  LINTIAN("lintian", "lintian"),
  RPM("rpm", "rpm"),
  SEVEN_ZIP("7zz", "7zip"),
  ZSH("zsh", "zsh"),
  FISH("fish", "fish"),
  CHROMIUM("chromium", "chromium");

  private final String program;
  private final String debianPackage;

  Tool(String program, String debianPackage) {
    this.program = program;
    this.debianPackage = debianPackage;
  }

  /** Whether a missing tool, or anything else that a test needs of the machine, is a failure. */
  public static boolean required() {
    return "required".equals(System.getenv("QCOW2_TO_STDOUT_TOOLS"));
  }

  /** Ends the test, as skipped or failed, unless the program is there; returns its path. */
  public String path() {
    for (String directory : List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/bin")) {
      Path path = Path.of(directory, program);
      if (Files.isExecutable(path)) {
        return path.toString();
      }
    }
    missing(program + " (Debian: " + debianPackage + ")");
    throw new AssertionError();
  }

  /** Ends the test because something that it needs is not on this machine. */
  public static void missing(String what) {
    String message = "needs " + what + ", which is not here";
    if (required()) {
      fail(message);
    }
    System.err.println("SKIPPED: a test " + message);
    Assumptions.abort(message);
  }

  /** Ends the test as skipped, in CI too: no machine has everything (root and not root). */
  public static void impossible(String why) {
    System.err.println("SKIPPED: a test can't be done here: " + why);
    Assumptions.abort(why);
  }

  /** Runs the program and returns what it said, on either stream. */
  public Outcome run(Object... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = path();
    for (int i = 0; i < arguments.length; i++) {
      command[i + 1] = arguments[i].toString();
    }
    return Outcome.of(new ProcessBuilder(command));
  }

  /** Runs the program, which has to succeed; returns what it printed. */
  public String runWell(Object... arguments) throws IOException, InterruptedException {
    Outcome outcome = run(arguments);
    assertEquals(0, outcome.code(), () -> program + " " + List.of(arguments) + ": " + outcome);
    return outcome.out();
  }
}
