package io.github.qcow2tostdout.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Has {@code ssh} to any host, in recipes, reach this machine, in a directory of the test. */
public final class LoopbackSshd {
  private LoopbackSshd() {}

  /**
   * Starts the server.
   *
   * @param there where the commands run, instead of the user's home
   * @param begin what the other machine's shell does first
   */
  public static void start(Servers servers, RecipeShell shell, Path there, String begin)
      throws Exception {
    int port = Servers.freePort();
    for (String key : List.of("host_key", "user_key")) {
      Outcome made =
          Outcome.of(
              new ProcessBuilder(
                  "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", shell.file(key).toString()));
      assertEquals(new Outcome(0, "", ""), made);
    }
    Files.writeString(
        shell.file("authorized_keys"),
        "command=\"%scd '%s' && eval \\\"$SSH_ORIGINAL_COMMAND\\\"\" %s"
            .formatted(begin, there, Files.readString(shell.file("user_key.pub"))));
    Files.writeString(
        shell.file("sshd_config"),
        """
        Port %d
        ListenAddress 127.0.0.1
        HostKey %s
        AuthorizedKeysFile %s
        PidFile none
        StrictModes no
        UsePAM no
        PasswordAuthentication no
        PermitRootLogin yes
        """
            .formatted(port, shell.file("host_key"), shell.file("authorized_keys")));
    Files.writeString(
        shell.file("ssh_config"),
        """
        Host *
          HostName 127.0.0.1
          Port %d
          User %s
          IdentityFile %s
          IdentitiesOnly yes
          UserKnownHostsFile /dev/null
          StrictHostKeyChecking no
          LogLevel ERROR
        """
            .formatted(port, System.getProperty("user.name"), shell.file("user_key")));
    shell.wrap(
        "ssh", "exec '" + Tool.SSH.path() + "' -F '" + shell.file("ssh_config") + "' \"$@\"");
    if (System.getProperty("user.name").equals("root")) {
      Files.createDirectories(Path.of("/run/sshd"));
    }
    servers.start(
        port,
        shell.file("sshd.log"),
        Tool.SSHD.path(),
        "-D",
        "-e",
        "-f",
        shell.file("sshd_config").toString());
  }
}
