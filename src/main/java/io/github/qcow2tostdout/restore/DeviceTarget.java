package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.posix.ClaimedDevice;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A block device. Its first MiB is written last, when all else is on it and right, and is zeroes
 * until then: what is half there does not boot, and nobody takes it for a disk.
 */
public final class DeviceTarget implements DiskTarget {
  private static final int FIRST = 1 << 20;

  /** What is zeroed is a multiple of that, which no device's blocks are larger than. */
  private static final long BLOCK = 4096;

  /** What is zeroed at once, so that a signal is not waited for. */
  private static final long MOST = 1L << 30;

  private final ClaimedDevice device;
  private final TargetChannel channel;
  private final boolean isZero;
  private final ByteBuffer first;
  private final ByteBuffer zeroes = ByteBuffer.allocateDirect(FIRST);

  private DeviceTarget(ClaimedDevice device, TargetChannel channel, long size, boolean isZero) {
    this.device = device;
    this.channel = channel;
    this.isZero = isZero;
    first = ByteBuffer.allocateDirect((int) Math.min(FIRST, size));
  }

  /**
   * Claims a device, and takes away its beginning.
   *
   * @param size bytes of the disk
   * @param isZero whether the device holds nothing but zeroes
   * @throws FileSystemException if it is in use, too small or read-only; the reason is for the user
   */
  public static DeviceTarget open(Path path, long size, boolean isZero) throws IOException {
    String name = path.toString();
    ClaimedDevice.Claim claim = ClaimedDevice.claim(path);
    if (claim.device().isEmpty()) {
      throw new FileSystemException(name, null, claim.refusal());
    }
    ClaimedDevice device = claim.device().get();
    try {
      FileChannel channel =
          FileChannel.open(
              device.descriptorPath(), StandardOpenOption.READ, StandardOpenOption.WRITE);
      DeviceTarget target =
          new DeviceTarget(device, new TargetChannel(name, channel), size, isZero);
      try {
        target.begin(size);
        return target;
      } catch (IOException | RuntimeException | Error e) {
        channel.close();
        throw e;
      }
    } catch (IOException | RuntimeException | Error e) {
      device.close();
      throw e;
    }
  }

  private void begin(long size) throws IOException {
    String name = channel.name();
    long capacity = channel.channel().size();
    if (capacity < size) {
      throw new FileSystemException(
          name,
          null,
          "has " + capacity + " bytes, and the disk " + size + ": name a larger device");
    }
    if (isReadOnly()) {
      throw new FileSystemException(
          name, null, "is read-only; make it writable (blockdev --setrw), or name another device");
    }
    if (!isZero) {
      zeroOnDevice(0, first.capacity());
      force();
    }
  }

  /** What the kernel says; some of its versions open a device for writing all the same. */
  private boolean isReadOnly() {
    try {
      long number = (long) Files.getAttribute(device.descriptorPath(), "unix:rdev");
      // As glibc makes one number of the two.
      long major = (number >>> 8 & 0xfff) | (number >>> 32 & ~0xfffL);
      long minor = (number & 0xff) | (number >>> 12 & ~0xffL);
      Path says = Path.of("/sys/dev/block/" + major + ":" + minor + "/ro");
      return Files.readString(says).strip().equals("1");
    } catch (IOException e) {
      // Then the first write tells.
      return false;
    }
  }

  @Override
  public boolean isSequential() {
    return false;
  }

  @Override
  public void write(ByteBuffer bytes, long offset) throws IOException {
    long at = offset;
    if (at < first.capacity()) {
      int length = (int) Math.min(bytes.remaining(), first.capacity() - at);
      first.put((int) at, bytes, bytes.position(), length);
      bytes.position(bytes.position() + length);
      at += length;
    }
    channel.write(bytes, at);
  }

  @Override
  public long transfer(Source source, long offset, long count) {
    if (offset < first.capacity()) {
      return 0;
    }
    return channel.transfer(source, offset, count);
  }

  @Override
  public void zero(long offset, long length) throws IOException {
    // What is kept of the beginning is zero already.
    long from = Math.max(offset, first.capacity());
    if (!isZero && from < offset + length) {
      zeroOnDevice(from, offset + length);
    }
  }

  private void zeroOnDevice(long from, long to) throws IOException {
    long start = Math.min(to, Math.ceilDiv(from, BLOCK) * BLOCK);
    long end = Math.max(start, to / BLOCK * BLOCK);
    writeZeroes(from, start);
    for (long at = start; at < end; at += MOST) {
      long length = Math.min(MOST, end - at);
      if (!device.zero(at, length)) {
        writeZeroes(at, at + length);
      }
    }
    writeZeroes(end, to);
  }

  private void writeZeroes(long from, long to) throws IOException {
    for (long at = from; at < to; at += FIRST) {
      channel.write(zeroes.clear().limit((int) Math.min(FIRST, to - at)), at);
    }
  }

  @Override
  public void readBack(ByteBuffer buffer, long offset) throws IOException {
    long at = offset;
    if (at < first.capacity()) {
      int length = (int) Math.min(buffer.remaining(), first.capacity() - at);
      buffer.put(first.slice((int) at, length));
      at += length;
    }
    channel.readBack(buffer, at);
  }

  @Override
  public void commit() throws IOException {
    force();
    channel.write(first.clear(), 0);
    force();
  }

  private void force() throws IOException {
    try {
      channel.channel().force(true);
    } catch (IOException e) {
      throw channel.failed("can't be written to its end", String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.channel().close();
    } finally {
      device.close();
    }
  }
}
