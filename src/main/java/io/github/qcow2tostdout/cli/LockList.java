package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.source.QemuLocks;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The locks of this host. They are asked for before the arguments are read: the kernel takes some
 * milliseconds, which are as many as the rest of the start has left to do.
 */
final class LockList {
  private static final Set<String> IMAGE_COMMANDS =
      Set.of(CheckOptions.NAME, DumpOptions.NAME, RestoreOptions.NAME);

  private final FutureTask<String> list = new FutureTask<>(QemuLocks::list);

  /** Those for a command that may want them; begins to ask for them then. */
  static LockList forCommand(String... args) {
    LockList locks = new LockList();
    if (args.length > 1
        && IMAGE_COMMANDS.contains(args[0])
        && !List.of(args).contains(HeldImage.FORCE_SHARE)
        && !List.of(args).contains(HeldImage.FORCE_SHARE_SHORT)) {
      Thread.ofPlatform().daemon().start(locks.list);
    }
    return locks;
  }

  /** Whether nothing has to be waited for. */
  boolean isKnown() {
    return list.isDone();
  }

  /** The list as it was at the start. */
  String get() {
    // Of two who run it the second does nothing.
    list.run();
    try {
      return list.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
