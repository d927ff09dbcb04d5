package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.image.GuestMap;
import io.github.qcow2tostdout.image.GuestRun;
import io.github.qcow2tostdout.image.Holes;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.luks.SectorThreads;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.SourceIdentity;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a disk is read from.
 *
 * @param image the tables
 * @param snapshot whose disk is wanted, if not the present one
 * @param container the image's file
 * @param data where stored bytes are: the same, or the external data file
 * @param dataHoles of that; closed with this
 * @param backing what has the bytes of which the image says nothing; without it they are zeroes
 * @param salvage is told what is lost, if the disk is wanted all the same
 * @param sectors what decrypts stored bytes, if they are encrypted
 * @param tablePart bytes of tables that are read at once
 */
public record ImageParts(
    OpenedImage image,
    Optional<Snapshot> snapshot,
    Source container,
    Source data,
    Holes dataHoles,
    Optional<Source> backing,
    Optional<Salvage> salvage,
    Optional<SectorThreads> sectors,
    int tablePart)
    implements Closeable {
  /** A map of the disk, for one thread. */
  GuestMap map() throws IOException {
    return snapshot.isPresent()
        ? GuestMap.of(image, snapshot.get())
        : GuestMap.of(image, tablePart);
  }

  /** Whether stored bytes are in an external data file. */
  boolean hasDataFile() {
    return !data.equals(container);
  }

  /** What the files are that it is read from beside the image's, by their names. */
  Map<String, SourceIdentity> others() throws IOException {
    Map<String, SourceIdentity> others = new HashMap<>();
    if (hasDataFile()) {
      others.put(data.name(), data.identity());
    }
    if (backing.isPresent()) {
      others.put(backing.get().name(), backing.get().identity());
      others.putAll(backing.get().others());
    }
    return others;
  }

  /** Says that a run is going to be read soon. */
  void willNeed(GuestRun run) {
    switch (run) {
      case GuestRun.Stored stored -> data.willNeed(stored.hostOffset(), run.length());
      case GuestRun.Compressed compressed ->
          container.willNeed(compressed.hostOffset(), compressed.hostLength());
      case GuestRun.Unallocated nothing -> {
        if (backing.isPresent()) {
          backing.get().willNeed(nothing.guestOffset(), nothing.length());
        }
      }
      case GuestRun.Zero zero -> {}
      case GuestRun.Corrupt corrupt -> {}
    }
  }

  @Override
  public void close() throws IOException {
    sectors.ifPresent(SectorThreads::close);
    try (OpenSources all = new OpenSources()) {
      all.add(container);
      all.add(data);
      all.add(dataHoles);
      all.add(image.file());
      backing.ifPresent(all::add);
    }
  }
}
