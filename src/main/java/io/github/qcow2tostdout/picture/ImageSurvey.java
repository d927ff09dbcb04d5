package io.github.qcow2tostdout.picture;

import io.github.qcow2tostdout.check.CheckResult;
import io.github.qcow2tostdout.check.ClusterListener;
import io.github.qcow2tostdout.check.ImageCheck;
import io.github.qcow2tostdout.check.Structure;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.image.BitmapEntry;
import io.github.qcow2tostdout.image.GuestMap;
import io.github.qcow2tostdout.image.GuestRun;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.image.SnapshotTable;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks at an image for a drawing: a check tells what the clusters of the file are, the tables what
 * the disk is made of.
 */
public final class ImageSurvey {
  /** Names that are shown of each kind. */
  private static final int MAX_NAMES = 4;

  /** L2 tables that are gone through however small the file is. */
  private static final long ENOUGH = 64 << 20;

  private final OpenedImage image;
  private final long clusterSize;
  private final boolean snapshots;
  private final Shares<FilePart> file;
  private final Shares<DiskPart> disk;
  private final Links links;
  private ClusterListener.UseCounts counts = cluster -> 1;

  /** Nothing is looked at yet. */
  public ImageSurvey(OpenedImage image, Resolution resolution) {
    this.image = image;
    clusterSize = image.clusterSize();
    snapshots = image.get(HeaderField.NB_SNAPSHOTS) > 0;
    long size = image.file().size();
    file = new Shares<>(resolution.file(size, clusterSize), FilePart.class);
    disk = new Shares<>(resolution.disk(image.diskSize()), DiskPart.class);
    links = new Links(image.diskSize(), size);
  }

  /**
   * Looks at all of an image, in time and memory of a check.
   *
   * @throws io.github.qcow2tostdout.format.ImageException if QEMU could not check it
   */
  public static Drawing picture(OpenedImage image, Progress progress) throws IOException {
    long grains = Math.ceilDiv(image.diskSize(), 1L << image.geometry().grainBits());
    return of(image, Resolution.ofPicture(grains), progress);
  }

  /** The same, as coarse as a strip. */
  public static Drawing of(OpenedImage image, Resolution resolution, Progress progress)
      throws IOException {
    ImageSurvey survey = new ImageSurvey(image, resolution);
    CheckResult check = ImageCheck.check(image, false, progress, survey.listener());
    return survey.drawing(check, Long.MAX_VALUE);
  }

  /** What a check is to tell, if the caller has one to do. */
  public ClusterListener listener() {
    return new ClusterListener() {
      @Override
      public void used(Structure structure, long from, long to) {
        file.add(FilePart.of(structure), from * clusterSize, to * clusterSize);
      }

      @Override
      public void leaked(long cluster) {
        file.add(FilePart.LEAKED, cluster * clusterSize, (cluster + 1) * clusterSize);
      }

      @Override
      public void counted(UseCounts all) {
        counts = all;
      }
    };
  }

  /**
   * What is to be drawn.
   *
   * @param check what was found, which the listener has heard
   * @param much bytes of L2 tables of which there may not be more, or the disk is not looked at
   */
  public Drawing drawing(CheckResult check, long much) throws IOException {
    file.addRest(FilePart.UNUSED);
    GuestMap map = GuestMap.of(image);
    // Only a hostile image names more tables than it has.
    long most = Math.min(much, Math.max(ENOUGH, image.file().size()));
    boolean known = map.tableBytes(most) <= most;
    if (known) {
      for (long at = 0; at < map.size(); ) {
        GuestRun run = map.run(at, map.size());
        add(run);
        at = run.end();
      }
    }
    disk.addRest(DiskPart.HOLE);
    return new Drawing(file, disk, links, names(), known, Optional.of(check));
  }

  /** No switch over the types: the first takes 20 ms. */
  private void add(GuestRun run) {
    if (run instanceof GuestRun.Stored stored) {
      addStored(stored);
    } else if (run instanceof GuestRun.Compressed compressed) {
      disk.add(DiskPart.COMPRESSED, run.guestOffset(), run.end());
      links.addPoint(run.guestOffset(), run.length(), compressed.hostOffset());
    } else if (run instanceof GuestRun.Zero) {
      disk.add(DiskPart.ZERO, run.guestOffset(), run.end());
    } else if (run instanceof GuestRun.Corrupt) {
      disk.add(DiskPart.DAMAGED, run.guestOffset(), run.end());
    }
  }

  private void addStored(GuestRun.Stored run) {
    if (image.hasDataFile()) {
      disk.add(DiskPart.DATA, run.guestOffset(), run.end());
      return;
    }
    links.addRun(run.guestOffset(), run.length(), run.hostOffset());
    long shift = run.hostOffset() - run.guestOffset();
    for (long at = run.guestOffset(); at < run.end(); ) {
      DiskPart part = part(at + shift);
      long end = run.end();
      if (snapshots || part == DiskPart.DAMAGED) {
        end = at;
        do {
          end = Math.min(run.end(), ((end + shift) / clusterSize + 1) * clusterSize - shift);
        } while (end < run.end() && part(end + shift) == part);
      }
      disk.add(part, at, end);
      at = end;
    }
  }

  private DiskPart part(long hostOffset) {
    if (hostOffset < 0 || hostOffset >= image.file().size()) {
      return DiskPart.DAMAGED;
    }
    return snapshots && counts.of(hostOffset / clusterSize) != 1 ? DiskPart.SHARED : DiskPart.DATA;
  }

  private List<Drawing.Names> names() throws IOException {
    List<Drawing.Names> names = new ArrayList<>();
    if (snapshots) {
      List<String> titles = new ArrayList<>();
      List<Snapshot> all = SnapshotTable.readPadded(image.file(), image.header()).snapshots();
      for (Snapshot snapshot : all.subList(0, Math.min(MAX_NAMES, all.size()))) {
        titles.add(snapshot.title());
      }
      names.add(new Drawing.Names("Snapshots", image.get(HeaderField.NB_SNAPSHOTS), titles));
    }
    if (image.bitmaps().isPresent()) {
      List<String> titles = new ArrayList<>();
      List<BitmapEntry> bitmaps = image.bitmaps().get().bitmaps();
      for (BitmapEntry bitmap : bitmaps.subList(0, Math.min(MAX_NAMES, bitmaps.size()))) {
        titles.add("bitmap " + bitmap.title());
      }
      names.add(new Drawing.Names("Bitmaps", bitmaps.size(), titles));
    }
    return names;
  }
}
