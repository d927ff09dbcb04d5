package io.github.qcow2tostdout.convert;

import java.io.IOException;

/** The output did not take what was written to it; the cause is the system's error. */
public final class OutputException extends IOException {
  private static final long serialVersionUID = 1;

  OutputException(IOException cause) {
    super(cause.getMessage(), cause);
  }
}
