package io.github.qcow2tostdout.saved;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.source.ChangeSign;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.SourceIdentity;
import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What tells a disk from others, in a plan.
 *
 * <pre>
 * text  what the user called it       8 sample: how many digests, and each of them: 8 bytes
 * 8     bytes of the disk             4 checksum
 * .     identity
 * 4     other files that it is read from, and for each: text name, identity
 *
 * identity: 8 size, 1 flags (inode 1, modified 2, changed 4), then what there is of these: text
 * inode; 8 seconds, 4 nanoseconds for each time
 * </pre>
 *
 * @param name what the user called it, for messages
 * @param size bytes of it
 * @param identity of its file, device or export
 * @param others of further files that it is read from, by their names
 * @param sample digests of bytes at places of it
 */
record SavedDisk(
    String name,
    long size,
    SourceIdentity identity,
    Map<String, SourceIdentity> others,
    List<Long> sample) {
  private static final int INODE = 1;
  private static final int MODIFIED = 2;
  private static final int CHANGED = 4;

  /** More than any chain of backing files that QEMU opens. */
  private static final int MAX_OTHERS = 1 << 10;

  private static final int MAX_SAMPLE = 1 << 10;
  private static final int MAX_NANOS = 1_000_000_000;

  /**
   * That of a disk.
   *
   * @param data the grains that hold data, as far as that is known
   * @param grainBits log2 of the bytes of one
   * @param rest whether what is no data is looked at too
   */
  static SavedDisk of(Source source, IndexSet data, int grainBits, boolean rest)
      throws IOException {
    return new SavedDisk(
        source.name(),
        source.size(),
        source.identity(),
        source.others(),
        DiskSample.read(source, DiskSample.places(data, grainBits, source.size(), rest)));
  }

  /** Throws unless a disk has the size of this one. */
  void requireSize(Source source) throws ImageException.OtherDisk {
    if (source.size() != size) {
      throw other(
          source,
          "it has " + source.size() + " bytes, and the plan is of a disk of " + size,
          "give that disk, in the format and with the --offset and --length with which the plan was"
              + " made, or make a new plan");
    }
  }

  /**
   * Throws unless a disk is this one, as far as can be told.
   *
   * @param sign what must be the same of a file that is the same
   * @param data as for the sample
   */
  void require(Source source, ChangeSign sign, IndexSet data, int grainBits) throws IOException {
    requireSize(source);
    Optional<String> difference = difference(identity, source.identity(), sign);
    if (difference.isPresent()) {
      throw other(source, difference.get(), "make a new plan");
    }
    Map<String, SourceIdentity> now = source.others();
    for (Map.Entry<String, SourceIdentity> file : others.entrySet()) {
      SourceIdentity later = now.get(file.getKey());
      Optional<String> found =
          later == null ? Optional.empty() : difference(file.getValue(), later, sign);
      if (found.isPresent()) {
        throw other(source, "of " + file.getKey() + " " + found.get(), "make a new plan");
      }
    }
    requireSample(source, data, grainBits);
  }

  /** What differs, if it is the same file: of another, times say nothing. */
  private static Optional<String> difference(
      SourceIdentity then, SourceIdentity now, ChangeSign sign) {
    SourceIdentity before = then.only(sign);
    SourceIdentity later = now.only(sign);
    return before.inode().isPresent() && before.inode().equals(later.inode())
        ? before.differenceTo(later)
        : Optional.empty();
  }

  private void requireSample(Source source, IndexSet data, int grainBits) throws IOException {
    List<DiskSample.Place> places = DiskSample.places(data, grainBits, size, true);
    List<DiskSample.Place> some =
        places.size() == sample.size()
            ? places
            : DiskSample.places(data, grainBits, size, false);
    if (some.size() != sample.size()) {
      throw other(source, "the plan has a sample of other places", "make a new plan");
    }
    List<Long> now = DiskSample.read(source, some);
    for (int i = 0; i < now.size(); i++) {
      if (!now.get(i).equals(sample.get(i))) {
        throw other(
            source,
            "its bytes "
                + some.get(i).from()
                + " to "
                + some.get(i).to()
                + " are not what they were when the plan was made",
            "give the disk that it was made of, or make a new plan");
      }
    }
  }

  private static ImageException.OtherDisk other(Source source, String fact, String remedy) {
    return new ImageException.OtherDisk(source.name(), fact, remedy);
  }

  void write(PlanOutput out) throws IOException {
    out.text(name);
    out.u64(size);
    write(identity, out);
    out.u32(others.size());
    for (Map.Entry<String, SourceIdentity> other : new TreeMap<>(others).entrySet()) {
      out.text(other.getKey());
      write(other.getValue(), out);
    }
    out.u64(sample.size());
    for (long digest : sample) {
      out.u64(digest);
    }
    out.checksum();
  }

  private static void write(SourceIdentity identity, PlanOutput out) throws IOException {
    out.u64(identity.size());
    out.u8(
        (identity.inode().isPresent() ? INODE : 0)
            | (identity.modified().isPresent() ? MODIFIED : 0)
            | (identity.changed().isPresent() ? CHANGED : 0));
    if (identity.inode().isPresent()) {
      out.text(identity.inode().get());
    }
    write(identity.modified(), out);
    write(identity.changed(), out);
  }

  private static void write(Optional<FileTime> time, PlanOutput out) throws IOException {
    if (time.isPresent()) {
      Instant instant = time.get().toInstant();
      out.u64(instant.getEpochSecond());
      out.u32(instant.getNano());
    }
  }

  static SavedDisk read(PlanInput in) throws IOException {
    String name = in.text();
    long size = in.u63();
    SourceIdentity identity = readIdentity(in);
    long count = in.u32();
    if (count > MAX_OTHERS) {
      throw in.damaged("it names " + count + " files of the disk");
    }
    Map<String, SourceIdentity> others = new TreeMap<>();
    for (long i = 0; i < count; i++) {
      others.put(in.text(), readIdentity(in));
    }
    long places = in.u63();
    if (places > MAX_SAMPLE) {
      throw in.damaged("it has a sample of " + places + " places");
    }
    List<Long> sample = new ArrayList<>();
    for (long i = 0; i < places; i++) {
      sample.add(in.bits64());
    }
    in.checksum();
    return new SavedDisk(name, size, identity, others, sample);
  }

  private static SourceIdentity readIdentity(PlanInput in) throws IOException {
    long size = in.u63();
    int flags = in.u8();
    if ((flags & ~(INODE | MODIFIED | CHANGED)) != 0) {
      throw in.damaged("an identity before byte " + in.position() + " has the flags " + flags);
    }
    return new SourceIdentity(
        size,
        (flags & INODE) != 0 ? Optional.of(in.text()) : Optional.empty(),
        (flags & MODIFIED) != 0 ? Optional.of(readTime(in)) : Optional.empty(),
        (flags & CHANGED) != 0 ? Optional.of(readTime(in)) : Optional.empty());
  }

  private static FileTime readTime(PlanInput in) throws IOException {
    long seconds = in.bits64();
    long nanos = in.u32();
    if (nanos >= MAX_NANOS
        || seconds < Instant.MIN.getEpochSecond()
        || seconds > Instant.MAX.getEpochSecond()) {
      throw in.damaged("the time before byte " + in.position() + " is none");
    }
    return FileTime.from(Instant.ofEpochSecond(seconds, nanos));
  }
}
