package io.github.qcow2tostdout.cli.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.cli.command.ConversionArguments;
import io.github.qcow2tostdout.cli.command.ConversionOptions;
import io.github.qcow2tostdout.cli.command.ConvertCommand;
import io.github.qcow2tostdout.cli.input.NamedDisk;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.plan.ImageOptions.DataFile;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The options of an image, as the command line gives them. */
class ImageOptionsBuilderTest {
  private static final String SIZES =
      "512, 1K, 2K, 4K, 8K, 16K, 32K, 64K, 128K, 256K, 512K, 1M, 2M";
  private static final String WIDTHS = "1, 2, 4, 8, 16, 32, 64";
  private static final String KEYS =
      "the keys cluster_size, refcount_bits, compat, extended_l2, lazy_refcounts, data_file,"
          + " data_file_raw, backing_file, backing_fmt, preallocation, compression_type,"
          + " encryption";

  @Test
  void nothingSaidIsTheDefaults() {
    assertEquals(ImageOptions.defaults(), options(""));
    assertEquals(new ImageOptions(new Geometry(16, 4), 3, false, Optional.empty()), options(""));
  }

  @ParameterizedTest
  @CsvSource({
    "-c 512, 9",
    "-c 1K, 10",
    "-c 4096, 12",
    "-c 64k, 16",
    "-c 0064K, 16",
    "-c128K, 17",
    "--cluster-size 2M, 21",
    "--cluster-size=2097152, 21",
    "--cluster-size=2048K, 21",
    "-o cluster_size=512, 9",
    "-o cluster_size=1M, 20",
  })
  void aClusterSizeIsTaken(String arguments, int clusterBits) {
    assertEquals(new Geometry(clusterBits, 4), options(arguments).geometry());
  }

  @ParameterizedTest
  @CsvSource({
    "-r 1, 0",
    "-r 2, 1",
    "-r 4, 2",
    "-r 8, 3",
    "-r16, 4",
    "--refcount-bits 32, 5",
    "--refcount-bits=64, 6",
    "-o refcount_bits=1, 0",
    "-o refcount_bits=64, 6",
  })
  void aWidthOfRefcountsIsTaken(String arguments, int refcountOrder) {
    assertEquals(new Geometry(16, refcountOrder), options(arguments).geometry());
  }

  @ParameterizedTest
  @CsvSource({
    "-v 2, 2",
    "-v3, 3",
    "--qcow2-version 2, 2",
    "--qcow2-version=3, 3",
    "-o compat=0.10, 2",
    "-o compat=v2, 2",
    "-o compat=1.1, 3",
    "-o compat=v3, 3",
  })
  void aVersionIsTaken(String arguments, int version) {
    assertEquals(version, options(arguments).version());
  }

  @ParameterizedTest
  @CsvSource({
    "on, true", "yes, true", "true, true", "y, true",
    "off, false", "no, false", "false, false", "n, false",
  })
  void lazyRefcountsAreSwitched(String value, boolean on) {
    assertEquals(on, options("-o lazy_refcounts=" + value).lazyRefcounts());
  }

  @ParameterizedTest
  @CsvSource({
    "-d, disk.raw, false",
    "--data-file, disk.raw, false",
    "-d --data-file-name other, other, false",
    "-d --data-file-name=other, other, false",
    "-o data_file=other, other, false",
    "-d -o data_file=other, other, false",
    "-R, disk.raw, true",
    "--data-file-raw, disk.raw, true",
    "-d -R, disk.raw, true",
    "-dR, disk.raw, true",
    "-R --data-file-name other, other, true",
    "-o data_file_raw=on, disk.raw, true",
    "'-o data_file=other,data_file_raw=on', other, true",
    "'-o data_file=other,data_file_raw=off', other, false",
    "-d -o data_file_raw=off, disk.raw, false",
    "'-o data_file=a,,b', 'a,b', false",
    "'-o data_file=,,,,', ',,', false",
    "'-o data_file=a,,,data_file_raw=on', 'a,', true",
    "-o data_file=a=b, a=b, false",
  })
  void aDataFileIsNamed(String arguments, String name, boolean raw) {
    assertEquals(Optional.of(new DataFile(name, raw)), options(arguments).dataFile());
  }

  @Test
  void switchedOffThereIsNoDataFile() {
    assertEquals(Optional.empty(), options("-o data_file_raw=off").dataFile());
  }

  @Test
  void severalOfQemusOptionsAreAllTaken() {
    assertEquals(
        new ImageOptions(new Geometry(12, 3), 3, true, Optional.of(new DataFile("x", true))),
        options(
            "-o cluster_size=4K,refcount_bits=8,compat=1.1 -o"
                + " lazy_refcounts=on,data_file=x,data_file_raw=on"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-c 64K -c 64K",
        "-c 64K -c 65536",
        "-c 64K -o cluster_size=64k",
        "-r 16 -r 16",
        "-r 16 -o refcount_bits=16",
        "-v 3 -o compat=1.1 -o compat=v3",
        "-o lazy_refcounts=off,lazy_refcounts=no",
        "-f raw -f raw",
      })
  void theSameTwiceIsFine(String arguments) {
    assertEquals(ImageOptions.defaults(), options(arguments));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-d --data-file-name x -o data_file=x",
        "-d --data-file-name x --data-file-name x",
        "-d -d --data-file-name x",
      })
  void theSameDataFileTwiceIsFine(String arguments) {
    assertEquals(Optional.of(new DataFile("x", false)), options(arguments).dataFile());
  }

  @ParameterizedTest
  @CsvSource({
    "-c 64K -c 128K, -c 64K, -c 128K",
    "-c 64K -o cluster_size=128K, -c 64K, -o cluster_size=128K",
    "'-o cluster_size=1M,cluster_size=2M', -o cluster_size=1M, -o cluster_size=2M",
    "-r 1 -o refcount_bits=2, -r 1, -o refcount_bits=2",
    "-v 2 -o compat=v3, -v 2, -o compat=v3",
    "-o compat=0.10 -o compat=1.1, -o compat=0.10, -o compat=1.1",
    "-R -o data_file_raw=off, -R, -o data_file_raw=off",
    "'-o lazy_refcounts=on,lazy_refcounts=off', -o lazy_refcounts=on, -o lazy_refcounts=off",
    "-d --data-file-name x -o data_file=y, --data-file-name x, -o data_file=y",
    "--data-file-name x --data-file-name y, --data-file-name x, --data-file-name y",
  })
  void aContradictionIsRefusedWithBothSpellings(String arguments, String first, String second) {
    assertEquals(
        first + " and " + second + " contradict each other; say it once", refused(arguments));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0", "1", "256", "511", "513", "65535", "4M", "1G", "96K", "64KB", "-64K", "x", "0.5K"
      })
  void aBadClusterSizeIsRefusedWithTheAllowed(String value) {
    String allowed =
        ": not allowed; allowed: "
            + SIZES
            + (Character.isDigit(value.charAt(0)) ? "" : "; to compress clusters say -z");
    assertEquals("-c " + value + allowed, refused("--cluster-size=" + value));
    assertEquals("-o cluster_size=" + value + allowed, refused("-o cluster_size=" + value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "3", "12", "128", "016", "+8", "1K", "x"})
  void aBadWidthOfRefcountsIsRefusedWithTheAllowed(String value) {
    assertEquals(
        "-r " + value + ": not allowed; allowed: " + WIDTHS, refused("--refcount-bits=" + value));
    assertEquals(
        "-o refcount_bits=" + value + ": not allowed; allowed: " + WIDTHS,
        refused("-o refcount_bits=" + value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "4", "v3", "1.1", "03"})
  void aBadVersionIsRefusedWithTheAllowed(String value) {
    assertEquals("-v " + value + ": not allowed; allowed: 2, 3", refused("-v " + value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "3", "0.1", "V3", "", "v4"})
  void aBadCompatIsRefusedWithTheAllowed(String value) {
    assertEquals(
        "-o compat="
            + value
            + ": not allowed; allowed: 0.10, 1.1, v2, v3"
            + (value.equals("V3") ? "; did you mean v3?" : ""),
        refused("-o compat=" + value));
  }

  @ParameterizedTest
  @CsvSource({
    "data_file_raw, maybe",
    "lazy_refcounts, 1",
    "lazy_refcounts, ON",
    "extended_l2, ''",
    "encryption, 0"
  })
  void aBadSwitchIsRefusedWithTheAllowed(String key, String value) {
    assertEquals(
        "-o "
            + key
            + "="
            + value
            + ": not allowed; allowed: on, off"
            + (value.equals("ON") ? "; did you mean on?" : ""),
        refused("-o " + key + "=" + value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nocow=on",
        "sizes=1",
        "=",
        "CLUSTER_SIZE=64K; did you mean cluster_size?",
        " compat=v3; did you mean compat?",
        "clustersize=1; did you mean cluster_size?",
        "compression=zstd; did you mean compression_type?",
        "disk.qcow2; the image goes to standard output: > disk.qcow2",
        "./disk; the image goes to standard output: > ./disk"
      })
  void anUnknownKeyIsRefusedWithTheKeysAndTheOneThatIsMeant(String words) {
    String option = words.split(";")[0];
    QemuImgOptions options = new QemuImgOptions(new ImageOptionsBuilder());
    assertEquals(
        "-o " + option + ": not allowed; allowed: " + KEYS + words.substring(option.length()),
        assertThrows(IllegalArgumentException.class, () -> options.take(option)).getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "size=1G, not possible: the size is that of INPUT",
    "size, not possible: the size is that of INPUT",
    "encrypt.format=luks, not possible: images are not encrypted",
    "encrypt.key-secret=sec0, not possible: images are not encrypted",
    "encryption=on, not allowed; allowed: off: images are not encrypted",
    "preallocation=metadata,"
        + " not allowed; allowed: off: clusters are allocated where INPUT has data",
    "preallocation=full, not allowed; allowed: off: clusters are allocated where INPUT has data",
    "compression_type=lzo, 'not allowed; allowed: zlib, zstd'",
  })
  void whatQemuKnowsAndThisCanNotDoIsRefusedWithTheReason(String option, String reason) {
    assertEquals("-o " + option + ": " + reason, refused("-o " + option));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-o preallocation=off",
        "-o encryption=off",
        "-o encryption=no",
        "-o compression_type=zlib",
        "-o extended_l2=off",
        "-o compat=v3,preallocation=off,compression_type=zlib",
      })
  void whatAsksForNothingElseThanThereIsIsTaken(String arguments) {
    assertEquals(ImageOptions.defaults(), options(arguments));
  }

  @ParameterizedTest
  @CsvSource({
    "-o extended_l2=on, 16",
    "'-o extended_l2=yes,cluster_size=16K', 14",
    "-c 16K -o extended_l2=on, 14",
    "-o extended_l2=on -c 2M, 21",
  })
  void extendedL2EntriesAreSwitchedOn(String arguments, int clusterBits) {
    assertEquals(new Geometry(clusterBits, 4, true), options(arguments).geometry());
  }

  @ParameterizedTest
  @CsvSource({
    "-c 8K -o extended_l2=on, -c 8K",
    "-c 512 -o extended_l2=on, -c 512",
    "'-o extended_l2=on,cluster_size=4K', -o cluster_size=4K",
  })
  void extendedL2EntriesNeedClustersOf16K(String arguments, String clusterSize) {
    assertEquals(
        "-o extended_l2=on does not go with "
            + clusterSize
            + ": extended L2 entries need clusters of 16K or more",
        refused(arguments));
  }

  @Test
  void zeroesAreKeptIfThatIsSaid() {
    assertTrue(arguments("--zero-clusters").keepZeroes());
    assertTrue(arguments("--zero-clusters -d").keepZeroes());
    assertTrue(arguments("--zero-clusters --map-only").keepZeroes());
    assertFalse(arguments("").keepZeroes());
  }

  @Test
  void aRawDataFileKeepsEverythingAnyway() {
    assertEquals(
        "--zero-clusters does not go with -R: a raw data file holds everything",
        refused("-R --zero-clusters"));
  }

  @ParameterizedTest
  @CsvSource({"-d, nbd://host/x", "-R, nbd+unix:///?socket=/s"})
  void aDataFileThatIsAnExportHasToBeNamed(String option, String input) {
    String[] args = {option, input};
    assertEquals(
        option + " needs the name of the file that is exported there; say --data-file-name NAME",
        assertThrows(
                ParameterException.class,
                () ->
                    ConversionOptions.of(new CommandLine(ConvertCommand.spec()).parseArgs(args)))
            .getMessage());
    String[] named = {option, "--data-file-name", "x", input};
    assertTrue(
        ConversionOptions.of(new CommandLine(ConvertCommand.spec()).parseArgs(named))
            .options()
            .dataFile()
            .isPresent());
  }

  @Test
  void aDataFileIsReadAsItIsSoThatADiskInAnotherFormatIsNone() {
    assertEquals(
        "-d needs the name of a raw file with the same disk: INPUT is in another format;"
            + " say --data-file-name NAME",
        refused("-d -f qcow2"));
    assertTrue(options("-d -f qcow2 --data-file-name flat.raw").dataFile().isPresent());
  }

  @ParameterizedTest
  @CsvSource({
    "a:b, ./a:b",
    "ssh:disk, ./ssh:disk",
    "./a:b, ./a:b",
    "/a:b, /a:b",
    "d/a:b, d/a:b",
    "d:/a, ./d:/a",
  })
  void aDataFileIsNamedSoThatNoQemuTakesItForAProtocol(String input, String name) {
    String[] args = {"-d", input};
    assertEquals(
        Optional.of(new DataFile(name, false)),
        ConversionOptions.of(new CommandLine(ConvertCommand.spec()).parseArgs(args))
            .options()
            .dataFile());
    // What the user names is the user's.
    assertEquals(
        Optional.of(new DataFile(input, false)),
        options("-d --data-file-name " + input).dataFile());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cluster_size", "compat", "data_file", "lazy_refcounts"})
  void aKeyWithoutAValueIsRefused(String key) {
    assertEquals(
        "-o " + key + ": a value is missing; write " + key + "=VALUE", refused("-o " + key));
  }

  @ParameterizedTest
  @CsvSource({
    "-d --data-file-name=, '--data-file-name '",
    "-o data_file=, -o data_file=",
  })
  void anEmptyNameIsRefused(String arguments, String spelling) {
    assertEquals(spelling + ": the name is empty", refused(arguments));
  }

  @Test
  void aNameThatIsNotUtf8IsRefused() {
    assertEquals(
        "--data-file-name a\uFFFDb: the name is not UTF-8; rename the file, or give it a symbolic"
            + " link",
        refused("-d --data-file-name a\uFFFDb"));
  }

  @Test
  void aNameWithoutADataFileIsRefused() {
    assertEquals(
        "--data-file-name x needs -d or -R: without them the data is inside",
        refused("--data-file-name x"));
  }

  @ParameterizedTest
  @CsvSource({
    "-v 2 -r 8, -r 8 does not go with -v 2: version 2 has only 16-bit refcounts",
    "-r 32 -o compat=v2, -r 32 does not go with -o compat=v2: version 2 has only 16-bit refcounts",
    "-v 2 -d, -d does not go with -v 2: version 2 has no external data files",
    "-v 2 -R, -R does not go with -v 2: version 2 has no external data files",
    "-v 2 -d -R, -R does not go with -v 2: version 2 has no external data files",
    "-v 2 -o data_file=x,"
        + " -o data_file=x does not go with -v 2: version 2 has no external data files",
    "-v 2 -o lazy_refcounts=on,"
        + " -o lazy_refcounts=on does not go with -v 2: version 2 has no lazy refcounts",
    "-v 2 -o extended_l2=on,"
        + " -o extended_l2=on does not go with -v 2: version 2 has no extended L2 entries",
    "--zero-clusters -o compat=0.10,"
        + " --zero-clusters does not go with -o compat=0.10: version 2 has no clusters that read"
        + " as zeroes",
  })
  void whatVersion2DoesNotHaveIsRefusedWithBothSpellings(String arguments, String message) {
    assertEquals(message, refused(arguments));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-v 2 -r 16",
        "-v 2 -o lazy_refcounts=off",
        "-v 2 -o data_file_raw=off",
        "-v 2 -o extended_l2=off",
        "-v 2 -c 512",
        "-v 2 -B base",
        "-v 2 --diff base"
      })
  void whatVersion2HasIsFine(String arguments) {
    assertEquals(2, options(arguments).version());
  }

  @ParameterizedTest
  @CsvSource({
    "RAW, ; did you mean raw?",
    "luks, ''",
    "qcow9, ; did you mean qcow?",
    "vdmk, ; did you mean vmdk?"
  })
  void anUnknownInputFormatIsRefusedWithTheKnown(String format, String question) {
    assertEquals(
        "-f "
            + format
            + ": not allowed; allowed: "
            + String.join(", ", NamedDisk.FORMATS)
            + ", auto"
            + question,
        refused("-f " + format));
  }

  private static ImageOptions options(String arguments) {
    return arguments(arguments).options();
  }

  private static ConversionArguments arguments(String arguments) {
    String[] args = (arguments + " disk.raw").strip().split(" +");
    return ConversionOptions.of(new CommandLine(ConvertCommand.spec()).parseArgs(args));
  }

  private static String refused(String arguments) {
    return assertThrows(ParameterException.class, () -> options(arguments)).getMessage();
  }
}
