package io.github.qcow2tostdout.posix;

/** What is done about signals that the VM keeps to itself. */
public final class Signals {
  private Signals() {}

  /**
   * Lets the system have SIGQUIT, which ends the process: the VM would print what its threads do,
   * and go on. Costs what the first call of this package costs, so it is for those who have time.
   */
  public static void leaveQuit() {
    SystemCalls.call(SystemCalls.Function.SYSCONF, 0, 0, 0);
  }
}
