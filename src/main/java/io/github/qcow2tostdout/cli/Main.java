package io.github.qcow2tostdout.cli;

/** Where the launcher enters. */
public final class Main {
  private Main() {}

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] args) {
    int code = new Application(StandardStreams.ofProcess()).run(args);
    System.err.flush();
    Interruption.awaitIfUnderWay();
    // An exit would load the classes of its log; there are no hooks that must run now.
    Runtime.getRuntime().halt(code);
  }
}
