package io.github.qcow2tostdout.luks;

import java.nio.file.FileSystemException;

/** A key that is of none of the slots of a disk. */
public final class WrongKeyException extends FileSystemException {
  private static final long serialVersionUID = 1;

  WrongKeyException(String image) {
    super(
        image,
        null,
        "the key opens none of its key slots; all bytes of the key file count, also a newline at"
            + " its end");
  }
}
