import java.nio.file.*;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/** Writes the AsciiDoc pages and the bash completion from the program's own command model. */
public class ManPage {
  public static void main(String[] a) throws Exception {
    var m = Class.forName("io.github.qcow2tostdout.cli.Options").getDeclaredMethod("spec");
    m.setAccessible(true);
    var spec = (picocli.CommandLine.Model.CommandSpec) m.invoke(null);
    var cmd = new picocli.CommandLine(spec);
    Path d = Path.of(a[0]);
    Files.createDirectories(d);
    int rc = ManPageGenerator.generateManPage(d.toFile(), null, new boolean[0], true, spec);
    Files.writeString(d.resolve("completion.bash"), picocli.AutoComplete.bash(spec.name(), cmd));
    System.exit(rc);
  }
}
