package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.LateQuit;
import io.github.qcow2tostdout.cli.terminal.ProgressSignal;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;

/** Where the launcher enters. */
public final class Main {
  private Main() {}

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] args) {
    StandardStreams streams = StandardStreams.ofProcess();
    Interruption.endAtSignals(streams.err());
    ProgressSignal.answer(streams.err());
    LateQuit.begin();
    int code = new Application(streams).run(args);
    System.err.flush();
    Interruption.endOtherwise(code);
  }
}
