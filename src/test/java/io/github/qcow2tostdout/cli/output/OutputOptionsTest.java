package io.github.qcow2tostdout.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.archive.ContainerDisk;
import io.github.qcow2tostdout.archive.Plain;
import io.github.qcow2tostdout.archive.TarAttributes;
import io.github.qcow2tostdout.archive.TarMember;
import io.github.qcow2tostdout.cli.command.ConversionOptions;
import io.github.qcow2tostdout.cli.command.ConvertCommand;
import io.github.qcow2tostdout.cli.command.MeasureCommand;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

class OutputOptionsTest {
  private static OutputOptions parse(CommandSpec spec, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("disk.raw");
    return ConversionOptions.of(new CommandLine(spec).parseArgs(all.toArray(String[]::new)))
        .output();
  }

  private static OutputOptions parse(String... arguments) {
    return parse(ConvertCommand.spec(), arguments);
  }

  private static void assertRefused(String fragment, CommandSpec spec, String... arguments) {
    ParameterException refused =
        assertThrows(ParameterException.class, () -> parse(spec, arguments));
    assertTrue(refused.getMessage().contains(fragment), refused.getMessage());
  }

  @Test
  void withoutOptionsThereIsTheImage() {
    OutputOptions output = parse();
    assertEquals(new Plain(), output.wrapping());
    assertFalse(output.digesting());
    assertEquals(List.of(), output.targets());
  }

  /** What a conversion has no use for. */
  private static final List<String> ONLY_MEASURE = List.of("--output", "--size");

  @Test
  void everyOptionOfTheConversionIsThereWhereItIsSaid() {
    CommandSpec least = ConvertCommand.spec(false);
    for (OptionSpec option : MeasureCommand.spec(true).options()) {
      boolean needed = OutputOptions.mayBe(option.longestName());
      assertEquals(
          !needed && !ONLY_MEASURE.contains(option.longestName()),
          least.findOption(option.longestName()) != null,
          option.longestName());
    }
  }

  @Test
  void targetsAreInTheOrderOfTheirWrites() {
    OutputOptions output =
        parse(
            "--content-digest",
            "md5=fd:4",
            "--digest",
            "sha256",
            "--digest",
            "crc32c=a=b",
            "--size-file",
            "fd:4",
            "--digest",
            "sha512=fd:12");
    assertEquals(
        List.of("fd:4", "a=b", "fd:12", "fd:4"),
        output.targets().stream().map(it -> it.text()).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"fd:0", "fd:1", "fd:2", "fd:02"})
  void theStandardDescriptorsAreRefused(String target) {
    assertRefused("descriptors 0 to 2", ConvertCommand.spec(), "--digest", "md5=" + target);
    assertRefused("descriptors 0 to 2", ConvertCommand.spec(), "--size-file", target);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fd:", "fd:x", "fd:-1", "fd: 3", "fd:3x", "fd:9999999999"})
  void whatIsNoNumberOfADescriptorIsRefused(String target) {
    assertRefused("not the number of a descriptor", ConvertCommand.spec(), "--size-file", target);
  }

  @Test
  void anUnknownAlgorithmIsRefused() {
    assertRefused(
        "allowed: sha256, sha512, md5, crc32c, crc64nvme",
        ConvertCommand.spec(),
        "--digest",
        "sha1");
    assertRefused("the name is empty", ConvertCommand.spec(), "--digest", "sha256=");
    assertRefused("the name is empty", ConvertCommand.spec(), "--size-file", "");
  }

  @ParameterizedTest
  @CsvSource({
    "--tar a --containerdisk, contradict each other",
    "--tar a --tar b, contradict each other",
    "--tar-mode 644, --tar-mode needs --tar",
    "--tar-owner 1:1, --tar-owner needs --tar",
    "--tar-mtime 1, --tar-mtime needs --tar",
    "--tar a --containerdisk-arch arm64, needs --containerdisk",
    "--containerdisk -R, does not go with -d or -R",
    "--containerdisk -d, does not go with -d or -R",
    "--containerdisk -B base, does not go with -B",
    "--containerdisk=a/b, without a directory",
    "--tar /a, leads out of a directory",
    "--tar a/../../b, leads out of a directory",
    "--tar a/, the name of a directory",
    "--tar a --tar-mode 8, allowed: 0 to 7777",
    "--tar a --tar-mode 17777, allowed: 0 to 7777",
    "--tar a --tar-owner root, two numbers",
    "--tar a --tar-owner 1, two numbers",
    "--tar a --tar-owner 1:, two numbers",
    "--tar a --tar-owner 1K:1, two numbers",
    "--tar a --tar-owner 4294967295:0, two numbers",
    "--tar a --tar-mtime -1, allowed: 0 to 8589934591",
    "--tar a --tar-mtime 8589934592, allowed: 0 to 8589934591",
  })
  void whatDoesNotFitIsRefused(String arguments, String fragment) {
    assertRefused(fragment, ConvertCommand.spec(), arguments.split(" "));
  }

  @Test
  void aTarHasTheAttributesThatAreAskedFor() {
    assertEquals(new TarMember("a/b", TarAttributes.DEFAULTS), parse("--tar", "a/b").wrapping());
    assertEquals(
        new TarMember("a", new TarAttributes(0400, 0, 5, 99)),
        parse("--tar", "a", "--tar-mode", "0400", "--tar-owner", "0:5", "--tar-mtime=99")
            .wrapping());
  }

  @Test
  void theNameOfAContainersDiskIsAttached() {
    assertEquals(
        new ContainerDisk("disk", "amd64", TarAttributes.DEFAULTS),
        parse("--containerdisk").wrapping());
    assertEquals(
        new ContainerDisk("vm", "arm64", TarAttributes.DEFAULTS),
        parse("--containerdisk=vm", "--containerdisk-arch", "arm64").wrapping());
  }

  @Test
  void bytesAloneLeaveNoPlaceForMore() {
    CommandSpec measure = MeasureCommand.spec(true);
    assertTrue(parse(measure, "--bytes").bytesOnly());
    assertTrue(parse(measure, "--bytes", "--digest", "md5=file").bytesOnly());
    assertRefused("--bytes prints nothing else", measure, "--bytes", "--digest", "md5");
    assertRefused("--bytes prints nothing else", measure, "--bytes", "--content-digest", "md5");
    assertRefused("contradict each other", measure, "--bytes", "--output=json");
  }
}
