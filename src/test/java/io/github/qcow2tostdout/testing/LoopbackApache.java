package io.github.qcow2tostdout.testing;

import java.nio.file.Files;
import java.nio.file.Path;

/** Apache's WebDAV on the loopback interface, which takes PUT with Content-Range. */
public final class LoopbackApache {
  private static final String MODULES = "/usr/lib/apache2/modules/";

  private LoopbackApache() {}

  /**
   * Starts the server.
   *
   * @param directory where its own files are
   * @param documents what it shows, and where it writes
   * @return its port
   */
  public static int start(Servers servers, Path directory, Path documents) throws Exception {
    int port = Servers.freePort();
    Path configuration = directory.resolve("apache.conf");
    Path locks = Files.createDirectories(directory.resolve("locks"));
    Files.writeString(
        configuration,
        """
        ServerRoot %1$s
        LoadModule mpm_event_module %2$smod_mpm_event.so
        LoadModule authz_core_module %2$smod_authz_core.so
        LoadModule dav_module %2$smod_dav.so
        LoadModule dav_fs_module %2$smod_dav_fs.so
        ServerName localhost
        Timeout 2
        Listen 127.0.0.1:%3$d
        PidFile %1$s/apache.pid
        ErrorLog %1$s/apache-error.log
        Mutex file:%4$s
        DavLockDB %4$s/locks
        User www-data
        Group www-data
        DocumentRoot %5$s
        <Directory />
          Dav On
          Require all granted
        </Directory>
        """
            .formatted(directory, MODULES, port, locks, documents));
    if (System.getProperty("user.name").equals("root")) {
      // It is another user that serves.
      Outcome.of(new ProcessBuilder("chown", "www-data", locks.toString(), documents.toString()));
    }
    servers.start(
        port,
        directory.resolve("apache.log"),
        Tool.APACHE.path(),
        "-X",
        "-f",
        configuration.toString());
    return port;
  }
}
