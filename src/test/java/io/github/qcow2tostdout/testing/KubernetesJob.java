package io.github.qcow2tostdout.testing;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A manifest of a job of Kubernetes, as the model of its API understands it. */
public record KubernetesJob(Job job) {
  /** Reads a manifest; a field that the API does not know is an error. */
  public static KubernetesJob read(Path file) throws IOException {
    return parse(Files.readString(file));
  }

  /** Reads a manifest; a field that the API does not know is an error. */
  public static KubernetesJob parse(String yaml) {
    return new KubernetesJob(
        YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new Strict())
            .build()
            .readValue(yaml, Job.class));
  }

  /** The only container. */
  public Container container() {
    List<Container> containers = job.getSpec().getTemplate().getSpec().getContainers();
    if (containers.size() != 1) {
      throw new AssertionError(containers.size() + " containers");
    }
    return containers.getFirst();
  }

  /** How many indexes it has. */
  public int completions() {
    return job.getSpec().getCompletions();
  }

  /** The program that the container runs, and its arguments. */
  public List<String> command() {
    List<String> command = new ArrayList<>(container().getCommand());
    command.addAll(container().getArgs());
    return command;
  }

  /** The variables that it has. */
  public Map<String, String> environment() {
    return container().getEnv().stream()
        .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
  }

  /** The model would keep what it does not know. */
  private static final class Strict extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
      return false;
    }
  }
}
