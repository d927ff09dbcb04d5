package io.github.qcow2tostdout.format;

import java.io.IOException;

/** Something is wrong with an image, or with what is to become one; the message is for the user. */
public abstract sealed class ImageException extends IOException {
  private static final long serialVersionUID = 1;

  private final String fact;

  private ImageException(String file, String stem, String fact, String remedy) {
    // Names out of an image are part of the fact; a terminal must not obey them.
    super(Printable.masked(file + ": " + stem + ": " + fact + "; " + remedy));
    this.fact = fact;
  }

  /** What was found; may have names out of an image in it. */
  public String fact() {
    return fact;
  }

  /** The file is something else. */
  public static final class NotQcow2 extends ImageException {
    private static final long serialVersionUID = 1;

    /**
     * @param file the name as the user gave it
     * @param fact what was found
     */
    public NotQcow2(String file, String fact) {
      super(file, "not a qcow2 image", fact, "give a qcow2 image");
    }
  }

  /** The image contradicts itself, or the file ends too early. */
  public static final class Corrupt extends ImageException {
    private static final long serialVersionUID = 1;

    /**
     * @param file the name as the user gave it
     * @param fact what was found, where, and what is expected
     * @param remedy what to do
     */
    public Corrupt(String file, String fact, String remedy) {
      super(file, "corrupt image", fact, remedy);
    }
  }

  /** The image would be, or is, one that this program or QEMU does not handle. */
  public static final class Unsupported extends ImageException {
    private static final long serialVersionUID = 1;

    /**
     * @param file the name as the user gave it
     * @param fact what was found and what is expected
     * @param remedy what to do
     */
    public Unsupported(String file, String fact, String remedy) {
      super(file, "unsupported image", fact, remedy);
    }
  }

  /** The image can be checked, but not as it flows by. */
  public static final class NotStreamable extends ImageException {
    private static final long serialVersionUID = 1;

    /**
     * @param file the name as the user gave it
     * @param fact which structure is where
     */
    public NotStreamable(String file, String fact) {
      this(file, fact, "store the stream in a file and check that");
    }

    /**
     * @param file the name as the user gave it
     * @param fact which structure is where
     * @param remedy what to do
     */
    public NotStreamable(String file, String fact, String remedy) {
      super(file, "not a streamable layout", fact, remedy);
    }
  }

  /** The disk was written, or replaced, while it was read. */
  public static final class SourceChanged extends ImageException {
    private static final long serialVersionUID = 1;

    /**
     * @param file the name as the user gave it
     * @param fact what differs
     */
    public SourceChanged(String file, String fact) {
      super(
          file,
          "source changed while it was read",
          fact,
          "discard what the receiver got, stop what writes to the disk (or take a snapshot of it)"
              + " and run again");
    }
  }

  /** A plan that was kept can't be used. */
  public static final class UnusablePlan extends ImageException {
    private static final long serialVersionUID = 1;

    /**
     * @param file the plan, as the user gave it
     * @param fact what is wrong with it
     * @param remedy what to do
     */
    public UnusablePlan(String file, String fact, String remedy) {
      super(file, "unusable plan", fact, remedy);
    }
  }

  /** A plan was made of another disk, or of what this one was before. */
  public static final class OtherDisk extends ImageException {
    private static final long serialVersionUID = 1;

    /**
     * @param file the disk, as the user gave it
     * @param fact what differs
     * @param remedy what to do
     */
    public OtherDisk(String file, String fact, String remedy) {
      super(file, "not the disk of the plan", fact, remedy);
    }
  }
}
