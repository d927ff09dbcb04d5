package io.github.qcow2tostdout.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.LuksImage;
import io.github.qcow2tostdout.testing.LuksImages;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.Tool;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On one screen what a file is; what qemu-img says of images is the oracle. */
@Timeout(60)
final class InfoIT {
  @TempDir static Path directory;

  /** A disk of 10 MiB whose first and last 64 KiB are data. */
  @BeforeAll
  static void makeDisk() throws Exception {
    try (RandomAccessFile disk = new RandomAccessFile(at("disk.raw").toFile(), "rw")) {
      disk.setLength(10 << 20);
      byte[] data = new byte[64 << 10];
      data[0] = 1;
      data[65535] = 1;
      disk.write(data);
      disk.seek((10 << 20) - (64 << 10));
      disk.write(data);
    }
    assertEquals(0, PackagedTool.bash(directory, "\"$0\" disk.raw > disk.qcow2").code());
  }

  private static Path at(String name) {
    return directory.resolve(name);
  }

  /** In a locale of UTF-8. */
  private static Outcome info(String arguments) throws Exception {
    return PackagedTool.bash(directory, "LC_ALL=C.UTF-8 \"$0\" info " + arguments);
  }

  private static String infoWell(String arguments) throws Exception {
    Outcome outcome = info(arguments);
    assertEquals(List.of(0, ""), List.of(outcome.code(), outcome.err()));
    return utf8(outcome.out());
  }

  private static String utf8(String bytes) {
    return new String(bytes.getBytes(ISO_8859_1), UTF_8);
  }

  private static void assertLine(String text, String line) {
    assertTrue(text.lines().anyMatch(line::equals), () -> line + " in " + text);
  }

  @Test
  void imageIsShown() throws Exception {
    String text = infoWell("disk.qcow2");
    assertLine(text, "file          disk.qcow2");
    assertLine(text, "format        qcow2");
    assertLine(text, "disk size     10 MiB (10485760 bytes)");
    assertTrue(text.contains("\nfile size     448 KiB (458752 bytes), "), text);
    assertLine(text, "clusters      64 KiB, refcounts of 16 bits");
    assertLine(text, "features      version 3, zlib");
    assertLine(text, "names         no other file");
    assertLine(text, "allocation    128 KiB data, 9.88 MiB unallocated");
    assertLine(text, "              ▂" + "·".repeat(63) + "▂");
    assertLine(text, "findings      none");
    assertTrue(text.lines().count() <= 24, text);
  }

  @Test
  void rawDiskIsShownAsItsConversionWouldBe() throws Exception {
    String text = infoWell("disk.raw");
    assertLine(text, "format        raw");
    assertLine(text, "disk size     10 MiB (10485760 bytes)");
    assertLine(text, "allocation    128 KiB data, 9.88 MiB holes");
    assertLine(text, "              ▂" + "·".repeat(63) + "▂");
    assertTrue(text.contains("\nas qcow2      at most 448 KiB (458752 bytes); "), text);
    assertTrue(infoWell("-j disk.raw").contains("\"conversion-size-at-most\": 458752"));
  }

  @Test
  void stripIsAsWideAsTheTerminalAndItsLocaleAllow() throws Exception {
    Outcome wide =
        PackagedTool.bash(
            directory,
            Tool.SCRIPT.path()
                + " -qec \"stty cols 120; LC_ALL=en_US.utf8 '$0' info disk.qcow2\" /dev/null");
    assertTrue(utf8(wide.out()).contains(" ▇" + "·".repeat(103) + "▇\r\n"), wide::out);
    Outcome plain = PackagedTool.bash(directory, "LC_ALL=C \"$0\" info disk.qcow2");
    assertTrue(plain.out().contains(" -" + ".".repeat(63) + "-\n"), plain::out);
    assertTrue(plain.out().chars().allMatch(c -> c < 128), plain::out);
  }

  /** Each line of qemu-img's is there, but of what is not told: what it would open for that. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-f qcow2 t 10M",
        "-f qcow2 -o compat=0.10,cluster_size=4096 t 10M",
        "-f qcow2 -o extended_l2=on,compression_type=zstd t 10M",
        "-f qcow2 -o refcount_bits=1,lazy_refcounts=on t 10M",
        "-f qcow2 -b disk.qcow2 -F qcow2 t",
        "-f qcow2 -o data_file=t.data,data_file_raw=on t 10M",
        "-f vmdk t 10M",
        "-f vdi t 10M",
        "-f vhdx t 10M",
        "-f raw t 10M",
      })
  void jsonHasTheKeysOfQemuImg(String created) throws Exception {
    Outcome made =
        PackagedTool.bash(directory, "rm -f t; " + Tool.QEMU_IMG.path() + " create -q " + created);
    assertEquals(0, made.code(), made::err);
    String ours = infoWell("-j t");
    Outcome theirs = PackagedTool.bash(directory, Tool.QEMU_IMG.path() + " info --output=json t");
    // Other formats have a part of their own there, which is not known here.
    boolean qcow2 = created.startsWith("-f qcow2");
    for (String line : theirs.out().lines().map(it -> it.replaceAll(",$", "")).toList()) {
      boolean told =
          qcow2
              ? !line.contains("full-backing-filename")
              : line.matches(" {4}\"(virtual-size|filename|format|actual-size)\".*");
      if (told && line.matches(" *\".*\": [^{\\[].*")) {
        assertTrue(ours.contains(line.strip()), () -> line + " in " + ours);
      }
    }
    assertTrue(ours.contains("\"warnings\": []"), ours);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "encrypt.cipher-mode=cbc,encrypt.ivgen-alg=essiv,encrypt.ivgen-hash-alg=sha256",
        "encrypt.cipher-alg=serpent-256,encrypt.hash-alg=ripemd160",
        "encrypt.cipher-alg=aes-128,encrypt.ivgen-alg=plain,encrypt.cipher-mode=cbc",
      })
  void encryptionIsToldAsByQemuImg(String options) throws Exception {
    Path key = Files.writeString(at("key"), "x");
    Path image = new LuksImages(key).create(at("luks"), options, "1M");
    List<String> ours = encryption(infoWell("-j luks"));
    List<String> theirs = encryption(Tool.QEMU_IMG.runWell("info", "--output=json", image));
    assertEquals(theirs, ours);
    assertTrue(ours.size() > 40, ours::toString);
  }

  private static List<String> encryption(String json) {
    List<String> lines = json.lines().map(String::strip).toList();
    int from = lines.indexOf("\"encrypt\": {");
    int end = from;
    while (!lines.get(end).startsWith("\"master-key-iters\"")) {
      end++;
    }
    return lines.subList(from, end + 1);
  }

  @Test
  void encryptionIsALineAndADamagedHeaderAWarning() throws Exception {
    Path image = LuksImage.make(at("luks.qcow2"));
    assertLine(
        infoWell("luks.qcow2"),
        "encrypted     LUKS, aes-256, mode xts, IV plain64, hash sha256, key slot 0 of 8 in use");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.seek(120);
      long header = file.readLong();
      // What a terminal would obey in the name of the cipher, and no slot in use.
      file.seek(header + 8);
      file.write(27);
      file.seek(header + 208);
      file.write(new byte[4]);
      String text = infoWell("luks.qcow2");
      assertTrue(text.contains("LUKS, \\u001bes-256, mode xts"), text);
      assertTrue(text.contains(", no key slot in use\n"), text);
      file.seek(header);
      file.write(0);
    }
    Outcome damaged = info("luks.qcow2");
    assertTrue(damaged.out().contains("\nwarning       "), damaged::toString);
    assertLine(damaged.out(), "encrypted     yes");
  }

  @Test
  void namedFilesAreToldAndNotOpened() throws Exception {
    String create = Tool.QEMU_IMG.path() + " create -q -u -f qcow2 -b /no/such -F vmdk n 1M";
    assertEquals(0, PackagedTool.bash(directory, create).code());
    assertLine(infoWell("n"), "backing file  /no/such (vmdk)");
    Files.writeString(
        at("v.vmdk"),
        """
        # Disk DescriptorFile
        version=1
        CID=12345678
        parentCID=ffffffff
        createType="monolithicFlat"
        RW 2048 FLAT "no-such.raw" 0
        """);
    String text = infoWell("v.vmdk");
    assertLine(text, "format        vmdk");
    assertLine(text, "disk size     1 MiB (1048576 bytes)");
    assertLine(text, "extent        no-such.raw");
  }

  @Test
  void compressedFileIsNoDisk() throws Exception {
    assertEquals(0, PackagedTool.bash(directory, "gzip < disk.raw > disk.gz").code());
    String text = infoWell("disk.gz");
    assertLine(text, "format        compressed with gzip");
    assertFalse(text.contains("disk size"), text);
  }

  @Test
  void findingsAreCountedAndSayWhatTheyMean() throws Exception {
    Path image = Files.copy(at("disk.qcow2"), at("damaged"));
    // Bit 63 of the L1 entry.
    Poke.hex(image, 3 << 16, "00");
    String text = infoWell("damaged");
    assertTrue(text.matches("(?s).*\nfindings      \\d, see 'check'\n.*"), text);
    assertTrue(text.contains(" 1 copied-flag-wrong: bit 63 of an entry contradicts "), text);
    assertTrue(infoWell("-j damaged").contains("\"error\": 1"));
  }

  @Test
  void imageThatQemuWouldNotOpenIsShownAndAFailure() throws Exception {
    Path image = Files.copy(at("disk.qcow2"), at("refused"));
    // An unknown incompatible feature.
    Poke.hex(image, 72, "80");
    Outcome outcome = info("refused");
    assertEquals(1, outcome.code());
    assertLine(outcome.out(), "disk size     10 MiB (10485760 bytes)");
    assertTrue(
        outcome.out().contains("\nwarning       Unsupported qcow2 feature(s)"), outcome::out);
    assertTrue(outcome.err().startsWith("qcow2-to-stdout: refused: "), outcome::err);
  }

  @Test
  void largeTablesAreReadOnlyIfThatIsSaid() throws Exception {
    Outcome made =
        PackagedTool.bash(
            directory, "truncate -s 1T large.raw && \"$0\" -R large.raw > large.qcow2");
    assertEquals(0, made.code(), made::err);
    String glance = infoWell("large.qcow2");
    assertTrue(glance.contains("\nwarning       allocation and findings were not "), glance);
    assertFalse(glance.contains("\nfindings"), glance);
    String all = infoWell("--all large.qcow2");
    assertLine(all, "allocation    1 TiB data, 0 bytes unallocated");
    assertLine(all, "findings      none");
  }

  @Test
  void namesDoNotReachTheTerminalAsTheyAre() throws Exception {
    String create = Tool.QEMU_IMG.path() + " create -q -u -f qcow2 -b $'a\\e[31mb' -F raw esc 1M";
    assertEquals(0, PackagedTool.bash(directory, create).code());
    String text = infoWell("esc");
    assertFalse(text.contains("\u001b"), text);
  }

  @Test
  void standardInputAndFifosAreRefused() throws Exception {
    assertEquals(64, info("- < disk.qcow2").code());
    assertEquals(1, PackagedTool.bash(directory, "mkfifo f; \"$0\" info f").code());
  }
}
