package io.github.qcow2tostdout.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs the packaged tool with faults in its system calls on one file. */
public final class Strace {
  private final List<String> command;
  private final Path log;

  /**
   * @param log where the system calls go
   * @param only the file whose system calls are meant
   * @param faults expressions for strace's {@code -e inject=}
   */
  public Strace(Path log, Path only, String... faults) throws IOException, InterruptedException {
    this.log = log;
    if (Tool.STRACE.run("-o", "/dev/null", "-e", "trace=none", "true").code() != 0) {
      Tool.missing("the permission to trace processes");
    }
    command = new ArrayList<>(List.of(Tool.STRACE.path(), "-qq", "-f", "-o", log.toString()));
    command.addAll(List.of("-P", only.toRealPath().toString()));
    for (String fault : faults) {
      command.addAll(List.of("-e", "inject=" + fault));
    }
    command.add(PackagedTool.LAUNCHER.toString());
  }

  /** The tool with arguments. */
  public ProcessBuilder tool(Object... arguments) {
    List<String> all = new ArrayList<>(command);
    Arrays.stream(arguments).map(Object::toString).forEach(all::add);
    return new ProcessBuilder(all);
  }

  /**
   * Waits until the tool has stopped itself, by a fault like {@code pread64:signal=SIGSTOP:when=1}.
   *
   * @return the tool, to be woken by SIGCONT
   */
  public ProcessHandle awaitStopped(HeldProcess strace) throws Exception {
    HeldProcess.await(
        "the stop; standard error: " + strace.err(),
        () -> Files.exists(log) && Files.readString(log).contains("stopped by SIGSTOP"));
    // Not before: at its start strace has children of its own, for a look at the kernel.
    return strace.child();
  }
}
