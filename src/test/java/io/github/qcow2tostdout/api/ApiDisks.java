package io.github.qcow2tostdout.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;

/** Images and disks as bytes, by the library. */
final class ApiDisks {
  private ApiDisks() {}

  /** All of an image. */
  static byte[] bytes(PlannedImage image) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    image.writeTo(Channels.newChannel(out));
    return out.toByteArray();
  }

  /** A range of it. */
  static byte[] bytes(PlannedImage image, long from, long to) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    image.writeTo(Channels.newChannel(out), from, to, new Control());
    return out.toByteArray();
  }

  /** The disk in an image. */
  static byte[] content(Path image, ImageOption... options) throws IOException {
    return content(Qcow2Image.open(image, options).disk());
  }

  /** All of a disk, which is closed. */
  static byte[] content(Disk disk) throws IOException {
    try (SeekableByteChannel channel = disk.channel()) {
      ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(channel.size()));
      while (all.hasRemaining() && channel.read(all) >= 0) {}
      return all.array();
    }
  }
}
