package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.check.CheckResult;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.luks.LuksDescription;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of a disk or an image.
 *
 * @param fileName as the user gave it
 * @param format what QEMU calls it, or what it is compressed with
 * @param isDisk whether there is a disk in it, or else something that is to be decompressed
 * @param fileSize bytes of the file
 * @param onDisk bytes that the file takes on its own disk; empty if the system does not say
 * @param diskSize bytes of the disk, unsigned; empty if that is not known
 * @param encrypted whether its content is
 * @param luks how, as far as that was found
 * @param names the files that it names
 * @param image the image, if it is one of qcow2 that QEMU would open
 * @param use how the disk is kept; empty if that was not looked at
 * @param check what a check found; empty if there was none
 * @param conversionSize the most bytes of an image of the disk; empty if it is no raw one
 * @param warnings what else is to be said
 */
public record DiskInfo(
    String fileName,
    String format,
    boolean isDisk,
    long fileSize,
    OptionalLong onDisk,
    OptionalLong diskSize,
    boolean encrypted,
    Optional<LuksDescription> luks,
    List<Name> names,
    Optional<OpenedImage> image,
    Optional<DiskUse> use,
    Optional<CheckResult> check,
    OptionalLong conversionSize,
    List<String> warnings) {

  /**
   * A file that is named.
   *
   * @param role what it is
   * @param name as it is in the image
   * @param format what it is in, if that is said
   */
  public record Name(String role, String name, Optional<String> format) {}
}
