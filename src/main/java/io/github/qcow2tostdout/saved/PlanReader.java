package io.github.qcow2tostdout.saved;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.ClusterLengths;
import io.github.qcow2tostdout.plan.FirstPass;
import io.github.qcow2tostdout.plan.Grains;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.plan.LayoutPlan;
import io.github.qcow2tostdout.plan.Packing;
import io.github.qcow2tostdout.plan.Placement;
import io.github.qcow2tostdout.plan.ReachCheck;
import io.github.qcow2tostdout.source.FileKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Reads a plan, all but the lengths of its clusters, which are read when they are needed. */
public final class PlanReader {
  private final String name;
  private final FileChannel channel;
  private final PlanInput in;

  private PlanReader(String name, FileChannel channel) throws IOException {
    this.name = name;
    this.channel = channel;
    in = new PlanInput(name, channel);
  }

  /**
   * Opens a plan.
   *
   * @throws ImageException.UnusablePlan if it is none, or not as it was written
   */
  public static SavedPlan open(Path path) throws IOException {
    if (FileKind.of(path) != FileKind.REGULAR) {
      throw new FileSystemException(
          path.toString(), null, "a plan is read from a regular file; give one");
    }
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new PlanReader(path.toString(), channel).read();
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  private SavedPlan read() throws IOException {
    int flags = header();
    long imageSize = in.u63();
    in.checksum();
    SavedOptions options = SavedOptions.read(in);
    OpenedAs opened = OpenedAs.read(in);
    SavedDisk disk = SavedDisk.read(in);
    boolean compared = (flags & PlanFormat.BASE) != 0;
    if (compared) {
      // The base is read to be checked; a conversion by the plan does not open it.
      SavedDisk.read(in);
    }
    if (options.compared() != compared
        || options.encoder().isPresent() != ((flags & PlanFormat.LENGTHS) != 0)) {
      throw in.damaged("its parts are not those that its options have");
    }
    ImageOptions image = options.image();
    long diskSize = AllocationMap.diskSize(disk.size());
    ReachCheck.verifyBeforeScan(image, diskSize, name);
    Geometry geometry = image.geometry();
    long grains =
        image.rawDataFile() ? 0 : geometry.clusters(diskSize) << geometry.grainsPerClusterBits();
    IndexSet data = SavedSet.read(in, grains);
    IndexSet zero = SavedSet.read(in, grains);
    refuseImpossible(image, data, zero);
    AllocationMap map =
        image.rawDataFile()
            ? AllocationMap.full(geometry, diskSize)
            : AllocationMap.of(geometry, diskSize, new Grains(data, zero));
    FirstPass first = new FirstPass(image, map, compared, lengths(image, map));
    end();
    if (layout(first).imageSize() != imageSize) {
      throw in.damaged("its image would not have the " + imageSize + " bytes that it says");
    }
    return new SavedPlan(name, channel, first, options.encoder(), opened, disk, imageSize);
  }

  /** Reads up to the size of the image; returns the flags. */
  private int header() throws IOException {
    if (in.size() < Long.BYTES || in.bits64() != PlanFormat.MAGIC) {
      throw new ImageException.UnusablePlan(
          name,
          in.size() == 0 ? "it is empty" : "it does not begin as a plan",
          "give what 'qcow2-to-stdout plan' has written");
    }
    long version = in.u32();
    if (version != PlanFormat.VERSION) {
      throw new ImageException.UnusablePlan(
          name,
          "it has version " + version + ", and this program reads version " + PlanFormat.VERSION,
          "use the program that has made it, or make it again with this one");
    }
    long flags = in.u32();
    if ((flags & ~(PlanFormat.BASE | PlanFormat.LENGTHS)) != 0) {
      throw in.damaged("it has the flags " + flags);
    }
    return (int) flags;
  }

  private void refuseImpossible(ImageOptions image, IndexSet data, IndexSet zero)
      throws IOException {
    if (image.version() == 2 && !zero.isEmpty()) {
      throw in.damaged("it has zero clusters in an image of version 2");
    }
    IndexSet.Runs runs = zero.runsFrom(0);
    while (runs.next()) {
      if (data.rank(runs.to()) != data.rank(runs.from())) {
        throw in.damaged("it has the same clusters as data and as zeroes");
      }
    }
  }

  private Optional<ClusterLengths> lengths(ImageOptions image, AllocationMap map)
      throws IOException {
    if (image.compression().isEmpty()) {
      return Optional.empty();
    }
    Geometry geometry = image.geometry();
    long[] end = new long[1];
    ClusterLengths lengths =
        SavedLengths.read(
            in,
            channel,
            map.clusters().count(),
            new Packing(geometry.clusterBits(), geometry.refcountOrder()),
            offset -> end[0] = offset);
    in.skipTo(end[0]);
    return Optional.of(lengths);
  }

  private void end() throws IOException {
    long size = in.u63();
    in.checksum();
    if (size != in.position() || size != in.size()) {
      throw in.damaged(
          "it should have " + size + " bytes, ends at " + in.position() + ", and has " + in.size());
    }
  }

  private LayoutPlan layout(FirstPass first) throws IOException {
    return first.lengths().isPresent()
        ? LayoutPlan.of(
            first.options(), first.map(), new Placement.Packed(first.lengths().get()), name)
        : LayoutPlan.of(first.options(), first.map(), name);
  }
}
