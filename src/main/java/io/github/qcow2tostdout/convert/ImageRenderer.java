package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.luks.NewHeader;
import io.github.qcow2tostdout.luks.SectorCipher;
import io.github.qcow2tostdout.luks.Volume;
import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.BitmapsLayout;
import io.github.qcow2tostdout.plan.LayoutPlan;
import io.github.qcow2tostdout.plan.Placement;
import io.github.qcow2tostdout.plan.Region;
import io.github.qcow2tostdout.scan.CarriedBitmap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Writes any range of the image; the whole stream is the range from 0 to the image's size. */
final class ImageRenderer {
  /** How much of the tables is computed at a time. */
  private static final int BUFFER_SIZE = 256 << 10;

  /** A multiple of the size of every entry. */
  private static final int ENTRY_SIZE = MetadataRenderer.ENTRY_SIZE;

  private final LayoutPlan plan;
  private final MetadataRenderer metadata;
  private final DataRenderer data;
  private final Optional<PackedRenderer> packed;
  private final Optional<Volume> volume;
  private final List<CarriedBitmap> bitmaps;
  private final BitmapsLayout bitmapsLayout;

  ImageRenderer(LayoutPlan plan, AllocationMap map, DataRenderer data) {
    this(plan, map, data, Optional.empty(), List.of(), Optional.empty());
  }

  /**
   * One of an image with compressed clusters, with bitmaps, or with encrypted clusters.
   *
   * @param crypto the LUKS header, if the plan has one
   */
  ImageRenderer(
      LayoutPlan plan,
      AllocationMap map,
      DataRenderer data,
      Optional<PackedRenderer> packed,
      List<CarriedBitmap> bitmaps,
      Optional<NewHeader> crypto) {
    if (plan.options().isEncrypted() != crypto.isPresent()) {
      throw new IllegalArgumentException("either encrypted, or not");
    }
    this.plan = plan;
    this.data = data;
    this.packed = packed;
    this.bitmaps = bitmaps;
    bitmapsLayout =
        new BitmapsLayout(
            plan.options().bitmaps(), plan.region(Region.Kind.BITMAPS).from(), plan.geometry());
    volume = crypto.map(NewHeader::volume);
    metadata = new MetadataRenderer(plan, map, crypto.map(NewHeader::bytes).orElse(new byte[0]));
  }

  /** Writes the range that the output takes. */
  void render(SequentialOutput out) throws IOException {
    render(Frame.NONE, out);
  }

  /** Writes the range that the output takes of the image with something around it. */
  void render(Frame frame, SequentialOutput out) throws IOException {
    out.write(frame.before(), 0);
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
    for (Region region : plan.regions()) {
      long from = Math.max(region.from(), out.from() - frame.start());
      long to = Math.min(region.to(), out.to() - frame.start());
      if (from >= to) {
        continue;
      }
      if (region.kind() == Region.Kind.DATA) {
        renderData(from - region.from(), to - region.from(), buffer, out);
      } else {
        renderTable(region.kind(), from - region.from(), to - region.from(), buffer, out);
      }
    }
    out.write(frame.after(), frame.start() + plan.imageSize());
    out.finish();
  }

  private void renderData(long from, long to, ByteBuffer buffer, SequentialOutput out)
      throws IOException {
    // No switch over types: the VM makes a class for it at each start.
    Placement placement = plan.placement();
    if (placement instanceof Placement.Packed clusters) {
      packed.orElseThrow().render(clusters, from, to, buffer, out);
    } else if (!(placement instanceof Placement.Fixed fixed)) {
      throw new IllegalStateException("data in another file");
    } else if (volume.isPresent()) {
      encrypt(volume.get(), fixed, from, to, buffer, out);
    } else {
      data.render(fixed, from, to, buffer, out);
    }
  }

  private void encrypt(
      Volume key,
      Placement.Fixed placement,
      long from,
      long to,
      ByteBuffer buffer,
      SequentialOutput out)
      throws IOException {
    long start = plan.region(Region.Kind.DATA).from();
    try (EncryptingSink sink = new EncryptingSink(key, start + from, start + to, out)) {
      long first = EncryptingSink.firstByte(from);
      long last = EncryptingSink.firstByte(to + SectorCipher.SECTOR - 1);
      data.render(placement, first, last, buffer, sink);
      sink.finish();
    }
  }

  private void renderTable(
      Region.Kind kind, long from, long to, ByteBuffer buffer, SequentialOutput out)
      throws IOException {
    for (long at = from; at < to; ) {
      // Entries are computed whole; a range may start or end inside one.
      long start = at & -ENTRY_SIZE;
      long end = Math.min(start + BUFFER_SIZE, (to + ENTRY_SIZE - 1) & -ENTRY_SIZE);
      buffer.clear().limit((int) (end - start));
      if (kind == Region.Kind.BITMAPS) {
        bitmapsLayout.fill(
            buffer,
            start,
            (number, bits, offset) -> bitmaps.get(number).stored().read(bits, offset));
      } else {
        metadata.fill(buffer, kind, start);
      }
      long stop = Math.min(end, to);
      out.write(buffer.limit((int) (stop - start)).position((int) (at - start)));
      at = stop;
    }
  }
}
