package io.github.qcow2tostdout.cli;

import picocli.CommandLine.Model.CommandSpec;

/** What the help of all subcommands has, but for those that take the options of a conversion. */
final class Subcommand {
  private Subcommand() {}

  /**
   * A subcommand that has nothing but {@code --help} and {@code --version} yet.
   *
   * @param argument what its argument is called
   */
  static CommandSpec spec(String name, String argument) {
    CommandSpec spec = CommandSpec.create().name(name).version(Version.text());
    // Twice the same flag is no contradiction.
    spec.parser().overwrittenOptionsAllowed(true);
    spec.addOption(
            Options.flag("-h", "--help").usageHelp(true).description("Show this help.").build())
        .addOption(
            Options.flag("-V", "--version")
                .versionHelp(true)
                .description("Show the version.")
                .build());
    spec.usageMessage()
        .optionListHeading("%nOptions:%n")
        .sortOptions(false)
        .width(100)
        .customSynopsis(Options.NAME + " " + name + " [OPTIONS] " + argument)
        .footerHeading("%nExamples:%n")
        .exitCodeListHeading("%nExit codes:%n");
    return spec;
  }
}
