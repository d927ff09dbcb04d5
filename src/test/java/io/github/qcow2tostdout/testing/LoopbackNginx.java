package io.github.qcow2tostdout.testing;

import java.nio.file.Files;
import java.nio.file.Path;

/** nginx on the loopback interface. */
public final class LoopbackNginx {
  private LoopbackNginx() {}

  /**
   * Starts the server.
   *
   * @param directory where its files are
   * @param http more lines of the configuration's http block
   * @param server more lines of the only server in it
   * @return its port
   */
  public static int start(Servers servers, Path directory, String http, String server)
      throws Exception {
    int port = Servers.freePort();
    Path configuration = directory.resolve("nginx.conf");
    Files.writeString(
        configuration,
        """
        daemon off;
        %1$s
        worker_processes 1;
        pid %2$s/nginx.pid;
        error_log stderr;
        events {}
        http {
          access_log off;
          client_body_temp_path %2$s/body;
          proxy_temp_path %2$s/proxy;
          fastcgi_temp_path %2$s/fastcgi;
          uwsgi_temp_path %2$s/uwsgi;
          scgi_temp_path %2$s/scgi;
          client_max_body_size 0;
          %4$s
          server {
            listen 127.0.0.1:%3$d;
            %5$s
          }
        }
        """
            .formatted(
                System.getProperty("user.name").equals("root") ? "user root;" : "",
                directory,
                port,
                http,
                server));
    servers.start(
        port,
        directory.resolve("nginx.log"),
        Tool.NGINX.path(),
        "-e",
        "stderr",
        "-p",
        directory.toString(),
        "-c",
        configuration.toString());
    return port;
  }
}
