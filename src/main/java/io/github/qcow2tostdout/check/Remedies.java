package io.github.qcow2tostdout.check;

/** What to do about a finding, where several kinds have the same. */
final class Remedies {
  static final String GET_A_COPY = "get a whole copy";
  static final String ENTRY_IS_DAMAGED = "the entry is damaged: get a whole copy";
  static final String FILE_OR_ENTRY_IS_DAMAGED =
      "the file is truncated or the entry is damaged: get a whole copy";
  static final String REPAIR = "qemu-img check -r all";
  static final String CHECK_THE_WRITER = "check which program wrote the image";
  static final String CHECK_THE_SIZE = "check whether the disk's size is right";
  static final String SNAPSHOT_IS_LOST = "the snapshot is lost; delete it after a copy";
  static final String NONE = "none is needed";

  private Remedies() {}
}
