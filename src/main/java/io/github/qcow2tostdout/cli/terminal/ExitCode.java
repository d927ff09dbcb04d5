package io.github.qcow2tostdout.cli.terminal;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the process ends with; a signal n ends it with 128 + n, which the VM does by itself. */
public final class ExitCode {
  public static final int OK = 0;

  /** It could not be done. */
  public static final int FAILED = 1;

  /** The image is corrupt. */
  public static final int CORRUPT = 2;

  /** Clusters are leaked, and nothing is worse. */
  public static final int LEAKS = 3;

  /** All that could be read was, and the rest is zeroes. */
  public static final int SALVAGED = 3;

  /** It is nothing that can be checked. */
  public static final int NOT_CHECKABLE = 63;

  /** The arguments are wrong ({@code EX_USAGE}). */
  public static final int USAGE = 64;

  /** The reader of standard output went away: as if by SIGPIPE. */
  public static final int READER_GONE = 141;

  private ExitCode() {}

  /**
   * What the help says of them.
   *
   * @param done what 0 means
   * @param failed what 1 means
   * @param more others below 64, each followed by what it means
   */
  public static Map<String, String> help(String done, String failed, String... more) {
    Map<String, String> codes = new LinkedHashMap<>();
    codes.put("  0", done);
    codes.put("  1", failed);
    for (int i = 0; i < more.length; i += 2) {
      codes.put(more[i], more[i + 1]);
    }
    codes.put(" 64", "the arguments are wrong");
    codes.put("141", "the reader of standard output went away");
    return codes;
  }
}
