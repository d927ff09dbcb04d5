package io.github.qcow2tostdout.source.nbd;

import java.io.IOException;

/** A server said what the NBD protocol does not allow; nothing that follows can be understood. */
final class NbdProtocolException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * @param what what it said
   */
  NbdProtocolException(String what) {
    super("the server does not keep to the NBD protocol: " + what);
  }
}
