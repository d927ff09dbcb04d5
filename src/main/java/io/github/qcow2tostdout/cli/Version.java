package io.github.qcow2tostdout.cli;

import java.lang.module.ModuleDescriptor;

/** The program's version, which the build writes into the module's descriptor. */
final class Version {
  private Version() {}

  /** The program's name and version. */
  static String text() {
    ModuleDescriptor module = Version.class.getModule().getDescriptor();
    return Options.NAME
        + " "
        + (module == null ? "(not packaged)" : module.rawVersion().orElse("(no version)"));
  }
}
