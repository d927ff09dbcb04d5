import java.lang.classfile.*;
import java.lang.classfile.attribute.*;
import java.nio.file.*;
import java.util.ArrayList;

/**
 * Turns one {@code requires} of a modular jar into {@code requires static}, so that jlink leaves
 * the other module out of the image: {@code MakeRequiresStatic <jar> <required module>}.
 */
public class MakeRequiresStatic {
  public static void main(String[] args) throws Exception {
    int changed = 0;
    try (var jar = FileSystems.newFileSystem(Path.of(args[0]))) {
      Path info = jar.getPath("META-INF/versions/9/module-info.class");
      ClassFile cf = ClassFile.of();
      ClassModel model = cf.parse(Files.readAllBytes(info));
      ModuleAttribute old = model.findAttribute(Attributes.module()).orElseThrow();
      var requires = new ArrayList<ModuleRequireInfo>();
      for (ModuleRequireInfo r : old.requires()) {
        boolean it = r.requires().name().equalsString(args[1]);
        changed += it ? 1 : 0;
        int flags = r.requiresFlagsMask() | (it ? ClassFile.ACC_STATIC_PHASE : 0);
        requires.add(ModuleRequireInfo.of(r.requires(), flags, r.requiresVersion().orElse(null)));
      }
      var attribute =
          ModuleAttribute.of(
              old.moduleName(),
              old.moduleFlagsMask(),
              old.moduleVersion().orElse(null),
              requires,
              old.exports(),
              old.opens(),
              old.uses(),
              old.provides());
      Files.write(
          info,
          cf.transformClass(
              model, (out, x) -> out.with(x instanceof ModuleAttribute ? attribute : x)));
    }
    if (changed != 1) throw new IllegalStateException(args[0] + " does not require " + args[1]);
  }
}
