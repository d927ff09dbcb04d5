package io.github.qcow2tostdout.api;

/** How an image is opened. */
public enum ImageOption {
  /**
   * Files that the image names (its backing file, what that names, its external data file) are
   * opened for its disk. An image can name any file of the machine: only for images of people that
   * one trusts. Backing files are qcow2 or raw.
   */
  FOLLOW,
  /**
   * The image is read also while QEMU has it open for writing; what is read may be half written.
   */
  FORCE_SHARE
}
