package io.github.qcow2tostdout.foreign;

import java.util.Optional;

/**
 * Another file that an image names.
 *
 * @param role what it is to the image
 * @param name as it is in the image
 * @param format what QEMU calls the file's format, if the image says that
 * @param offset of the name, or of the field that leads to it, in the image's file
 */
public record NamedFile(Role role, String name, Optional<String> format, long offset) {
  /** What a file is to an image. */
  public enum Role {
    /** Has what the image has not. */
    BACKING("backing file"),
    /** Holds all data of the image. */
    DATA("data file"),
    /** Holds a part of the disk. */
    EXTENT("extent");

    private final String words;

    Role(String words) {
      this.words = words;
    }

    /** For the user. */
    public String words() {
      return words;
    }
  }

  /** For the user. */
  public String words() {
    return role.words() + " " + name;
  }
}
