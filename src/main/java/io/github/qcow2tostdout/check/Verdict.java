package io.github.qcow2tostdout.check;

import java.util.Locale;

/** What a finding counts as in qemu-img's verdict. */
public enum Verdict {
  CORRUPTION,
  LEAK,
  CHECK_ERROR,
  APART;

  /** As the reports spell it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
