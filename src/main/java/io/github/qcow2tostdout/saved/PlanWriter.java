package io.github.qcow2tostdout.saved;

import io.github.qcow2tostdout.plan.FirstPass;
import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/** Makes a plan of what a first pass has found, and of the disk in which it has. */
public final class PlanWriter {
  /** Of the disk that another is compared with nothing is known. */
  static final IndexSet NO_DATA = IndexSet.EMPTY;

  /** By what units that is looked at. */
  static final int BASE_GRAIN_BITS = 16;

  private final FirstPass first;
  private final long imageSize;
  private final Optional<SavedEncoder> encoder;
  private final OpenedAs opened;
  private final SavedDisk disk;
  private final Optional<SavedDisk> base;

  /**
   * Reads what the disks are told by; they must be guarded meanwhile.
   *
   * @param encoder how its clusters were compressed, if they were
   * @param opened in what way the disk was read
   * @param whole whether the disk can be read where it holds no data
   */
  public PlanWriter(
      FirstPass first,
      long imageSize,
      Optional<SavedEncoder> encoder,
      OpenedAs opened,
      boolean whole,
      Source disk,
      Optional<Source> base)
      throws IOException {
    this.first = first;
    this.imageSize = imageSize;
    this.encoder = encoder;
    this.opened = opened;
    this.disk =
        SavedDisk.of(
            disk, first.grains().data(), first.options().geometry().grainBits(), whole);
    this.base =
        base.isPresent()
            ? Optional.of(SavedDisk.of(base.get(), NO_DATA, BASE_GRAIN_BITS, true))
            : Optional.empty();
  }

  /** Writes it. */
  public void write(WritableByteChannel channel) throws IOException {
    PlanOutput out = new PlanOutput(channel);
    out.u64(PlanFormat.MAGIC);
    out.u32(PlanFormat.VERSION);
    out.u32(
        (base.isPresent() ? PlanFormat.BASE : 0)
            | (first.lengths().isPresent() ? PlanFormat.LENGTHS : 0));
    out.u64(imageSize);
    out.checksum();
    new SavedOptions(first.options(), first.compared(), encoder).write(out);
    opened.write(out);
    disk.write(out);
    if (base.isPresent()) {
      base.get().write(out);
    }
    SavedSet.write(first.grains().data(), out);
    SavedSet.write(first.grains().zero(), out);
    if (first.lengths().isPresent()) {
      SavedLengths.write(first.lengths().get(), out);
    }
    out.u64(out.position() + PlanFormat.END_SIZE);
    out.checksum();
    out.flush();
  }
}
