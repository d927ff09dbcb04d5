package io.github.qcow2tostdout.cli.output;

import io.github.qcow2tostdout.archive.ContainerDisk;
import io.github.qcow2tostdout.archive.Plain;
import io.github.qcow2tostdout.archive.TarAttributes;
import io.github.qcow2tostdout.archive.TarMember;
import io.github.qcow2tostdout.archive.Wrapping;
import io.github.qcow2tostdout.cli.option.ByteSize;
import io.github.qcow2tostdout.cli.option.FileName;
import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** What the image is wrapped in, by the command line. */
final class WrappingOptions {
  static final String TAR = "--tar";
  static final String CONTAINERDISK = "--containerdisk";

  private static final String TAR_MODE = "--tar-mode";
  private static final String TAR_OWNER = "--tar-owner";
  private static final String TAR_MTIME = "--tar-mtime";
  private static final String ARCHITECTURE = "--containerdisk-arch";

  private static final String DEFAULT_DISK = "disk";
  private static final String DEFAULT_ARCHITECTURE = "amd64";
  private static final int OCTAL = 8;

  private WrappingOptions() {}

  static void addTo(CommandSpec spec) {
    spec.addOption(
            OptionSpecs.repeatable(HelpGroup.OUTPUT, TAR)
                .paramLabel("NAME")
                .description(
                    "Write a tar with one member: the image, under this name. Sizes, digests and"
                        + " --range are then those of the tar.")
                .build())
        .addOption(
            OptionSpecs.repeatable(HelpGroup.OUTPUT, TAR_MODE)
                .paramLabel("MODE")
                .description("Permissions of the member, octal (default: 644).")
                .build())
        .addOption(
            OptionSpecs.repeatable(HelpGroup.OUTPUT, TAR_OWNER)
                .paramLabel("USER:GROUP")
                .description("Its owner, in numbers (default: 107:107, which is QEMU's).")
                .build())
        .addOption(
            OptionSpecs.repeatable(HelpGroup.OUTPUT, TAR_MTIME)
                .paramLabel("SECONDS")
                .description("Its time of modification, in seconds since 1970 (default: 0).")
                .build())
        .addOption(
            OptionSpecs.optional(HelpGroup.OUTPUT, CONTAINERDISK, DEFAULT_DISK)
                .paramLabel("NAME")
                .description(
                    "Write a container's image that holds /disk/NAME.qcow2 (default: disk), as"
                        + " KubeVirt's containerDisk: an OCI layout in a tar, for skopeo copy"
                        + " oci-archive:FILE. The image is computed twice: names in the tar are"
                        + " digests of what follows.")
                .build())
        .addOption(
            OptionSpecs.repeatable(HelpGroup.OUTPUT, ARCHITECTURE)
                .paramLabel("ARCH")
                .description("What that container says it is for (default: amd64).")
                .build());
  }

  /**
   * What the arguments say.
   *
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   */
  static Wrapping of(ParseResult result) {
    boolean tar = result.hasMatchedOption(TAR);
    boolean container = result.hasMatchedOption(CONTAINERDISK);
    if (tar && container) {
      throw new IllegalArgumentException(
          TAR + " and " + CONTAINERDISK + " contradict each other; say one of them");
    }
    refuseWithout(tar || container, result, List.of(TAR_MODE, TAR_OWNER, TAR_MTIME), TAR);
    refuseWithout(container, result, List.of(ARCHITECTURE), CONTAINERDISK);
    if (tar) {
      String name = OptionSpecs.single(result, TAR, "");
      return new TarMember(memberName(name, TAR + " " + name), attributes(result));
    }
    if (container) {
      String name = OptionSpecs.single(result, CONTAINERDISK, DEFAULT_DISK);
      String spelling = CONTAINERDISK + "=" + name;
      if (name.indexOf('/') >= 0) {
        throw new IllegalArgumentException(spelling + ": the name of a file, without a directory");
      }
      String architecture = OptionSpecs.single(result, ARCHITECTURE, DEFAULT_ARCHITECTURE);
      if (!architecture.matches("[a-z0-9]+")) {
        throw OptionSpecs.refused(
            ARCHITECTURE + " " + architecture, "Go's names, as amd64, arm64, s390x");
      }
      return new ContainerDisk(memberName(name, spelling), architecture, attributes(result));
    }
    return new Plain();
  }

  private static void refuseWithout(
      boolean there, ParseResult result, List<String> options, String needed) {
    for (String option : options) {
      if (!there && result.hasMatchedOption(option)) {
        throw new IllegalArgumentException(option + " needs " + needed);
      }
    }
  }

  /** A name that every reader of tars takes. */
  private static String memberName(String name, String spelling) {
    FileName.checked(name, spelling);
    if (name.startsWith("/") || List.of(name.split("/", -1)).contains("..")) {
      throw new IllegalArgumentException(
          spelling + ": no reader of a tar takes a name that leads out of a directory");
    }
    if (name.endsWith("/") || name.equals(".") || name.endsWith("/.")) {
      throw new IllegalArgumentException(spelling + ": the name of a directory; give a file's");
    }
    return name;
  }

  private static TarAttributes attributes(ParseResult result) {
    TarAttributes usual = TarAttributes.DEFAULTS;
    String mode = OptionSpecs.single(result, TAR_MODE, Integer.toOctalString(usual.mode()));
    String owner = OptionSpecs.single(result, TAR_OWNER, usual.owner() + ":" + usual.group());
    String modified = OptionSpecs.single(result, TAR_MTIME, Long.toString(usual.modified()));
    int colon = owner.indexOf(':');
    OptionalLong user = number(owner.substring(0, Math.max(colon, 0)), TarAttributes.MAX_OWNER);
    OptionalLong group = number(owner.substring(colon + 1), TarAttributes.MAX_OWNER);
    OptionalLong time = number(modified, TarAttributes.MAX_MODIFIED);
    if (!mode.matches("[0-7]{1,5}") || Integer.parseInt(mode, OCTAL) > TarAttributes.MAX_MODE) {
      throw OptionSpecs.refused(TAR_MODE + " " + mode, "0 to 7777");
    }
    if (user.isEmpty() || group.isEmpty()) {
      throw OptionSpecs.refused(TAR_OWNER + " " + owner, "two numbers, as 107:107");
    }
    if (time.isEmpty()) {
      throw OptionSpecs.refused(TAR_MTIME + " " + modified, "0 to " + TarAttributes.MAX_MODIFIED);
    }
    return new TarAttributes(
        Integer.parseInt(mode, OCTAL), user.getAsLong(), group.getAsLong(), time.getAsLong());
  }

  private static OptionalLong number(String text, long most) {
    OptionalLong number =
        text.chars().allMatch(c -> c >= '0' && c <= '9')
            ? ByteSize.parse(text)
            : OptionalLong.empty();
    return number.isPresent() && number.getAsLong() > most ? OptionalLong.empty() : number;
  }
}
