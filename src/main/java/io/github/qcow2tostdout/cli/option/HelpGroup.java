package io.github.qcow2tostdout.cli.option;

import picocli.CommandLine.Model.OptionSpec;

/**
 * Options that stand together in the help and in the manual pages. An option says where it is
 * declared to which it belongs, by {@link OptionSpecs}; one that says nothing is in {@link #OWN}.
 */
public enum HelpGroup {
  OWN("Options"),
  INPUT("Input"),
  IMAGE("Image"),
  COMPRESSION("Compression"),
  DELTA("Delta"),
  CHANGES("Changes"),
  OUTPUT("Output"),
  PARTS("Parts"),
  MESSAGES("Messages");

  /** Where picocli's own help would show it. */
  private static final int RARE = 1;

  private final String heading;

  HelpGroup(String heading) {
    this.heading = heading;
  }

  /** What stands above the options. */
  public String heading() {
    return heading;
  }

  /** That of an option. */
  public static HelpGroup of(OptionSpec option) {
    String group = option.descriptionKey();
    return group == null || group.isEmpty() ? OWN : valueOf(group);
  }

  /** Says that an option is too rare for a first screen on which there is no room for all. */
  public static OptionSpec.Builder rare(OptionSpec.Builder option) {
    return option.order(RARE);
  }

  /** Whether that was said of it. */
  public static boolean isRare(OptionSpec option) {
    return option.order() == RARE;
  }

  /** Puts an option into this group, by what picocli has for texts in other languages. */
  OptionSpec.Builder with(OptionSpec.Builder option) {
    return option.descriptionKey(name());
  }
}
