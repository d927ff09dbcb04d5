package io.github.qcow2tostdout.cli.option;

import java.lang.module.ModuleDescriptor;

/** What the program is called. */
public final class Program {
  public static final String NAME = "qcow2-to-stdout";

  private Program() {}

  /** Its name and version; the build writes that into the module's descriptor. */
  public static String version() {
    ModuleDescriptor module = Program.class.getModule().getDescriptor();
    return NAME
        + " "
        + (module == null ? "(not packaged)" : module.rawVersion().orElse("(no version)"));
  }
}
