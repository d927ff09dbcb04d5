package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.option.HelpOptions;
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
    CommandSpec spec = CommandSpec.create().name(name);
    // Twice the same flag is no contradiction.
    spec.parser().overwrittenOptionsAllowed(true);
    HelpOptions.addTo(spec);
    spec.usageMessage().customSynopsis(Program.NAME + " " + name + " [OPTIONS] " + argument);
    return spec;
  }
}
