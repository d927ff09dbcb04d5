package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.check.ForeignCheck;
import io.github.qcow2tostdout.cli.input.ImageFile;
import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.foreign.ForeignHeader;
import io.github.qcow2tostdout.foreign.KnownFormat;
import io.github.qcow2tostdout.foreign.NamedFile;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.GuestMap;
import io.github.qcow2tostdout.image.OpenRules;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.luks.LuksDescription;
import io.github.qcow2tostdout.picture.Drawing;
import io.github.qcow2tostdout.picture.ImageSurvey;
import io.github.qcow2tostdout.picture.PlanSurvey;
import io.github.qcow2tostdout.picture.Resolution;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.report.DiskInfo;
import io.github.qcow2tostdout.report.HumanSize;
import io.github.qcow2tostdout.scan.ChangeDetection;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.source.ChangeSign;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.FileSource;
import io.github.qcow2tostdout.source.ForwardingSource;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Looks at a file, and finds out what there is to be shown of it. */
final class InfoSurvey {
  private static final String RAW = "raw";
  private static final String QCOW2 = "qcow2";

  /** The most bytes of L2 tables that are read unasked: for a glance, which takes no second. */
  private static final long MUCH = 64 << 20;

  private final BoundedFile file;
  private final InfoOptions options;
  private final Resolution resolution;
  private final List<String> warnings = new ArrayList<>();
  private Optional<ImageException> refusal = Optional.empty();
  private Optional<OpenedImage> image = Optional.empty();
  private Optional<Drawing> drawing = Optional.empty();
  private Optional<LuksDescription> luks = Optional.empty();
  private OptionalLong conversionSize = OptionalLong.empty();

  /**
   * Nothing is looked at yet.
   *
   * @param resolution of the strips
   */
  InfoSurvey(BoundedFile file, InfoOptions options, Resolution resolution) {
    this.file = file;
    this.options = options;
    this.resolution = resolution;
  }

  /** Why QEMU would not open the image, or why it could not be checked. */
  Optional<ImageException> refusal() {
    return refusal;
  }

  /** What was looked at, for strips. */
  Optional<Drawing> drawing() {
    return drawing;
  }

  DiskInfo info() throws IOException {
    Optional<KnownFormat> start = ForeignCheck.start(file);
    String format = start.map(KnownFormat::formatName).orElse("");
    if (format.isEmpty()) {
      format = end().orElse(RAW);
    }
    ForeignHeader header = ForeignHeader.read(format, new ForeignCheck.Bytes(file));
    OptionalLong diskSize = header.diskSize();
    if (format.equals(RAW)) {
      diskSize = OptionalLong.of(file.size());
      raw();
    } else if (format.equals(QCOW2)) {
      qcow2();
    } else if (header.problem().isPresent()) {
      warnings.add(header.problem().get());
    }
    return new DiskInfo(
        file.name(),
        format,
        start.map(KnownFormat::kind).orElse(KnownFormat.Kind.IMAGE) != KnownFormat.Kind.COMPRESSED,
        file.size(),
        ImageFile.bytesOnDisk(options.file()),
        diskSize,
        header.encrypted()
            || start.map(KnownFormat::kind).equals(Optional.of(KnownFormat.Kind.ENCRYPTED)),
        luks,
        names(header),
        image,
        drawing.map(Drawing::use),
        drawing.flatMap(Drawing::check),
        conversionSize,
        List.copyOf(warnings));
  }

  private Optional<String> end() throws IOException {
    return file.size() < KnownFormat.START ? Optional.empty() : ForeignCheck.end(file);
  }

  private static List<DiskInfo.Name> names(ForeignHeader header) {
    List<DiskInfo.Name> names = new ArrayList<>();
    for (NamedFile named : header.files()) {
      names.add(new DiskInfo.Name(named.role().words(), named.name(), named.format()));
    }
    return names;
  }

  private void raw() throws IOException {
    try (Source disk = FileSource.open(options.file(), true)) {
      Conversion conversion =
          Conversion.prepare(
              new ExactExtents(disk),
              ImageOptions.defaults(),
              new ScanOptions(true),
              new ChangeDetection(ChangeSign.NOTHING, false),
              Progress.NONE);
      conversionSize = OptionalLong.of(conversion.plan().imageSize());
      drawing =
          Optional.of(PlanSurvey.of(conversion.plan(), conversion.allocation(), disk, resolution));
    } catch (ImageException.Unsupported e) {
      warnings.add(e.fact());
    }
  }

  /** A disk whose holes are asked for, however small it is. */
  private static final class ExactExtents extends ForwardingSource {
    private final Source disk;

    ExactExtents(Source disk) {
      super(disk);
      this.disk = disk;
    }

    @Override
    public DataExtents dataExtents() throws IOException {
      return disk.exactDataExtents();
    }
  }

  private void luks(OpenedImage opened, OpenedImage.CryptoHeader place) throws IOException {
    try {
      luks =
          Optional.of(
              LuksDescription.of(
                  file.name(),
                  place.length(),
                  (at, length, what) -> opened.file().read(place.offset() + at, length, what)));
    } catch (ImageException e) {
      // The rest is shown all the same.
      warnings.add(e.fact());
    }
  }

  private void qcow2() throws IOException {
    try {
      OpenedImage opened = OpenRules.open(file);
      image = Optional.of(opened);
      if (opened.crypto().isPresent()) {
        luks(opened, opened.crypto().get());
      }
      GuestMap map = GuestMap.of(opened);
      long tables = map.tableBytes(MUCH);
      if (tables > MUCH && !options.all()) {
        warnings.add(
            "allocation and findings were not looked at, because the L2 tables take more than "
                + HumanSize.of(MUCH)
                + "; say "
                + InfoOptions.ALL
                + ", or use check");
        return;
      }
      drawing = Optional.of(ImageSurvey.of(opened, resolution, Progress.NONE));
    } catch (ImageException e) {
      refusal = Optional.of(e);
      warnings.add(e.fact());
    }
  }
}
