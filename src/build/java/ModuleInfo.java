import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.classfile.attribute.ModuleRequireInfo;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The module's description as javac makes it, for the program and for the library. */
final class ModuleInfo {
  private static final String FILE = "module-info.class";

  /** That of Java 9, which was the first with modules. */
  private static final ClassFileVersion READ_BY_ALL = ClassFileVersion.of(53, 0);

  private ModuleInfo() {}

  /**
   * Makes the program require what the library requires only to be compiled: to name that to the VM
   * at each start would take time.
   */
  static void requireAll(Path classes) throws IOException {
    rewrite(
        classes,
        classes,
        (builder, element) ->
            builder.with(element instanceof ModuleAttribute module ? requiring(module) : element));
  }

  /** Makes the library's readable for tools, Maven's among them, that run on an older Java. */
  static void makeReadable(Path classes, Path to) throws IOException {
    rewrite(
        classes,
        to,
        (builder, element) ->
            builder.with(element instanceof ClassFileVersion ? READ_BY_ALL : element));
  }

  private static void rewrite(Path from, Path to, ClassTransform transform) throws IOException {
    ClassFile classFile = ClassFile.of();
    ClassModel module = classFile.parse(from.resolve(FILE));
    Files.write(to.resolve(FILE), classFile.transformClass(module, transform));
  }

  private static ModuleAttribute requiring(ModuleAttribute module) {
    List<ModuleRequireInfo> requires = module.requires().stream().map(ModuleInfo::always).toList();
    return ModuleAttribute.of(
        module.moduleName(),
        module.moduleFlagsMask(),
        module.moduleVersion().orElse(null),
        requires,
        module.exports(),
        module.opens(),
        module.uses(),
        module.provides());
  }

  private static ModuleRequireInfo always(ModuleRequireInfo required) {
    return ModuleRequireInfo.of(
        required.requires(),
        required.requiresFlagsMask() & ~AccessFlag.STATIC_PHASE.mask(),
        required.requiresVersion().orElse(null));
  }
}
