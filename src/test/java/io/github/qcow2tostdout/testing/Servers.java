package io.github.qcow2tostdout.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Server programs on the loopback interface, which end with the test. */
public final class Servers implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);

  private final List<Process> running = new ArrayList<>();

  /** A port that nobody listened on a moment ago. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Starts a server and waits until it listens; what it says goes to a file. */
  public void start(int port, Path log, String... command) throws Exception {
    start(port, log, new ProcessBuilder(command));
  }

  /** Starts a server and waits until it listens; what it says goes to a file. */
  public void start(int port, Path log, ProcessBuilder builder) throws Exception {
    startUntil("to listen", log, builder, () -> isListening(port));
  }

  /** Starts a server and waits until it is ready; what it says goes to a file. */
  public void startUntil(String what, Path log, ProcessBuilder builder, Callable<Boolean> ready)
      throws Exception {
    String name = Path.of(builder.command().getFirst()).getFileName().toString();
    Process server = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    running.add(server);
    HeldProcess.await(
        name + " " + what,
        START,
        () -> {
          if (!server.isAlive()) {
            throw new AssertionError(name + " ended: " + Files.readString(log));
          }
          return ready.call();
        });
  }

  private static boolean isListening(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends all of them, the last one first. */
  @Override
  public void close() {
    for (Process server : running.reversed()) {
      server.descendants().forEach(ProcessHandle::destroy);
      server.destroy();
      server.onExit().join();
    }
    running.clear();
  }
}
