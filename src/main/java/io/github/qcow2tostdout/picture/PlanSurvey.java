package io.github.qcow2tostdout.picture;

import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.plan.LayoutPlan;
import io.github.qcow2tostdout.plan.PackedCursor;
import io.github.qcow2tostdout.plan.Placement;
import io.github.qcow2tostdout.plan.Region;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Looks at the plan of an image that is not there yet. */
public final class PlanSurvey {
  private final LayoutPlan plan;
  private final AllocationMap map;
  private final Shares<FilePart> file;
  private final Shares<DiskPart> disk;
  private final Links links;

  private PlanSurvey(LayoutPlan plan, AllocationMap map, Resolution resolution) {
    this.plan = plan;
    this.map = map;
    file =
        new Shares<>(
            resolution.file(plan.imageSize(), plan.geometry().clusterSize()), FilePart.class);
    disk = new Shares<>(resolution.disk(map.diskSize()), DiskPart.class);
    links = new Links(map.diskSize(), plan.imageSize());
  }

  /** The image that a disk would become. */
  public static Drawing picture(LayoutPlan plan, AllocationMap map) {
    long grains = Math.ceilDiv(map.diskSize(), 1L << map.geometry().grainBits());
    return of(plan, map, Resolution.ofPicture(grains));
  }

  /** The same, as coarse as a strip. */
  public static Drawing of(LayoutPlan plan, AllocationMap map, Resolution resolution) {
    return new PlanSurvey(plan, map, resolution).drawing();
  }

  /** The same, with what the disk itself says of its holes. */
  public static Drawing of(LayoutPlan plan, AllocationMap map, Source source, Resolution resolution)
      throws IOException {
    Drawing drawing = of(plan, map, resolution);
    Shares<DiskPart> disk = new Shares<>(resolution.disk(source.size()), DiskPart.class);
    DataExtents extents = source.exactDataExtents();
    while (extents.next()) {
      disk.add(DiskPart.DATA, extents.from(), extents.to());
    }
    disk.addRest(DiskPart.HOLE);
    return new Drawing(drawing.file(), disk, drawing.links(), List.of(), true, Optional.empty());
  }

  private Drawing drawing() {
    for (Region region : plan.regions()) {
      if (region.kind() != Region.Kind.DATA) {
        file.add(FilePart.of(region.kind()), region.from(), region.to());
      }
    }
    add(map.grains().zero(), DiskPart.ZERO);
    if (plan.placement() instanceof Placement.Packed packed) {
      addPacked(packed);
    } else {
      Region data = plan.region(Region.Kind.DATA);
      file.add(FilePart.DATA, data.from(), data.to());
      add(map.grains().data(), DiskPart.DATA);
      if (plan.placement() instanceof Placement.Fixed) {
        addLinks(data.from());
      }
    }
    file.addRest(FilePart.UNUSED);
    disk.addRest(DiskPart.HOLE);
    return new Drawing(file, disk, links, List.of(), true, Optional.empty());
  }

  private void add(IndexSet grains, DiskPart part) {
    int bits = map.geometry().grainBits();
    for (IndexSet.Runs runs = grains.runsFrom(0); runs.next(); ) {
      disk.add(part, runs.from() << bits, runs.to() << bits);
    }
  }

  private void addLinks(long from) {
    int bits = map.geometry().clusterBits();
    long rank = 0;
    for (IndexSet.Runs runs = map.clusters().runsFrom(0); runs.next(); ) {
      long count = runs.to() - runs.from();
      links.addRun(runs.from() << bits, count << bits, from + (rank << bits));
      rank += count;
    }
  }

  private void addPacked(Placement.Packed packed) {
    int bits = map.geometry().clusterBits();
    PackedCursor cursor = packed.cursor();
    for (IndexSet.Runs runs = map.clusters().runsFrom(0); runs.next(); ) {
      for (long cluster = runs.from(); cluster < runs.to() && cursor.next(); cluster++) {
        boolean plain = cursor.length() == 0;
        long at = packed.from() + cursor.offset();
        long end = plain ? at + (1L << bits) : at + cursor.length();
        file.add(plain ? FilePart.DATA : FilePart.COMPRESSED, at, end);
        disk.add(
            plain ? DiskPart.DATA : DiskPart.COMPRESSED, cluster << bits, (cluster + 1) << bits);
        links.addPoint(cluster << bits, 1L << bits, at);
      }
    }
  }
}
