package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.format.BitmapFlag;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BitmapDirectory;
import io.github.qcow2tostdout.image.BitmapEntry;
import io.github.qcow2tostdout.image.BitmapRules;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.image.StoredBitmap;
import io.github.qcow2tostdout.scan.CarriedBitmap;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.qcow2.ImageOpener;
import io.github.qcow2tostdout.source.qcow2.Qcow2Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * What of a qcow2 image goes over into the new one beside the disk.
 *
 * @param bitmaps whether its dirty bitmaps do
 * @param snapshots whether it is said which snapshots don't
 */
public record CarryOptions(boolean bitmaps, boolean snapshots) {
  /** Nothing does. */
  public static final CarryOptions NOTHING = new CarryOptions(false, false);

  public static final String BITMAPS = "--bitmaps";
  private static final String SNAPSHOTS = "--snapshots";

  /** Adds the options. */
  public static void addTo(CommandSpec spec) {
    spec.addOption(
            OptionSpecs.flag(HelpGroup.IMAGE, BITMAPS)
                .description(
                    "With -f qcow2: the image gets INPUT's persistent dirty bitmaps too. One that"
                        + " was not saved (in-use) is an error.")
                .build())
        .addOption(
            OptionSpecs.flag(HelpGroup.INPUT, SNAPSHOTS)
                .description(
                    "With -f qcow2: say on standard error which internal snapshots are left"
                        + " behind.")
                .build());
  }

  /**
   * Reads and checks them.
   *
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   */
  public static CarryOptions of(ParseResult result, InputOptions input) {
    CarryOptions options =
        new CarryOptions(result.hasMatchedOption(BITMAPS), result.hasMatchedOption(SNAPSHOTS));
    for (String option : new String[] {BITMAPS, SNAPSHOTS}) {
      if (!result.hasMatchedOption(option)) {
        continue;
      }
      if (!input.opener().format().equals(ImageOpener.QCOW2)) {
        throw new IllegalArgumentException(option + " needs -f qcow2: other disks have no such");
      }
      for (String other :
          new String[] {WindowOptions.OFFSET, WindowOptions.LENGTH, DiskMapOption.MAP}) {
        refuseTogether(result, option, other, "it is about all of the image");
      }
    }
    if (options.bitmaps()) {
      refuseTogether(
          result, BITMAPS, InsideOptions.SNAPSHOT, "bitmaps are about the disk as it is now");
      refuseTogether(
          result, BITMAPS, InsideOptions.SALVAGE, "bitmaps of a damaged image can't be believed");
    }
    return options;
  }

  private static void refuseTogether(ParseResult result, String one, String other, String reason) {
    if (result.hasMatchedOption(other)) {
      throw new IllegalArgumentException(one + " does not go with " + other + ": " + reason);
    }
  }

  /**
   * The bitmaps that go over.
   *
   * @param disk the disk of the image
   * @throws ImageException if one can't
   */
  public List<CarriedBitmap> bitmapsOf(Source disk) throws IOException {
    if (!bitmaps || !(disk instanceof Qcow2Source source)) {
      return List.of();
    }
    OpenedImage image = source.image();
    Optional<BitmapDirectory> directory = image.bitmaps();
    if (directory.isEmpty()) {
      if (image.area().extension(HeaderExtension.BITMAPS).isPresent()) {
        throw new ImageException.Unsupported(
            disk.name(),
            "its bitmaps are not valid any more (autoclear bit 0): something has written to it"
                + " that does not know them",
            "convert it without " + BITMAPS);
      }
      return List.of();
    }
    List<CarriedBitmap> carried = new ArrayList<>();
    for (BitmapEntry entry : directory.get().bitmaps()) {
      if (BitmapRules.isInUse(entry)) {
        throw new ImageException.Unsupported(
            disk.name(),
            "bitmap '" + entry.title() + "' is in use: it was not saved, and nobody knows its bits",
            "remove it with qemu-img bitmap --remove, or convert without " + BITMAPS);
      }
      StoredBitmap stored = new StoredBitmap(image, entry);
      carried.add(
          new CarriedBitmap(
              entry.nameBytes(),
              stored.granularityBits(),
              BitmapFlag.AUTO.isSetIn(entry.get(BitmapField.FLAGS)),
              stored.bits(),
              stored::read));
    }
    return carried;
  }

  /**
   * Says what is left behind of the image that a disk is in.
   *
   * @param chosen whether the disk is that of a snapshot: then it is known that there are some
   * @param say takes each line
   */
  public void tellSnapshots(Source disk, boolean chosen, Consumer<String> say) throws IOException {
    if (!(disk instanceof Qcow2Source source)
        || source.image().get(HeaderField.NB_SNAPSHOTS) == 0) {
      return;
    }
    String name = disk.name();
    long count = source.image().get(HeaderField.NB_SNAPSHOTS);
    if (snapshots) {
      SnapshotsLeftBehind.lines(source.image()).forEach(line -> say.accept(name + ": " + line));
    } else if (!chosen) {
      say.accept(
          name
              + ": "
              + (count == 1
                  ? "1 internal snapshot is left behind; "
                  : count + " internal snapshots are left behind; ")
              + SNAPSHOTS
              + " says more");
    }
  }
}
