package io.github.qcow2tostdout.report;

import java.io.IOException;

/** The report could not be written; unlike other errors, which are about the image. */
public final class ReportException extends IOException {
  private static final long serialVersionUID = 1;

  private final IOException error;

  ReportException(IOException error) {
    super(error.getMessage(), error);
    this.error = error;
  }

  /** What the system said. */
  public IOException error() {
    return error;
  }
}
