package io.github.qcow2tostdout.posix;

/** What is done about signals that the VM keeps to itself. */
public final class Signals {
  private static final int SIGQUIT = 3;
  private static final int SIG_DFL = 0;

  private Signals() {}

  /**
   * Lets the system have SIGQUIT, which ends the process: the VM would print what its threads do,
   * and go on. Costs what the first call of this package costs, so it is for those who have time.
   */
  public static void leaveQuit() {
    SystemCalls.call(SystemCalls.Function.SIGNAL, SIGQUIT, SIG_DFL, 0);
  }
}
