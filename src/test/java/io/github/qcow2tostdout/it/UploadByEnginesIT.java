package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.KubernetesJob;
import io.github.qcow2tostdout.testing.LoopbackSshd;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.RecipeShell;
import io.github.qcow2tostdout.testing.S3Server;
import io.github.qcow2tostdout.testing.Servers;
import io.github.qcow2tostdout.testing.SlurmCluster;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What spreads the parts over machines: each engine is the real one, and this its only machine. */
@Timeout(180)
final class UploadByEnginesIT {
  @RegisterExtension static final S3Server S3 = new S3Server();

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private final Servers servers = new Servers();
  private RecipeShell shell;
  private Path job;

  @BeforeEach
  void makeDisk() throws Exception {
    Tool.AWS.path();
    shell = new RecipeShell(directory);
    S3.tell(shell);
    shell.set("PARTS", "--part-size 5M");
    Disks.full(shell.here().resolve("disk.raw"), 32 << 20);
    shell.runWell("truncate -s 40M disk.raw");
    job = shell.here().resolve("job");
  }

  @AfterEach
  void stopServers() {
    servers.close();
  }

  private void assertUploaded() throws Exception {
    shell.runWell(
        Tool.AWS.path()
            + " --endpoint-url $AWS_ENDPOINT_URL s3 cp --quiet s3://images/disk.qcow2 got;"
            + " qcow2-to-stdout disk.raw | cmp - got; qcow2-to-stdout check --strict got > said");
    assertEquals(
        "No errors were found on the image.\n",
        Files.readString(shell.here().resolve("said")).lines().findFirst().orElse("") + "\n");
  }

  /** One task is killed and puts itself into the queue again, another is put there by somebody. */
  @Test
  void slurm() throws Exception {
    SlurmCluster.start(servers, shell, Files.createDirectory(directory.resolve("slurm")));
    // Tasks 2 and 3 wait where they render their first part, until their work is killed.
    shell.wrap(
        "qcow2-to-stdout",
        """
        case $SLURM_ARRAY_TASK_ID:$SLURM_RESTART_COUNT in
          2: | 3:) echo $PPID > '%s'/$SLURM_ARRAY_TASK_ID; exec sleep 100 ;;
        esac
        exec '%s' "$@"
        """
            .formatted(directory, PackagedTool.LAUNCHER));
    shell.runWell(RecipeShell.example("slurm", "docs/uploading.md").replace("/shared", "$PWD"));
    HeldProcess.await("both tasks", PATIENCE, () -> held("2") && held("3"));
    String array = shell.run("squeue -h -t R -o %F | head -n 1").out().strip();
    shell.runWell("kill -9 $(cat '" + directory + "/3')");
    shell.runWell("scontrol requeue " + array + "_2");
    // Slurm lets them wait for two minutes, unless somebody is in a hurry.
    for (String task : List.of("2", "3")) {
      HeldProcess.await(
          "task " + task + " in the queue",
          PATIENCE,
          () -> shell.run("squeue -h -r -t PD -o %i").out().contains(array + "_" + task));
      shell.runWell("scontrol update JobId=" + array + "_" + task + " StartTime=now");
    }
    HeldProcess.await("the last job", PATIENCE, () -> shell.run("squeue -h").out().isEmpty());
    assertEquals("", Files.readString(job.resolve("finish")));
    assertUploaded();
  }

  private boolean held(String task) {
    return Files.exists(directory.resolve(task));
  }

  @Test
  void gnuParallelOverSsh() throws Exception {
    Tool.PARALLEL.path();
    Path there = Files.createDirectory(directory.resolve("there"));
    LoopbackSshd.start(servers, shell, there, "PATH='" + shell.path() + "'; ");
    // The first try of one part fails on the other machine.
    shell.wrap(
        "curl",
        "case $* in *partNumber=3*) rmdir '%s' 2> /dev/null && exit 7 ;; esac; exec %s \"$@\""
            .formatted(Files.createDirectory(directory.resolve("once")), Tool.CURL.path()));
    Outcome outcome =
        shell.run(RecipeShell.example("parallel", "docs/uploading.md").replace("/shared", "$PWD"));
    assertEquals(0, outcome.code(), outcome::toString);
    assertUploaded();
  }

  @Test
  void kubernetesJob() throws Exception {
    shell.runWell("docs/examples/s3/begin job disk.raw s3://images/disk.qcow2");
    KubernetesJob manifest = KubernetesJob.read(Path.of("docs/examples/kubernetes/upload.yaml"));
    // What the volumes are mounted as, and the container's own files.
    Map<String, String> places =
        Map.of(
            "SHARE", Path.of("docs/examples/s3/share").toAbsolutePath().toString(),
            "JOB", job.toString(),
            "DISK", shell.here().resolve("disk.raw").toString());
    List<Process> pods = new ArrayList<>();
    for (int index = 0; index < manifest.completions(); index++) {
      ProcessBuilder pod = shell.prepare(manifest.command().toArray(String[]::new));
      pod.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
      pod.environment().putAll(manifest.environment());
      pod.environment().putAll(places);
      pod.environment().put("JOB_COMPLETION_INDEX", Integer.toString(index));
      pods.add(pod.redirectErrorStream(true).redirectOutput(shell.file("pod").toFile()).start());
    }
    for (Process pod : pods) {
      assertEquals(0, pod.waitFor(), () -> shell.file("pod").toString());
    }
    shell.runWell("docs/examples/s3/finish job s3://images/disk.qcow2");
    assertUploaded();
  }
}
