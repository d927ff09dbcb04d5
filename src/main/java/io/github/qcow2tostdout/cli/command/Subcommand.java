package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.option.Program;
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
    CommandSpec spec = CommandSpec.create().name(name).version(Program.version());
    // Twice the same flag is no contradiction.
    spec.parser().overwrittenOptionsAllowed(true);
    spec.addOption(
            OptionSpecs.flag("-h", "--help").usageHelp(true).description("Show this help.").build())
        .addOption(
            OptionSpecs.flag("-V", "--version")
                .versionHelp(true)
                .description("Show the version.")
                .build());
    spec.usageMessage()
        .optionListHeading("%nOptions:%n")
        .sortOptions(false)
        .width(100)
        .customSynopsis(Program.NAME + " " + name + " [OPTIONS] " + argument)
        .footerHeading("%nExamples:%n")
        .exitCodeListHeading("%nExit codes:%n");
    return spec;
  }
}
