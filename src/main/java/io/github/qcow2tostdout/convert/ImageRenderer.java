package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.BitmapsLayout;
import io.github.qcow2tostdout.plan.LayoutPlan;
import io.github.qcow2tostdout.plan.Placement;
import io.github.qcow2tostdout.plan.Region;
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
  private final List<CarriedBitmap> bitmaps;
  private final BitmapsLayout bitmapsLayout;

  ImageRenderer(LayoutPlan plan, AllocationMap map, DataRenderer data) {
    this(plan, map, data, Optional.empty(), List.of());
  }

  /** One of an image with compressed clusters, or bitmaps. */
  ImageRenderer(
      LayoutPlan plan,
      AllocationMap map,
      DataRenderer data,
      Optional<PackedRenderer> packed,
      List<CarriedBitmap> bitmaps) {
    this.plan = plan;
    this.data = data;
    this.packed = packed;
    metadata = new MetadataRenderer(plan, map);
    this.bitmaps = bitmaps;
    bitmapsLayout =
        new BitmapsLayout(
            plan.options().bitmaps(), plan.region(Region.Kind.BITMAPS).from(), plan.geometry());
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
    switch (plan.placement()) {
      case Placement.Fixed fixed -> data.render(fixed, from, to, buffer, out);
      case Placement.Packed clusters ->
          packed.orElseThrow().render(clusters, from, to, buffer, out);
      case Placement.External _ -> throw new IllegalStateException("data in another file");
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
