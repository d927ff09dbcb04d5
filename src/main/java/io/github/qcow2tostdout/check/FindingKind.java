package io.github.qcow2tostdout.check;

import static io.github.qcow2tostdout.check.Remedies.CHECK_THE_SIZE;
import static io.github.qcow2tostdout.check.Remedies.CHECK_THE_WRITER;
import static io.github.qcow2tostdout.check.Remedies.ENTRY_IS_DAMAGED;
import static io.github.qcow2tostdout.check.Remedies.FILE_OR_ENTRY_IS_DAMAGED;
import static io.github.qcow2tostdout.check.Remedies.GET_A_COPY;
import static io.github.qcow2tostdout.check.Remedies.NONE;
import static io.github.qcow2tostdout.check.Remedies.REPAIR;
import static io.github.qcow2tostdout.check.Remedies.SNAPSHOT_IS_LOST;
import static io.github.qcow2tostdout.check.Severity.ERROR;
import static io.github.qcow2tostdout.check.Severity.INFO;
import static io.github.qcow2tostdout.check.Severity.WARNING;
import static io.github.qcow2tostdout.check.Verdict.CHECK_ERROR;
import static io.github.qcow2tostdout.check.Verdict.CORRUPTION;
import static io.github.qcow2tostdout.check.Verdict.LEAK;

import java.util.Locale;

/**
 * The catalogue of what a check can find. The ids are stable: programs may depend on them.
 *
 * <p>What counts for the verdict is what {@code qemu-img check} counts; everything else is counted
 * apart.
 */
public enum FindingKind {
  REFCOUNT_TOO_LOW(
      CORRUPTION,
      "a cluster is used more often than its refcount says: a write may destroy data",
      "copy the disk with qemu-img convert, or qemu-img check -r all"),
  REFCOUNT_OVERFLOW(
      CORRUPTION,
      "a cluster is used more often than its refcount can hold",
      "copy the disk with qemu-img convert to an image with wider refcounts"),
  REFERENCE_BEYOND_END(
      CORRUPTION,
      "something lies a cluster or more behind the end of the file",
      FILE_OR_ENTRY_IS_DAMAGED),
  L1_RESERVED_BITS(CORRUPTION, "bits of an L1 entry that must be 0 are set", ENTRY_IS_DAMAGED),
  L2_TABLE_UNALIGNED(
      CORRUPTION,
      "an L2 table does not start at a cluster",
      "the L1 entry is damaged: get a whole copy"),
  L2_RESERVED_BITS(CORRUPTION, "bits of an L2 entry that must be 0 are set", ENTRY_IS_DAMAGED),
  DATA_CLUSTER_UNALIGNED(
      CORRUPTION,
      "a data cluster does not start at a cluster of the file",
      "the L2 entry is damaged: get a whole copy"),
  COPIED_FLAG_WRONG(
      CORRUPTION, "bit 63 of an entry contradicts the refcount of what it points to", REPAIR),
  COMPRESSED_COPIED(CORRUPTION, "bit 63 is set in the entry of a compressed cluster", REPAIR),
  COMPRESSED_IN_DATA_FILE_IMAGE(
      CORRUPTION, "a cluster is compressed although data is in an external file", ENTRY_IS_DAMAGED),
  COMPRESSED_WITH_SUBCLUSTERS(
      CORRUPTION, "the entry of a compressed cluster has a subcluster bitmap", ENTRY_IS_DAMAGED),
  SUBCLUSTER_BITMAP_INVALID(
      CORRUPTION, "a subcluster is marked as allocated and as zero", ENTRY_IS_DAMAGED),
  SUBCLUSTER_WITHOUT_CLUSTER(
      CORRUPTION, "a subcluster is marked as allocated, but its cluster is not", ENTRY_IS_DAMAGED),
  REFCOUNT_TABLE_RESERVED_BITS(
      CORRUPTION, "bits of a refcount table entry that must be 0 are set", REPAIR),
  REFCOUNT_BLOCK_UNALIGNED(CORRUPTION, "a refcount block does not start at a cluster", REPAIR),
  REFCOUNT_BLOCK_OUTSIDE(
      CORRUPTION, "a refcount block lies behind the end of the file", FILE_OR_ENTRY_IS_DAMAGED),
  REFCOUNT_BLOCK_SHARED(
      CORRUPTION, "a refcount block is used by something else too, or not within the file", REPAIR),
  SNAPSHOTS_WITH_DATA_FILE(
      CORRUPTION,
      "there are snapshots although data is in an external file",
      "the header is damaged: get a whole copy"),
  SNAPSHOT_L1_UNALIGNED(
      CORRUPTION, "the L1 table of a snapshot does not start at a cluster", SNAPSHOT_IS_LOST),
  SNAPSHOT_L1_TOO_LARGE(
      CORRUPTION, "the L1 table of a snapshot is larger than any may be", SNAPSHOT_IS_LOST),
  SNAPSHOT_INCOMPLETE(CORRUPTION, "a version 3 snapshot entry has too little extra data", REPAIR),
  LEAKED_CLUSTER(
      LEAK,
      "a refcount is higher than the uses of its cluster: wasted space, no harm to data",
      "qemu-img check -r leaks, or leave it"),
  NOT_OPENED(
      CHECK_ERROR,
      "QEMU would not open the image, so that only the questions of --untrusted were asked",
      "refuse it, or get a whole copy"),
  REFCOUNT_UNREADABLE(
      CHECK_ERROR,
      "the refcount of a cluster can't be told, because its refcount block is not usable",
      REPAIR),

  TABLES_NOT_FOLLOWED(
      ERROR,
      "so many L2 tables lie across each other that not all were followed: the figures are too low",
      "the image is damaged beyond use, or made to keep checkers busy"),
  TRUNCATED(
      ERROR,
      "the file ends inside something that is in use: the stream or the copy was cut short",
      "get a whole copy; what is missing reads as zeroes"),
  OVERLAP(
      ERROR,
      "structures claim the same cluster: a write to one destroys the other",
      "don't write to the image; copy the disk with qemu-img convert and compare"),
  DIRTY_BIT(
      WARNING,
      "the dirty bit is set: the image was not closed, its refcounts may be wrong",
      "qemu-img check -r all before it is used"),
  CORRUPT_BIT(
      ERROR,
      "the corrupt bit is set: a program found damage and refuses to write",
      "qemu-img check -r all, and compare with a backup"),
  ZERO_FLAG_IN_V2(
      ERROR,
      "version 2 has no zero flag: reading the cluster is an error",
      "get a whole copy, or qemu-img amend -o compat=1.1 on a copy"),
  ZERO_FLAG_WITH_SUBCLUSTERS(
      WARNING, "bit 0 must be 0 with extended L2 entries; QEMU ignores it", CHECK_THE_WRITER),
  ENTRY_BEYOND_DISK(
      WARNING,
      "an L2 entry maps a cluster behind the end of the disk: what is there is lost or hidden",
      CHECK_THE_SIZE),
  L1_ENTRY_BEYOND_DISK(
      WARNING,
      "an L1 entry behind the end of the disk is in use, and there is no snapshot with VM state",
      CHECK_THE_SIZE),
  REFCOUNT_BEYOND_END(
      WARNING,
      "clusters behind the end of the file have refcounts: the file may have been cut short",
      "compare the file's length with the source; else qemu-img check -r all"),
  COPIED_WITHOUT_OFFSET(
      WARNING,
      "bit 63 of an L2 entry says that its cluster is used once, and there is none: QEMU ignores"
          + " it, other hypervisors call the image corrupt",
      "copy the disk with qemu-img convert"),
  DATA_FILE_OFFSET(
      ERROR,
      "the host offset in an external data file is not the guest offset: reading is an error",
      GET_A_COPY),
  DATA_FILE_UNMAPPED(
      ERROR,
      "the raw data file, which alone must be the disk, holds something else than zeroes where the"
          + " image reads as zeroes",
      "find out which of them is right before one of them is used"),
  DATA_FILE_NOT_COMPARED(
      INFO,
      "there are clusters that the image does not map, so that they read as zeroes; whether the raw"
          + " data file holds zeroes there was not looked at",
      "check with --follow"),
  DATA_FILE_NOT_FOUND(
      ERROR, "the external data file is not there or can't be read", "put it where the image says"),
  DATA_FILE_TOO_SHORT(
      ERROR,
      "the external data file is shorter than the disk: the rest reads as zeroes",
      "get a whole copy of the data file"),
  BITMAPS_INCONSISTENT(
      WARNING,
      "a program without support for bitmaps wrote to the image: they are ignored",
      "make a full backup instead of an incremental one; qemu-img check -r all drops them"),
  BITMAP_IN_USE(
      INFO,
      "a bitmap was not saved when the image was closed: it can't be used",
      "qemu-img bitmap --remove"),
  BITMAPS_BIT_WITHOUT_EXTENSION(
      WARNING,
      "autoclear bit 0 is set, but there are no bitmaps",
      "harmless; any write to the header by QEMU clears it"),
  UNKNOWN_AUTOCLEAR_BITS(
      INFO, "autoclear bits that nobody knows are set; the first write clears them", NONE),
  HEADER_LENGTH_ODD(WARNING, "header_length is not a multiple of 8", CHECK_THE_WRITER),
  HEADER_PADDING(WARNING, "the padding behind compression_type is not zero", CHECK_THE_WRITER),
  SIZE_NOT_IN_SECTORS(
      WARNING,
      "the size is not a multiple of 512: QEMU drops the rest",
      "check where the size comes from"),
  DUPLICATE_EXTENSION(WARNING, "a header extension is there twice", CHECK_THE_WRITER),
  BACKING_FORMAT_WITHOUT_FILE(
      WARNING,
      "there is the format of a backing file, but no backing file",
      "qemu-img rebase -u, or leave it"),
  BACKING_NAME_IN_HEADER(
      WARNING, "the name of the backing file lies inside the header", CHECK_THE_WRITER),
  BITMAP_NAME_NOT_UTF8(WARNING, "the name of a bitmap is not UTF-8", CHECK_THE_WRITER),
  SNAPSHOT_DATE(WARNING, "the nanoseconds of a snapshot's date are more than a second", NONE),
  DISK_LOOKS_LIKE_IMAGE(
      WARNING,
      "the disk begins like an image: one was wrapped, or the guest wants it to be taken for one",
      "whoever copies the disk out must say that it is raw; or convert the image in it"),
  UNDECODABLE(
      ERROR,
      "a compressed cluster can't be decoded: reading it is an error or gives wrong data",
      GET_A_COPY),
  NOT_DECODED(
      WARNING,
      "a compressed cluster was not decoded: nothing is known about what is in it",
      "if the disk is encrypted none is needed; else the image is damaged, or made to keep checkers"
          + " busy"),

  FOREIGN_FORMAT(
      INFO,
      "the image is of another format, of which only the questions of --untrusted are asked",
      NONE),
  UNTRUSTED_BACKING_FILE(
      ERROR,
      "the image names a backing file: who opens it may read that file of the host",
      "refuse it, or convert it where the name leads nowhere"),
  UNTRUSTED_DATA_FILE(
      ERROR,
      "the image names an external data file: who opens it may read or write that file",
      "refuse it"),
  UNTRUSTED_ENCRYPTION(
      WARNING,
      "the image is encrypted: its content can't be looked at without the key",
      "ask for the key, or refuse it"),
  UNTRUSTED_FEATURE(
      WARNING,
      "there is something in the header that this program does not know",
      CHECK_THE_WRITER),
  UNTRUSTED_SNAPSHOTS(
      WARNING,
      "the image has snapshots: more is in it than the disk shows",
      "convert it, which leaves them behind"),
  UNTRUSTED_SIZE(
      ERROR,
      "the disk has 1 TiB or more and is more than 1000 times as large as its file: written to, or"
          + " converted to raw, it may fill a host",
      "set a limit for the size of disks");

  private final Verdict verdict;
  private final Severity severity;
  private final String meaning;
  private final String remedy;

  /** One that counts in qemu-img's verdict. */
  FindingKind(Verdict verdict, String meaning, String remedy) {
    this(verdict, verdict == LEAK ? WARNING : ERROR, meaning, remedy);
  }

  /** One that is counted apart. */
  FindingKind(Severity severity, String meaning, String remedy) {
    this(Verdict.APART, severity, meaning, remedy);
  }

  FindingKind(Verdict verdict, Severity severity, String meaning, String remedy) {
    this.verdict = verdict;
    this.severity = severity;
    this.meaning = meaning;
    this.remedy = remedy;
  }

  /** The stable name, {@code refcount-too-low} for one. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What it counts as. */
  public Verdict verdict() {
    return verdict;
  }

  /** How bad it is. */
  public Severity severity() {
    return severity;
  }

  /** What it means. */
  public String meaning() {
    return meaning;
  }

  /** What to do. */
  public String remedy() {
    return remedy;
  }

  /** Whether only a stranger's image is asked for it. */
  boolean isAboutTrust() {
    return name().startsWith("UNTRUSTED_");
  }

  /**
   * Whether it makes an image fail that is held to the specification; that says nothing of what a
   * disk holds.
   */
  public boolean countsIfStrict() {
    return verdict != Verdict.APART || (severity != INFO && this != DISK_LOOKS_LIKE_IMAGE);
  }
}
