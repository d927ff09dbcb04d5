package io.github.qcow2tostdout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qcow2tostdout.testing.KubernetesJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;

/** docs/examples/kubernetes, held against the model of Kubernetes' API. */
final class KubernetesExampleTest {
  private static final Path MANIFEST = Path.of("docs/examples/kubernetes/upload.yaml");

  @Test
  void manifestIsAnIndexedJob() throws Exception {
    var job = KubernetesJob.read(MANIFEST).job();
    assertEquals("batch/v1", job.getApiVersion());
    assertEquals("Job", job.getKind());
    assertEquals("Indexed", job.getSpec().getCompletionMode());
    // With backoffLimitPerIndex nothing else is allowed.
    assertEquals("Never", job.getSpec().getTemplate().getSpec().getRestartPolicy());
  }

  @Test
  void everyPartIsSomebodys() throws Exception {
    KubernetesJob job = KubernetesJob.read(MANIFEST);
    assertEquals(Integer.toString(job.completions()), job.environment().get("OF"));
  }

  @Test
  void whatIsMountedIsAVolume() throws Exception {
    KubernetesJob job = KubernetesJob.read(MANIFEST);
    Set<String> volumes = new HashSet<>();
    job.job().getSpec().getTemplate().getSpec().getVolumes().forEach(v -> volumes.add(v.getName()));
    Set<String> used = new HashSet<>();
    job.container().getVolumeMounts().forEach(mount -> used.add(mount.getName()));
    job.container().getVolumeDevices().forEach(device -> used.add(device.getName()));
    assertEquals(volumes, used);
  }

  @Test
  void fieldThatTheApiDoesNotKnowIsRefused() throws Exception {
    String manifest = Files.readString(MANIFEST);
    for (String known : new String[] {"completionMode", "backoffLimitPerIndex", "devicePath"}) {
      assertThrows(
          JacksonException.class,
          () -> KubernetesJob.parse(manifest.replace(known, known + "s")),
          known);
    }
  }
}
