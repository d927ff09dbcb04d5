package io.github.qcow2tostdout.saved;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.plan.FirstPass;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.source.ChangeSign;
import io.github.qcow2tostdout.source.Source;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Optional;

/** A plan that was read from a file; the lengths of its clusters are still in that. */
public final class SavedPlan implements Closeable {
  private final String name;
  private final FileChannel channel;
  private final FirstPass first;
  private final Optional<SavedEncoder> encoder;
  private final OpenedAs opened;
  private final SavedDisk disk;
  private final long imageSize;

  SavedPlan(
      String name,
      FileChannel channel,
      FirstPass first,
      Optional<SavedEncoder> encoder,
      OpenedAs opened,
      SavedDisk disk,
      long imageSize) {
    this.name = name;
    this.channel = channel;
    this.first = first;
    this.encoder = encoder;
    this.opened = opened;
    this.disk = disk;
    this.imageSize = imageSize;
  }

  /** What the user calls it. */
  public String name() {
    return name;
  }

  /** What the first pass has found. */
  public FirstPass firstPass() {
    return first;
  }

  /** What image it is of. */
  public ImageOptions options() {
    return first.options();
  }

  /** Bytes of that image. */
  public long imageSize() {
    return imageSize;
  }

  /** How its clusters were compressed, if they were. */
  public Optional<SavedEncoder> encoder() {
    return encoder;
  }

  /** In what way its disk was read. */
  public OpenedAs opened() {
    return opened;
  }

  /** What the user called its disk. */
  public String diskName() {
    return disk.name();
  }

  /** Bytes of its disk. */
  public long sourceSize() {
    return disk.size();
  }

  /** Throws unless a disk has the size of that of the plan. */
  public void requireSize(Source source) throws ImageException.OtherDisk {
    disk.requireSize(source);
  }

  /**
   * Throws unless a disk is that of the plan, as far as can be told without reading all of it.
   *
   * @param sign what must be the same of a file that is the same
   * @throws ImageException.OtherDisk if it is not
   */
  public void requireDisk(Source source, ChangeSign sign) throws IOException {
    Geometry geometry = first.options().geometry();
    disk.require(source, sign, first.found().data(), geometry.grainBits());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
