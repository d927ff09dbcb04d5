package io.github.qcow2tostdout.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;

/** A cluster of Slurm that is this machine, for root, on the loopback interface. */
public final class SlurmCluster {
  private SlurmCluster() {}

  /** Starts the daemons, whose files are in a directory, and has recipes use the cluster. */
  public static void start(Servers servers, RecipeShell shell, Path directory) throws Exception {
    if (!System.getProperty("user.name").equals("root")) {
      Tool.impossible("Slurm's daemons want to be root");
    }
    Tool.SBATCH.path();
    Files.createDirectories(directory.resolve("state"));
    Files.createDirectories(directory.resolve("spool"));
    Path configuration = directory.resolve("slurm.conf");
    String host = Outcome.of(new ProcessBuilder("hostname", "-s")).out().strip();
    Files.writeString(
        configuration,
        """
        ClusterName=test
        SlurmctldHost=%1$s(127.0.0.1)
        SlurmctldPort=%2$d
        SlurmdPort=%3$d
        CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
        SlurmUser=root
        AuthType=auth/munge
        AuthInfo=socket=%4$s/munge.socket
        CredType=cred/munge
        StateSaveLocation=%4$s/state
        SlurmdSpoolDir=%4$s/spool
        SlurmctldPidFile=%4$s/slurmctld.pid
        SlurmdPidFile=%4$s/slurmd.pid
        ProctrackType=proctrack/linuxproc
        TaskPlugin=task/none
        MpiDefault=none
        ReturnToService=2
        SelectType=select/cons_tres
        SelectTypeParameters=CR_CPU
        SlurmdParameters=config_overrides
        KillWait=1
        NodeName=here NodeHostname=%1$s NodeAddr=127.0.0.1 CPUs=4
        PartitionName=all Nodes=here Default=YES MaxTime=INFINITE
        """
            .formatted(host, Servers.freePort(), Servers.freePort(), directory));
    Files.writeString(
        directory.resolve("cgroup.conf"), "CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n");
    shell.set("SLURM_CONF", configuration.toString());
    startMunge(servers, directory);
    daemon(servers, shell, directory, Tool.SLURMCTLD, "-D", "-f", configuration.toString());
    daemon(
        servers, shell, directory, Tool.SLURMD, "-D", "-N", "here", "-f", configuration.toString());
    HeldProcess.await("the node", () -> shell.run("sinfo -h -o %T").out().strip().equals("idle"));
  }

  private static void startMunge(Servers servers, Path directory) throws Exception {
    byte[] key = new byte[1024];
    new Random(1).nextBytes(key);
    Path file = Files.write(directory.resolve("munge.key"), key);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Path socket = directory.resolve("munge.socket");
    ProcessBuilder munge =
        new ProcessBuilder(
            Tool.MUNGED.path(),
            "--foreground",
            "--key-file=" + file,
            "--socket=" + socket,
            "--pid-file=" + directory.resolve("munge.pid"),
            "--log-file=" + directory.resolve("munge.log"),
            "--seed-file=" + directory.resolve("munge.seed"));
    servers.startUntil(
        "to listen", directory.resolve("munged.log"), munge, () -> Files.exists(socket));
  }

  private static void daemon(
      Servers servers, RecipeShell shell, Path directory, Tool tool, String... arguments)
      throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = tool.path();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    servers.startUntil(
        "to begin", directory.resolve(tool + ".log"), shell.prepare(command), () -> true);
  }
}
