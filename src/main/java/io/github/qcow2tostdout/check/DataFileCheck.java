package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.Extension;
import io.github.qcow2tostdout.image.OpenedImage;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Looks for the external data file; only if the user says that its name may be followed. As QEMU
 * does: a relative name is one of the working directory, not of the image's.
 */
public final class DataFileCheck {
  /** Opens a file to look at. */
  @FunctionalInterface
  public interface Opener {
    /**
     * Opens it.
     *
     * @throws IOException if it is neither a regular file nor a block device, or can't be read
     */
    BoundedFile open(Path path) throws IOException;
  }

  private DataFileCheck() {}

  /** The result of a check, with what is wrong with the data file. */
  public static CheckResult find(OpenedImage image, CheckResult result, Opener opener) {
    Optional<Extension> extension = image.area().extension(HeaderExtension.DATA_FILE_NAME);
    if (!image.hasDataFile() || extension.isEmpty()) {
      return result;
    }
    String name = extension.get().text();
    Findings findings = new Findings();
    CheckResult compared = result;
    try (BoundedFile file = opener.open(Path.of(name))) {
      if (file.size() < image.diskSize()) {
        findings.add(
            Finding.of(
                FindingKind.DATA_FILE_TOO_SHORT,
                "external data file " + name,
                file.size() + " bytes",
                "at least " + image.diskSize()));
      }
      if (Feature.DATA_FILE_RAW.isSetIn(image.header())) {
        compared = compared.without(FindingKind.DATA_FILE_NOT_COMPARED);
        new RawDataCheck(image, file, findings).find();
      }
    } catch (IOException | InvalidPathException e) {
      findings.add(
          Finding.at(
              FindingKind.DATA_FILE_NOT_FOUND,
              "header extension " + extension.get().typeName(),
              extension.get().offset(),
              name + ": " + reason(e),
              "a regular file or a block device, by this name from the working directory"));
    }
    return compared.with(findings);
  }

  private static String reason(Exception e) {
    return switch (e) {
      case NoSuchFileException missing -> "not found";
      case AccessDeniedException denied -> "permission denied";
      case FileSystemException file when file.getReason() != null -> file.getReason();
      default -> Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
    };
  }
}
