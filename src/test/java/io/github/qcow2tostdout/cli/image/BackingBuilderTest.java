package io.github.qcow2tostdout.cli.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.cli.command.ConversionArguments;
import io.github.qcow2tostdout.cli.command.ConversionOptions;
import io.github.qcow2tostdout.cli.command.ConvertCommand;
import io.github.qcow2tostdout.cli.input.BaseDisk;
import io.github.qcow2tostdout.cli.input.NamedDisk;
import io.github.qcow2tostdout.plan.ImageOptions.BackingFile;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The options that say what INPUT is compared with, as the command line gives them. */
class BackingBuilderTest {
  private static ConversionArguments arguments(String arguments) {
    String[] args = (arguments + " disk.raw").strip().split(" +");
    return ConversionOptions.of(new CommandLine(ConvertCommand.spec()).parseArgs(args));
  }

  private static String refused(String arguments) {
    return assertThrows(ParameterException.class, () -> arguments(arguments)).getMessage();
  }

  @Test
  void nothingSaidIsNoComparison() {
    assertEquals(Optional.empty(), arguments("").base());
    assertEquals(Optional.empty(), arguments("").options().backing());
  }

  @ParameterizedTest
  @CsvSource({
    "-B base, base, raw",
    "-Bbase, base, raw",
    "--backing base -F raw, base, raw",
    "--backing=/a/base --backing-format=raw, /a/base, raw",
    "-o backing_file=base, base, raw",
    "'-o backing_file=base,backing_fmt=raw', base, raw",
    "-o backing_fmt=raw -B base, base, raw",
    "'-o backing_file=a,,b', 'a,b', raw",
    "-B base --backing-name other, other, raw",
    "-B base --backing-name other --backing-name-format qcow2, other, qcow2",
    "-B base -F raw --backing-name json:{} --backing-name-format vmdk, json:{}, vmdk",
    "-B base -B base -o backing_file=base, base, raw",
  })
  void aBackingFileIsNamedWithItsFormat(String arguments, String name, String format) {
    assertEquals(
        Optional.of(new BackingFile(name, format)), arguments(arguments).options().backing());
  }

  @ParameterizedTest
  @CsvSource({"a:b, ./a:b", "./a:b, ./a:b", "d/a:b, d/a:b", "/d:e/a, /d:e/a", "d:e/a, ./d:e/a"})
  void aFileIsNamedSoThatQemuDoesNotTakeItForAProtocol(String file, String name) {
    assertEquals(
        Optional.of(new BackingFile(name, "raw")), arguments("-B " + file).options().backing());
    assertEquals(
        Optional.of(new BackingFile("nbd://host/" + file, "raw")),
        arguments("-B x --backing-name nbd://host/" + file).options().backing());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"nbd://host/x", "nbd+unix:///x?socket=/s", "nbd://host:1234", "nbd://[::1]/a:b"})
  void anExportIsNamedAsItIs(String uri) {
    ConversionArguments arguments = arguments("-B " + uri);
    assertEquals(Optional.of(new BackingFile(uri, "raw")), arguments.options().backing());
    assertEquals(Optional.empty(), arguments.base().flatMap(BaseDisk::path));
  }

  @Test
  void aDiffIsComparedAndNotNamed() {
    ConversionArguments arguments = arguments("--diff base -F raw");
    assertEquals(Optional.of(Path.of("base")), arguments.base().flatMap(BaseDisk::path));
    assertEquals(Optional.empty(), arguments.options().backing());
  }

  @Test
  void theFormatThatIsNotSaidHasToBeLookedAt() {
    assertEquals(Optional.of(false), arguments("-B b").base().map(BaseDisk::formatSaid));
    assertEquals(Optional.of(true), arguments("-B b -F raw").base().map(BaseDisk::formatSaid));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-B base -d",
        "-B base -d --data-file-name x",
        "--diff base -d",
        "-B base -o extended_l2=on",
        "-B base --no-sparse",
        "-B base -o data_file_raw=off",
      })
  void whatGoesWithABaseIsFine(String arguments) {
    assertTrue(arguments(arguments).base().isPresent());
  }

  @ParameterizedTest
  @CsvSource({
    "-B a --diff b, -B a and --diff b contradict each other; say one of them",
    "-o backing_file=a --diff a,"
        + " -o backing_file=a and --diff a contradict each other; say one of them",
    "-B a -B b, -B a and -B b contradict each other; say it once",
    "-B a -o backing_file=b, -B a and -o backing_file=b contradict each other; say it once",
    "--diff a --diff b, --diff a and --diff b contradict each other; say it once",
    "-B a -F raw -F qcow2, -F raw and -F qcow2 contradict each other; say it once",
    "-B a -F raw -o backing_fmt=qcow2,"
        + " -F raw and -o backing_fmt=qcow2 contradict each other; say it once",
    "-B a -R, -B a does not go with -R: a raw data file holds everything",
    "--diff a -R, --diff a does not go with -R: a raw data file holds everything",
    "'-B a -o data_file=x,data_file_raw=on',"
        + " -B a does not go with -o data_file_raw=on: a raw data file holds everything",
    "-B a --zero-clusters, --zero-clusters does not go with -B a:"
        + " a comparison keeps those zeroes that are a change",
    "--diff a --zero-clusters, --zero-clusters does not go with --diff a:"
        + " a comparison keeps those zeroes that are a change",
    "-B a --map-only, --map-only does not go with -B a: what is to be compared has to be read",
    "--diff a --map-only,"
        + " --map-only does not go with --diff a: what is to be compared has to be read",
    "-F raw, -F raw needs -B or --diff: nothing is compared",
    "-o backing_fmt=raw, -o backing_fmt=raw needs -B or --diff: nothing is compared",
    "--backing-name x, --backing-name x needs -B: the image names no backing file",
    "--diff a --backing-name x, --backing-name x needs -B: the image names no backing file",
    "--diff a --backing-name-format raw,"
        + " --backing-name-format raw needs -B: the image names no backing file",
    "-B a --backing-name-format qcow2,"
        + " --backing-name-format qcow2 needs --backing-name: -F says what the file of -B is",
    "-B -, '-B -: standard input is not read for this; give a file, or ./- for one that is called"
        + " so'",
    "-B=, -B : the name is empty",
    "--diff=, --diff : the name is empty",
    "-B a --backing-name=, --backing-name : the name is empty",
  })
  void aContradictionIsRefusedWithBothSpellings(String arguments, String message) {
    assertEquals(message, refused(arguments));
  }

  @Test
  void aNameThatIsNotUtf8IsRefused() {
    assertEquals(
        "-B a\uFFFDb: the name is not UTF-8; rename the file, or give it a symbolic link",
        refused("-B a\uFFFDb"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-B a -F x", "-B a -F RAW", "--diff a -F=", "-o backing_fmt=host_device"})
  void anUnknownFormatIsRefusedWithTheKnown(String arguments) {
    assertTrue(
        refused(arguments)
            .contains(": not allowed; allowed: " + String.join(", ", NamedDisk.FORMATS)),
        () -> refused(arguments));
  }

  @Test
  void aNameOf1023BytesIsTakenAndALongerOneRefusedWithTheRemedy() {
    String longest = "\u00e4".repeat(511) + "b";
    assertEquals(
        Optional.of(new BackingFile(longest, "raw")),
        arguments("-B " + longest).options().backing());
    assertEquals(
        "-B "
            + longest
            + "b: the name has 1024 bytes, QEMU opens at most 1023; give a shorter one with"
            + " --backing-name",
        refused("-B " + longest + "b"));
    assertEquals(
        Optional.of(new BackingFile("b", "raw")),
        arguments("-B " + longest + "b --backing-name b").options().backing());
    assertEquals(
        "--backing-name "
            + longest
            + "b: the name has 1024 bytes, QEMU opens at most 1023; give a shorter one with"
            + " --backing-name",
        refused("-B b --backing-name " + longest + "b"));
  }
}
