package io.github.qcow2tostdout.codec;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The encoders' libraries, which are part of the package: two machines with the same package make
 * the same bytes. All calls go through one shape of eight longs, because each further one takes
 * milliseconds to link; on the machines that the package is made for, arguments too many do no
 * harm.
 */
@SuppressWarnings("restricted")
enum NativeLibrary {
  LIBDEFLATE("libdeflate.so"),
  LIBZSTD("libzstd.so"),
  LIBZ("libz.so");

  /**
   * Where they are; else where the package has them. For a program that has this as a library, in a
   * jar on its class path.
   */
  private static final String DIRECTORY_PROPERTY = "qcow2tostdout.codecs";

  /** Never called where it is not linked. */
  private static final MethodHandle CALL =
      isAllowed() ? link() : MethodHandles.empty(MethodType.methodType(long.class));

  private final Optional<SymbolLookup> symbols;

  NativeLibrary(String file) {
    symbols = load(file);
  }

  /** Whether the VM would do it without a word, or at all. */
  private static boolean isAllowed() {
    return NativeLibrary.class.getModule().isNativeAccessEnabled();
  }

  private static MethodHandle link() {
    return Linker.nativeLinker()
        .downcallHandle(
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                JAVA_LONG, JAVA_LONG));
  }

  private static Optional<SymbolLookup> load(String file) {
    String directory = System.getProperty(DIRECTORY_PROPERTY);
    Path path =
        directory == null
            ? Path.of(System.getProperty("java.home", ""), "lib", "codecs", file)
            : Path.of(directory, file);
    if (!isAllowed()) {
      return Optional.empty();
    }
    if (!Files.isRegularFile(path)) {
      return directory == null ? LibraryInJar.load(file) : Optional.empty();
    }
    try {
      return Optional.of(SymbolLookup.libraryLookup(path, Arena.global()));
    } catch (IllegalArgumentException e) {
      // Made for another system, or the system does not let it be loaded.
      return Optional.empty();
    }
  }

  /** Whether it can be called. */
  boolean isThere() {
    return symbols.isPresent();
  }

  /**
   * The address of a function.
   *
   * @throws IllegalStateException if it is not there
   */
  long function(String name) {
    return symbols
        .flatMap(lookup -> lookup.find(name))
        .orElseThrow(() -> new IllegalStateException(this + " has no " + name))
        .address();
  }

  /**
   * What a function has allocated.
   *
   * @param what it is, for the error
   * @throws OutOfMemoryError if it has not
   */
  static long allocated(long address, String what) {
    if (address == 0) {
      throw new OutOfMemoryError("no memory for " + what);
    }
    return address;
  }

  /** Calls a function of up to eight arguments, which are integers or addresses. */
  static long call(long function, long a, long b, long c, long d, long e, long f, long g, long h) {
    try {
      return (long) CALL.invokeExact(MemorySegment.ofAddress(function), a, b, c, d, e, f, g, h);
    } catch (Throwable impossible) {
      throw new AssertionError("a downcall throws nothing", impossible);
    }
  }

  /** Calls a function of up to five arguments. */
  static long call(long function, long a, long b, long c, long d, long e) {
    return call(function, a, b, c, d, e, 0, 0, 0);
  }

  /** Where the rest of a direct buffer is. */
  static long address(ByteBuffer buffer) {
    return MemorySegment.ofBuffer(buffer).address();
  }

  /** The text that a function returns. */
  static String text(long address) {
    return MemorySegment.ofAddress(address).reinterpret(Integer.MAX_VALUE).getString(0);
  }
}
