package io.github.qcow2tostdout.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Calls functions of the C library. All of them through one shape, {@code long f(long, long, long,
 * long, long)} with errno: each further shape would cost milliseconds to link, and on the machines
 * that {@link #AVAILABLE} admits an argument too many, or an int passed as a long, does no harm.
 */
@SuppressWarnings("restricted")
final class SystemCalls {
  /** What a call left: its result, and errno where the result says that it failed. */
  record Outcome(long result, int errno) {
    /** The result of a function that returns an int. */
    int intResult() {
      return (int) result;
    }
  }

  /** A function of the C library. */
  enum Function {
    OPEN("open"),
    CLOSE("close"),
    LINKAT("linkat"),
    LSEEK("lseek"),
    STATX("statx"),
    POSIX_FADVISE("posix_fadvise"),
    FALLOCATE("fallocate"),
    FCNTL("fcntl"),
    IOCTL("ioctl"),
    POLL("poll"),
    SYSCALL("syscall"),
    SYSCONF("sysconf"),
    SIGNAL("signal"),
    FSTATFS("fstatfs"),
    MADVISE("madvise");

    /** 0 where the C library has no such function. */
    private final long address;

    Function(String symbol) {
      address =
          Linker.nativeLinker().defaultLookup().find(symbol).orElse(MemorySegment.NULL).address();
    }
  }

  /** Whether the constants and the calling conventions in this package are those of this system. */
  static final boolean AVAILABLE = available();

  /** Never called where it is not linked. */
  private static final MethodHandle CALL =
      AVAILABLE ? link() : MethodHandles.empty(MethodType.methodType(long.class));

  private static final int SC_PAGESIZE = 30;

  private SystemCalls() {}

  private static boolean available() {
    String arch = System.getProperty("os.arch", "");
    return System.getProperty("os.name", "").equals("Linux")
        // The VM would warn of it in the name of whoever uses this as a library, or forbid it.
        && SystemCalls.class.getModule().isNativeAccessEnabled()
        && (arch.equals("amd64") || arch.equals("aarch64"))
        && ADDRESS.byteSize() == Long.BYTES;
  }

  private static MethodHandle link() {
    return Linker.nativeLinker()
        .downcallHandle(
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.captureCallState("errno"));
  }

  /** Bytes of a page of memory. */
  static long pageSize() {
    return call(Function.SYSCONF, SC_PAGESIZE, 0, 0).result();
  }

  /** Calls a function that has fewer arguments. */
  static Outcome call(Function function, long a, long b, long c) {
    return call(function, a, b, c, 0, 0);
  }

  /** Calls a function; one that does not exist fails with ENOSYS. */
  static Outcome call(Function function, long a, long b, long c, long d, long e) {
    if (!AVAILABLE || function.address == 0) {
      return new Outcome(-1, Errno.ENOSYS);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
      long result =
          (long) CALL.invokeExact(MemorySegment.ofAddress(function.address), errno, a, b, c, d, e);
      return new Outcome(result, errno.get(JAVA_INT, 0));
    } catch (Throwable impossible) {
      throw new AssertionError("a downcall throws nothing", impossible);
    }
  }
}
