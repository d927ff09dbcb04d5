package consumer;

import io.github.qcow2tostdout.api.CheckOutcome;
import io.github.qcow2tostdout.api.Compression;
import io.github.qcow2tostdout.api.CompressionMethod;
import io.github.qcow2tostdout.api.Disk;
import io.github.qcow2tostdout.api.PlannedImage;
import io.github.qcow2tostdout.api.Qcow2Conversion;
import io.github.qcow2tostdout.api.Qcow2Image;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Converts a disk, and compares it with what is read back. */
public final class Main {
  private Main() {}

  /** With a disk, the image to be made, and how to compress it. */
  public static void main(String[] arguments) throws IOException {
    Path raw = Path.of(arguments[0]);
    Path qcow2 = Path.of(arguments[1]);
    CompressionMethod method = CompressionMethod.valueOf(arguments[2]);
    if (!method.isAvailable()) {
      System.out.println("no encoder for " + method);
      return;
    }
    Compression compression = new Compression(method, method.defaultLevel(), 2);
    try (Disk disk = Disk.open(raw);
        PlannedImage image = Qcow2Conversion.builder().compression(compression).build().plan(disk);
        FileChannel out =
            FileChannel.open(qcow2, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      image.writeTo(out);
      System.out.println("size as it was said: " + (out.size() == image.size()));
      System.out.println("encoder: " + image.encoder().orElseThrow());
    }
    Qcow2Image image = Qcow2Image.open(qcow2);
    CheckOutcome outcome = image.check();
    System.out.println("clean: " + outcome.isClean() + ", " + outcome.findings());
    try (SeekableByteChannel before = Disk.open(raw).channel();
        SeekableByteChannel after = image.disk().channel()) {
      System.out.println("the same: " + all(before).equals(all(after)));
    }
  }

  private static ByteBuffer all(SeekableByteChannel channel) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(channel.size()));
    while (all.hasRemaining() && channel.read(all) >= 0) {}
    return all.flip();
  }
}
