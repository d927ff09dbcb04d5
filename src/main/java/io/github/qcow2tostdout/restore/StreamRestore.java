package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.GuestMap;
import io.github.qcow2tostdout.image.GuestRun;
import io.github.qcow2tostdout.image.OpenRules;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.luks.Luks;
import io.github.qcow2tostdout.luks.LuksKey;
import io.github.qcow2tostdout.stream.StreamFollower;
import io.github.qcow2tostdout.stream.StreamedImage;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Writes the disk of an image that arrives to a target, as it arrives. */
public final class StreamRestore {
  /** Opens the target when the size of the disk is known. */
  @FunctionalInterface
  public interface TargetMaker {
    /** A target for the disk of an image; who made it closes it. */
    DiskTarget open(long diskSize) throws IOException;
  }

  private final String name;
  private final TargetMaker maker;
  private final LongSupplier cache;
  private final Optional<LuksKey> key;
  private Optional<DiskTarget> target = Optional.empty();
  private Optional<ArrivingDisk> disk = Optional.empty();
  private Optional<Decryption> decryption = Optional.empty();

  private StreamRestore(String name, TargetMaker maker, LongSupplier cache, Optional<LuksKey> key) {
    this.key = key;
    this.name = name;
    this.maker = maker;
    this.cache = cache;
  }

  /**
   * Reads a stream to its end, and writes all of the disk that is in it.
   *
   * @param name what to call it
   * @param in from where it is now
   * @param maker of the target
   * @param cache how many bytes may be kept of what comes before its turn; asked if some does
   * @param key of the disk, if it is encrypted
   * @return what of the image can be checked now
   * @throws ImageException if it is damaged or cut short, or can't be restored as it comes; the
   *     stream is somewhere in the middle then
   */
  public static OpenedImage receive(
      String name,
      ReadableByteChannel in,
      TargetMaker maker,
      LongSupplier cache,
      Optional<LuksKey> key,
      Progress progress)
      throws IOException {
    StreamRestore restore = new StreamRestore(name, maker, cache, key);
    try {
      return restore.receive(in, progress);
    } finally {
      restore.decryption.ifPresent(Decryption::close);
    }
  }

  private OpenedImage receive(ReadableByteChannel in, Progress progress) throws IOException {
    OpenedImage image = OpenRules.open(StreamedImage.follow(name, in, this::follow, progress));
    complete(image);
    return image;
  }

  private StreamFollower follow(OpenedImage image, BoundedFile.Bytes kept) throws IOException {
    refuseOthers(image);
    DiskTarget to = maker.open(image.diskSize());
    target = Optional.of(to);
    if (image.get(HeaderField.CRYPT_METHOD) != 0) {
      BoundedFile came = whatCame(image, kept).file();
      decryption = Optional.of(new Decryption(image, came, key.orElseThrow()));
    }
    KeptTables tables = new KeptTables(image, kept, decryption);
    MemoryBudget budget = new MemoryBudget(cache);
    DiskBytes bytes =
        to.isSequential()
            ? new InGuestOrder(name, to, tables, GuestMap.of(whatCame(image, kept)), budget)
            : new Placed(to);
    ArrivingDisk arriving = new ArrivingDisk(image, tables, bytes, budget);
    disk = Optional.of(arriving);
    return arriving;
  }

  /** Refuses an image whose disk is not all in the stream, or can't be told from it. */
  private void refuseOthers(OpenedImage image) throws ImageException {
    if (image.get(HeaderField.CRYPT_METHOD) != 0) {
      Luks.requireKey(name, image.get(HeaderField.CRYPT_METHOD), key.isPresent());
    }
    if (image.hasDataFile()) {
      throw new ImageException.Unsupported(
          name,
          "its data is in an external data file, which is not in the stream",
          "restore it from a file with --follow");
    }
    if (image.get(HeaderField.BACKING_FILE_OFFSET) != 0) {
      throw new ImageException.Unsupported(
          name,
          "it has a backing file, which is not in the stream",
          "restore it from a file with --follow");
    }
  }

  /** What may be asked where tables have come; the end of the stream is not known to it. */
  private OpenedImage whatCame(OpenedImage image, BoundedFile.Bytes kept) {
    return new OpenedImage(
        BoundedFile.of(name, kept, OpenRules.MAX_FILE),
        image.area(),
        image.geometry(),
        image.crypto(),
        image.bitmaps());
  }

  /** All has come: what is zero is made zero, and what is missing is an error. */
  private void complete(OpenedImage image) throws IOException {
    DiskTarget to = target.orElseThrow();
    if (decryption.isPresent()) {
      decryption.get().unlock(image.file());
    }
    GuestMap map = GuestMap.of(image);
    long data = 0;
    long at = 0;
    while (at < map.size()) {
      GuestRun run = map.run(at, map.size());
      // No switch: over types the VM would make a class for it, which takes longer than the rest.
      if (run instanceof GuestRun.Corrupt corrupt) {
        throw corrupt.error(name);
      } else if (decryption.isPresent() && run instanceof GuestRun.Compressed) {
        throw Luks.compressed(name, run.guestOffset());
      } else if (run instanceof GuestRun.Stored || run instanceof GuestRun.Compressed) {
        data += run.length();
      } else if (!to.isSequential()) {
        to.zero(run.guestOffset(), run.length());
      }
      at = run.end();
    }
    if (data != disk.orElseThrow().placed()) {
      throw new IllegalStateException(
          disk.orElseThrow().placed() + " bytes of the disk were written of " + data);
    }
  }
}
