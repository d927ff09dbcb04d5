package io.github.qcow2tostdout;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_void;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.plan.ImageOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Signature;
import java.lang.classfile.attribute.SignatureAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackageArrowsTest {
  private static final String ROOT = "io.github.qcow2tostdout.";

  @Test
  void theArrowsMakeNoCircle() {
    assertFalse(PackageArrows.hasCircle());
  }

  @Test
  void theDesignNamesThePackagesThatThereAre() throws IOException, URISyntaxException {
    Set<String> packages = new TreeSet<>();
    for (Path file : compiledClasses()) {
      String name = ClassFile.of().parse(file).thisClass().asInternalName();
      if (name.startsWith(ROOT.replace('.', '/'))) {
        packages.add(name.substring(ROOT.length(), name.lastIndexOf('/')).replace('/', '.'));
      }
    }
    assertEquals(packages, new TreeSet<>(PackageArrows.rooms()));
  }

  @Test
  void theCompiledClassesHaveNoWrongArrow() throws IOException, URISyntaxException {
    Set<String> wrong = new TreeSet<>();
    List<Path> classes = compiledClasses();
    for (Path file : classes) {
      wrong.addAll(PackageArrows.wrongArrows(Files.readAllBytes(file)));
    }
    assertEquals(Set.of(), wrong);
    assertTrue(classes.size() > 40, () -> "only " + classes.size() + " classes were looked at");
  }

  @ParameterizedTest
  @CsvSource({
    "format, posix.Pipes",
    "format, source.Source",
    "format, convert.Conversion",
    "posix, source.Source",
    "posix, format.Limits",
    "source, format.Limits",
    "source, convert.Conversion",
    "convert, posix.Pipes",
    "format, cli.Application",
    "posix, cli.Application",
    "source, cli.Application",
    "convert, cli.Application",
    "cli, util.Unheard",
    "convert, image.BoundedFile",
    "image, convert.Conversion",
    "image, check.ImageCheck",
    "image, codec.ClusterDecoder",
    "check, report.Dump",
    "check, source.Source",
    "check, stream.StreamedImage",
    "check, plan.LayoutPlan",
    "stream, check.ImageCheck",
    "codec, image.OpenedImage",
    "plan, convert.Conversion",
    "convert, archive.Wrapping",
    "archive, source.Source",
    "plan, source.Source",
    "report, stream.StreamedImage",
    "report, convert.Conversion",
    "source, source.nbd.NbdSource",
    "source.nbd, source.qemu.QemuSource",
    "source, report.map.DiskMapReader",
    "cli.option, cli.input.InputOptions",
    "cli.terminal, cli.command.ConvertCommand",
    "cli.input, cli.image.ImageValues",
    "cli.image, cli.command.ConvertCommand",
  })
  void anArrowAgainstTheDesignIsFound(String room, String known) {
    assertEquals(
        Set.of(internal(room + ".Wrong") + " knows " + internal(known)),
        fieldOf(room, ClassDesc.of(ROOT + known)));
  }

  @ParameterizedTest
  @CsvSource({
    "source, posix.Pipes",
    "convert, format.Limits",
    "convert, source.Source",
    "convert, plan.LayoutPlan",
    "check, codec.ClusterDecoder",
    "stream, image.BoundedFile",
    "source.qemu, source.nbd.NbdSource",
    "cli.command, format.Limits",
    "cli.terminal, posix.Pipes",
    "cli, source.Source",
    "cli.command, convert.Conversion",
    "cli.command, cli.input.InputOptions",
    "report, source.ExtentList",
    "archive, convert.Conversion",
    "format, format.Limits",
  })
  void anArrowOfTheDesignIsFine(String room, String known) {
    assertEquals(Set.of(), fieldOf(room, ClassDesc.of(ROOT + known)));
  }

  @ParameterizedTest
  @CsvSource({
    "convert, picocli.CommandLine",
    "image, com.fasterxml.jackson.core.JsonFactory",
    "cli, com.fasterxml.jackson.core.JsonFactory",
    "report, com.fasterxml.jackson.core.JsonFactory",
    "source, org.slf4j.Logger",
    "source, java.lang.foreign.Arena",
    "cli, java.lang.foreign.Arena",
    "cli, com.example.Library",
    "convert, sun.misc.Unsafe",
  })
  void aLibraryInTheWrongRoomIsFound(String room, String known) {
    assertEquals(
        Set.of(internal(room + ".Wrong") + " knows " + known.replace('.', '/')),
        fieldOf(room, ClassDesc.of(known)));
  }

  @Test
  void aClassThatIsOnlyCalledIsFound() {
    ClassDesc conversion = ClassDesc.of(ROOT + "convert.Conversion");
    Set<String> wrong =
        codeIn(
            "source",
            code -> code.invokestatic(conversion, "run", MethodTypeDesc.of(CD_void)).return_());
    assertEquals(
        Set.of(internal("source.Wrong") + " knows " + internal("convert.Conversion")), wrong);
  }

  @Test
  void aClassThatIsOnlyATypeArgumentIsFound() {
    Set<String> wrong =
        wrongArrows(
            "format",
            builder ->
                builder.withField(
                    "field",
                    ClassDesc.of("java.util.List"),
                    field ->
                        field.with(
                            SignatureAttribute.of(
                                Signature.parseFrom(
                                    "Ljava/util/List<L" + internal("posix.Pipes") + ";>;")))));
    assertEquals(Set.of(internal("format.Wrong") + " knows " + internal("posix.Pipes")), wrong);
  }

  @ParameterizedTest
  @CsvSource({"convert, err", "convert, in", "source, out", "cli, out"})
  void aStandardStreamInTheWrongPlaceIsFound(String room, String stream) {
    assertEquals(Set.of(internal(room + ".Wrong") + " uses System." + stream), useOf(room, stream));
  }

  @Test
  void theErrorStreamInCliIsFine() {
    assertEquals(Set.of(), useOf("cli", "err"));
  }

  @Test
  void aClassInNoRoomIsFound() {
    assertEquals(
        Set.of(internal("util.Wrong") + " is in no room of the design"),
        fieldOf("util", CD_Object));
  }

  private static List<Path> compiledClasses() throws IOException, URISyntaxException {
    Path root =
        Path.of(ImageOptions.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.toString().endsWith(".class")).toList();
    }
  }

  private static Set<String> fieldOf(String room, ClassDesc type) {
    return wrongArrows(room, builder -> builder.withField("field", type, 0));
  }

  private static Set<String> useOf(String room, String stream) {
    return codeIn(
        room,
        code ->
            code.getstatic(
                    ClassDesc.of("java.lang.System"),
                    stream,
                    ClassDesc.of(PrintStream.class.getName()))
                .pop()
                .return_());
  }

  private static Set<String> codeIn(String room, Consumer<CodeBuilder> code) {
    return wrongArrows(
        room,
        builder ->
            builder.withMethodBody(
                "method", MethodTypeDesc.of(CD_void), ClassFile.ACC_STATIC, code));
  }

  private static Set<String> wrongArrows(String room, Consumer<ClassBuilder> content) {
    return PackageArrows.wrongArrows(
        ClassFile.of().build(ClassDesc.of(ROOT + room + ".Wrong"), content));
  }

  private static String internal(String name) {
    return (ROOT + name).replace('.', '/');
  }
}
