package io.github.qcow2tostdout.posix;

import io.github.qcow2tostdout.posix.SystemCalls.Function;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What a terminal says of itself. */
public final class Terminals {
  private static final int TIOCGWINSZ = 0x5413;

  private Terminals() {}

  /**
   * How many columns a terminal has now; 0 where nobody has told it, or where this can't be asked.
   *
   * @param descriptor the terminal
   */
  public static int columns(int descriptor) {
    if (!SystemCalls.AVAILABLE) {
      return 0;
    }
    try (Arena arena = Arena.ofConfined()) {
      // struct winsize { unsigned short ws_row, ws_col, ws_xpixel, ws_ypixel; }
      MemorySegment size = arena.allocate(8, 2);
      int result =
          SystemCalls.call(Function.IOCTL, descriptor, TIOCGWINSZ, size.address()).intResult();
      return result < 0 ? 0 : Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 2));
    }
  }
}
