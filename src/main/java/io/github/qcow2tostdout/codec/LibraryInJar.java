package io.github.qcow2tostdout.codec;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An encoders' library out of the jar of aircompressor, where a program has that on its class path.
 * It is a file, without which nothing can be loaded, only for that moment.
 */
@SuppressWarnings("restricted")
final class LibraryInJar {
  private LibraryInJar() {}

  /** Loads it; empty if there is none, or none for this system. */
  static Optional<SymbolLookup> load(String file) {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      return Optional.empty();
    }
    ClassLoader loader = LibraryInJar.class.getClassLoader();
    String name = "aircompressor/linux-" + System.getProperty("os.arch", "") + "/" + file;
    try (InputStream in = loader.getResourceAsStream(name)) {
      return in == null ? Optional.empty() : Optional.of(load(in.readAllBytes(), file));
    } catch (IOException | IllegalArgumentException e) {
      // No room for the file, or the system does not let it be loaded.
      return Optional.empty();
    }
  }

  private static SymbolLookup load(byte[] library, String file) throws IOException {
    Path copy = Files.createTempFile("qcow2-to-stdout", file);
    try {
      Files.write(copy, library);
      return SymbolLookup.libraryLookup(copy, Arena.global());
    } finally {
      Files.delete(copy);
    }
  }
}
