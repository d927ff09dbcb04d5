package io.github.qcow2tostdout.check;

import java.util.Locale;

/** How bad a finding is. */
public enum Severity {
  ERROR,
  WARNING,
  INFO;

  /** As the reports spell it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
