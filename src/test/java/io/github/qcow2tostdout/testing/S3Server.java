package io.github.qcow2tostdout.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Adobe's S3Mock, a process that all tests of a run share, with the bucket {@code images}. nginx is
 * before it, because it answers {@code Expect: 100-continue} as botocore understands it.
 */
public final class S3Server implements BeforeAllCallback {
  private static final Path JARS = Path.of("target/s3mock");

  private int port;

  @Override
  public void beforeAll(ExtensionContext context) {
    port =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(S3Server.class))
            .computeIfAbsent("server", key -> Running.start(), Running.class)
            .port;
  }

  /** Where it is. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Has S3's clients in recipes use this server. */
  public void tell(RecipeShell shell) {
    shell.set("AWS_ENDPOINT_URL", url());
    shell.set("AWS_ACCESS_KEY_ID", "anybody");
    shell.set("AWS_SECRET_ACCESS_KEY", "anything");
    shell.set("AWS_DEFAULT_REGION", "us-east-1");
    shell.set("AWS_EC2_METADATA_DISABLED", "true");
  }

  private record Running(Servers servers, Path directory, int port) implements AutoCloseable {
    static Running start() {
      if (!Files.isDirectory(JARS)) {
        Tool.missing("S3Mock (mvn -f src/test/s3mock package)");
      }
      Servers servers = new Servers();
      try {
        Path directory = Files.createTempDirectory("s3mock");
        int mock = Servers.freePort();
        servers.start(
            mock,
            directory.resolve("s3mock.log"),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx512m",
            "-cp",
            JARS + "/*",
            "src/test/s3mock/LoopbackS3Mock.java",
            "--server.address=127.0.0.1",
            "--server.port=0",
            "--server.ssl.enabled=false",
            "--http.port=" + mock,
            "--com.adobe.testing.s3mock.store.root=" + directory.resolve("store"),
            "--com.adobe.testing.s3mock.store.initial-buckets=images");
        int port =
            LoopbackNginx.start(
                servers,
                directory,
                "",
                "location / { proxy_pass http://127.0.0.1:%d; proxy_http_version 1.1; proxy_request_buffering off; proxy_set_header Host $http_host; }"
                    .formatted(mock));
        return new Running(servers, directory, port);
      } catch (Exception e) {
        throw new AssertionError("S3Mock can't be started", e);
      }
    }

    @Override
    public void close() throws IOException {
      servers.close();
      try (Stream<Path> files = Files.walk(directory)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
  }
}
