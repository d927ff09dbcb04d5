package io.github.qcow2tostdout.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;

/** Writes bytes into a file. */
public final class Poke {
  private Poke() {}

  /** Writes hex digits; a file that ends before is made longer. */
  public static void hex(Path file, long offset, String digits) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(HexFormat.of().parseHex(digits)), offset);
    }
  }

  /** Cuts a file. */
  public static void truncate(Path file, long size) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    }
  }
}
