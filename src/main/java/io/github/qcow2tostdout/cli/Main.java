package io.github.qcow2tostdout.cli;

/** Where the launcher enters. */
public final class Main {
  private Main() {}

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] args) {
    Interruption.endAtSignals(System.err);
    LateQuit.begin();
    int code = new Application(StandardStreams.ofProcess()).run(args);
    System.err.flush();
    Interruption.endOtherwise(code);
  }
}
