package io.github.qcow2tostdout.source.qemu;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A child process that exports something on a Unix socket in a directory of its own, and that is
 * gone together with the directory when this process is, however it ends. A shell between the two
 * sees to it: it waits for the end of a pipe that this process never writes to, and that the system
 * closes for it if need be. It has a session of its own, where that can be had, so that Ctrl-C on a
 * terminal reaches neither it nor the child: who goes first would be a matter of luck, and so would
 * be what is said.
 */
final class ExportingProcess implements Closeable {
  /** The socket's name in the directory. */
  private static final String SOCKET = "s";

  /** The name of the file with the child's number. */
  private static final String CHILD = "pid";

  /** Memory that is no limit. */
  private static final long UNLIMITED = Long.MAX_VALUE;

  /**
   * Takes the directory, a limit of memory, a number of texts, these, and the command. The texts
   * become files that are called 0, 1 and so on. The child is killed without being asked: it has
   * nothing to finish. To know when it ends, the shell gives up its own end of the pipe of its
   * messages. What the launcher has set for the VM alone goes no further.
   */
  private static final String SHELL =
      """
      trap '' HUP INT TERM
      unset MALLOC_ARENA_MAX LD_ORIGIN_PATH
      umask 077
      directory=$1
      memory=$2
      texts=$3
      shift 3
      mkdir -- "$directory" && cd -- "$directory" || exit
      text=0
      while [ "$text" -lt "$texts" ]; do
        printf %s "$1" >"$text" || exit
        shift
        text=$((text + 1))
      done
      (
        ulimit -S -v "$memory" 2>/dev/null
        exec "$@"
      ) </dev/null &
      echo $! >pid
      exec >/dev/null 2>&1
      read -r end
      kill -9 $!
      wait
      cd /
      rm -rf -- "$directory"
      """;

  /** The system's words for an error in a message of the JDK. */
  private static final Pattern REASON = Pattern.compile("error: \\d+ \\(([^)]*)\\)");

  private static final int MAX_MESSAGES = 16 << 10;
  private static final long STOP_SECONDS = 5;

  private final Process process;
  private final Path socket;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final StringBuilder messages = new StringBuilder();

  private ExportingProcess(Process process, Path socket) {
    this.process = process;
    this.socket = socket;
  }

  /** What makes a command of the path of the socket. */
  interface Command {
    List<String> on(Path socket);
  }

  /** A directory for a child. */
  static Path newDirectory(Environment environment) throws IOException {
    return environment.newDirectory(SOCKET);
  }

  /**
   * Starts it, with no limits.
   *
   * @param environment where PATH and the places for temporary files are looked up
   */
  static ExportingProcess start(Command command, Environment environment) throws IOException {
    return start(newDirectory(environment), command, List.of(), UNLIMITED, environment);
  }

  /**
   * Starts it.
   *
   * @param directory that {@link #newDirectory} gave
   * @param texts of files that the child finds there, called 0, 1 and so on
   * @param memory bytes of address space that the child may have
   */
  static ExportingProcess start(
      Path directory, Command command, List<String> texts, long memory, Environment environment)
      throws IOException {
    Path socket = directory.resolve(SOCKET);
    List<String> all = new ArrayList<>();
    environment.find("setsid").ifPresent(setsid -> all.add(setsid.toString()));
    all.addAll(List.of("/bin/sh", "-c", SHELL, "qcow2-to-stdout", directory.toString()));
    all.add(memory == UNLIMITED ? "unlimited" : Long.toString(memory >> 10));
    all.add(Integer.toString(texts.size()));
    all.addAll(texts);
    all.addAll(command.on(socket));
    ExportingProcess started = new ExportingProcess(startProcess(all), socket);
    Thread.ofPlatform().daemon().name("messages").start(started::readMessages);
    return started;
  }

  /** What the JDK says of a failure is lines of advice about the JDK. */
  private static Process startProcess(List<String> command) throws IOException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      Matcher reason = REASON.matcher(Objects.requireNonNullElse(e.getMessage(), ""));
      throw new IOException(
          "can't start "
              + command.getFirst()
              + (reason.find() ? ": " + reason.group(1) : "")
              + "; allow more processes (ulimit -u) and memory, or install the package anew",
          e);
    }
  }

  private void readMessages() {
    byte[] buffer = new byte[1024];
    try (InputStream in = process.getInputStream()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        synchronized (messages) {
          if (messages.length() < MAX_MESSAGES) {
            messages.append(new String(buffer, 0, count, UTF_8));
          }
        }
      }
    } catch (IOException e) {
      // It is closed at this end when nobody wants to know any more.
    } finally {
      ended.countDown();
    }
  }

  /**
   * Connects as soon as the child listens.
   *
   * @param limit how long to wait for that
   * @return empty if it ends before that
   * @throws TimeoutException if neither happens in time
   */
  Optional<SocketChannel> connect(Duration limit) throws IOException, TimeoutException {
    long start = System.nanoTime();
    while (!hasEndedWithin(1)) {
      if (System.nanoTime() - start > limit.toNanos()) {
        throw new TimeoutException();
      }
      if (Files.exists(socket)) {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
          channel.connect(UnixDomainSocketAddress.of(socket));
          return Optional.of(channel);
        } catch (IOException e) {
          // The socket is there, but nobody listens yet.
          channel.close();
        }
      }
    }
    return Optional.empty();
  }

  /** Waits so long for the child to end, and says whether it has. */
  boolean hasEndedWithin(long milliseconds) {
    try {
      return ended.await(milliseconds, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /**
   * The files that the child has open, its own directory's left out: where they can be looked at,
   * and what they are called. None where the system does not tell.
   */
  Map<Path, Path> openFiles() {
    Map<Path, Path> open = new HashMap<>();
    try {
      Path directory = socket.resolveSibling("").toRealPath();
      String child = child();
      try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc", child, "fd"))) {
        for (Path descriptor : all) {
          Path file = Files.readSymbolicLink(descriptor);
          if (!file.startsWith(directory)) {
            open.put(descriptor, file);
          }
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // There are systems without /proc, and it may just have ended.
      return Map.of();
    }
    return open;
  }

  /** The child's number, which the shell writes as soon as it has started it. */
  private String child() throws IOException {
    Path file = socket.resolveSibling(CHILD);
    String number = "";
    while (!number.endsWith("\n") && !hasEndedWithin(1)) {
      number = Files.exists(file) ? Files.readString(file) : "";
    }
    return number.strip();
  }

  /** What it said so far. */
  String messages() {
    synchronized (messages) {
      return messages.toString();
    }
  }

  /** Ends it, and waits until it and the directory are gone. */
  @Override
  public void close() throws IOException {
    try (OutputStream end = process.getOutputStream()) {
      end.flush();
    }
    try {
      process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
