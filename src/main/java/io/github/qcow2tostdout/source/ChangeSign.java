package io.github.qcow2tostdout.source;

/** How much of a source's identity counts when it is asked whether the source has changed. */
public enum ChangeSign {
  /** Size, inode, and the times of modification and of change. */
  CHANGE_TIME,
  /** Size, inode and the time of modification, which links and modes don't move. */
  MODIFICATION_TIME,
  /** Size and inode. */
  INODE,
  /** The size alone. */
  SIZE,
  NOTHING
}
