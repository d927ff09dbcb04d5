package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.format.ImageException;
import java.io.IOException;

/**
 * Something is wrong with an image, or with what is to become one; the message names it and says
 * what to do. What files and channels throw by themselves is not of this class.
 */
public final class Qcow2Exception extends IOException {
  private static final long serialVersionUID = 1;

  /** What is wrong. */
  public enum Reason {
    /** The file is something else. */
    NOT_QCOW2,
    /** The image contradicts itself, or its file ends too early. */
    CORRUPT,
    /** The image is, or would be, one that QEMU or this library does not handle. */
    UNSUPPORTED,
    /**
     * The disk or the image was written, or replaced, while it was read: discard what came of it.
     */
    CHANGED
  }

  private final Reason reason;

  private Qcow2Exception(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  static Qcow2Exception of(ImageException inside) {
    Reason reason =
        switch (inside) {
          case ImageException.NotQcow2 e -> Reason.NOT_QCOW2;
          case ImageException.Corrupt e -> Reason.CORRUPT;
          case ImageException.Unsupported e -> Reason.UNSUPPORTED;
          case ImageException.NotStreamable e -> Reason.UNSUPPORTED;
          case ImageException.UnusablePlan e -> Reason.UNSUPPORTED;
          case ImageException.SourceChanged e -> Reason.CHANGED;
          case ImageException.OtherDisk e -> Reason.CHANGED;
        };
    Qcow2Exception exception = new Qcow2Exception(reason, String.valueOf(inside.getMessage()));
    exception.initCause(inside);
    return exception;
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }
}
