package io.github.qcow2tostdout.testing;

import java.nio.file.Files;
import java.nio.file.Path;

/** A registry of containers on the loopback interface. */
public final class LoopbackRegistry {
  private LoopbackRegistry() {}

  /** Starts the server, whose files are in a directory, and returns its port. */
  public static int start(Servers servers, Path directory) throws Exception {
    int port = Servers.freePort();
    Path configuration = directory.resolve("registry.yml");
    Files.writeString(
        configuration,
        """
        version: 0.1
        log: {level: error, accesslog: {disabled: true}}
        storage: {filesystem: {rootdirectory: %s/registry}}
        http: {addr: 127.0.0.1:%d}
        """
            .formatted(directory, port));
    servers.start(
        port,
        directory.resolve("registry.log"),
        Tool.DOCKER_REGISTRY.path(),
        "serve",
        configuration.toString());
    return port;
  }
}
