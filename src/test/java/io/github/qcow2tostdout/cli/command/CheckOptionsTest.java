package io.github.qcow2tostdout.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.check.ImageCheck;
import io.github.qcow2tostdout.cli.CheckRun;
import io.github.qcow2tostdout.cli.CheckSchema;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.OpenRules;
import io.github.qcow2tostdout.testing.ImageFiles;
import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.RealImages;
import io.github.qcow2tostdout.testing.RealImages.Recipe;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What check does beyond qemu-img. */
class CheckOptionsTest {
  @TempDir Path directory;

  private Path make(String... commands) throws Exception {
    List<List<String>> all = List.of(commands).stream().map(c -> List.of("sh", "-c", c)).toList();
    return RealImages.make(new Recipe("t", all), directory);
  }

  private Path plain(String options) throws Exception {
    return make(
        "qemu-img create -q -f qcow2 -o " + options + " IMG 1M", "qemu-io -c 'write 0 64k' IMG");
  }

  @Test
  void strictMakesFindingsCount() throws Exception {
    Path image = plain("compat=1.1");
    assertEquals(0, CheckRun.of(image, "--strict").code());
    Poke.hex(image, 79, "01");
    assertEquals(0, CheckRun.of(image).code());
    assertEquals(2, CheckRun.of(image, "--strict").code());
  }

  @Test
  void metadataHasTheKeysOfTheProposedSchema() throws Exception {
    Path image =
        make(
            "qemu-img create -q -f qcow2 IMG 1M",
            "qemu-img bitmap --add IMG b0",
            "qemu-io -c 'write 0 64k' IMG",
            "qemu-img snapshot -c s IMG");
    String json = CheckRun.of(image, "--output=json", "-M").out().replaceAll("\\s+", " ");
    for (String part :
        List.of(
            "\"qcow2-header\": { \"location\": { \"offset\": 0, \"size\": 65536 }, \"version\": 3"
                + " }",
            "\"refcount-table\": { \"location\": { \"offset\": 65536, \"size\": 65536 } }",
            "\"active-l1\": { \"name\": \"L1 active table\", \"location\": { \"offset\": 196608,"
                + " \"size\": 8 }, \"l2-list\": [ { \"offset\":",
            "\"bitmaps\": { \"nb-bitmaps\": 1, \"bitmap-dir\": { \"location\":",
            "\"dir-entries\": [ { \"bitmap-name\": \"b0\", \"bitmap-table\":",
            "\"table-entries\": [ { \"type\": \"serialized\", \"cluster\": { \"offset\":",
            "\"snapshot-table\": { \"location\":",
            "\"l1-list\": [ { \"name\": \"s\", \"location\":",
            "\"refcount-blocks\": [ { \"offset\": 131072, \"size\": 65536 } ]",
            "\"data-extents\": [ { \"guest-offset\": 0, \"offset\":")) {
      assertTrue(json.contains(part), () -> part + " in " + json);
    }
    assertEquals(64, CheckRun.of(image, "-M").code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"zlib", "zstd"})
  void deepFindsGarbageInCompressedClusters(String type) throws Exception {
    Path image =
        make(
            "qemu-img create -q -f qcow2 -o compression_type=" + type + " IMG 1M",
            "qemu-io -c 'write -c -P 5 0 1M' IMG");
    assertEquals(0, CheckRun.of(image, "--deep", "--strict").code());
    Poke.hex(image, 0x50000, "ffffffffffffffff");
    assertFalse(CheckRun.of(image).out().contains("undecodable"));
    CheckRun deep = CheckRun.of(image, "--deep", "--strict");
    assertEquals(2, deep.code());
    assertTrue(deep.out().contains("undecodable: compressed cluster at guest offset"), deep::out);
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"zlib", "zstd"})
  void deepTakesNothingThatQemuCannotRead(String type) throws Exception {
    Path image =
        make(
            "seq 1 60000 | dd of=IMG.raw bs=64K count=4 iflag=fullblock",
            "qemu-img convert -c -f raw -O qcow2 -o compression_type=" + type + " IMG.raw IMG");
    Random random = Seeds.random(CheckOptionsTest.class);
    byte[] bytes = Files.readAllBytes(image);
    int found = 0;
    for (int i = 0; i < 60; i++) {
      int at = 0x50000 + random.nextInt(bytes.length - 0x50000);
      Poke.hex(image, at, String.format("%02x", (bytes[at] ^ 1 << random.nextInt(8)) & 0xff));
      boolean readable = Tool.QEMU_IO.run("-r", "-c", "read 0 256k", image).code() == 0;
      CheckRun deep = CheckRun.of(image, "--deep", "--strict");
      if (deep.code() == 2) {
        found++;
      } else {
        assertTrue(readable, () -> "byte " + at + " " + deep);
      }
      Poke.hex(image, at, String.format("%02x", bytes[at]));
    }
    assertTrue(found > 0, "none was found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"zlib", "zstd"})
  void deepDecodesTheClustersOfSnapshots(String type) throws Exception {
    Path image =
        make(
            "qemu-img create -q -f qcow2 -o compression_type=" + type + " IMG 1M",
            "qemu-io -c 'write -c -P 5 0 128k' IMG",
            "qemu-img snapshot -c one IMG",
            "qemu-io -c 'discard 0 64k' IMG",
            "qemu-img snapshot -c two IMG");
    assertEquals(0, CheckRun.of(image, "--deep", "--strict").code());
    Poke.hex(image, 0x50000, "ff".repeat(200));
    List<String> found =
        CheckRun.of(image, "--deep").out().lines().filter(l -> l.contains("undecodable")).toList();
    // The first is the snapshot's alone; the second is the disk's too, and is said once.
    assertEquals(2, found.size(), found::toString);
    assertTrue(found.getFirst().contains("at guest offset 65536"), found::toString);
    assertTrue(found.getLast().contains("of a snapshot"), found::toString);
  }

  @Test
  void deepSaysWhatItCannotDecode() throws Exception {
    Path image = make("qemu-img create -q -f qcow2 IMG 1M", "qemu-io -c 'write -c -P 5 0 64k' IMG");
    Poke.hex(image, 32, "00000001");
    assertFalse(CheckRun.of(image).out().contains("not-decoded"));
    CheckRun deep = CheckRun.of(image, "--deep");
    assertEquals(0, deep.code());
    assertTrue(deep.out().contains("warning not-decoded: compressed cluster at guest"), deep::out);
  }

  /** All of them are in one L2 table. */
  @Test
  void progressGoesOnWhileClustersAreDecoded() throws Exception {
    Path image = make("qemu-img create -q -f qcow2 IMG 8M", "qemu-io -c 'write -c -P 5 0 8M' IMG");
    List<Long> done = new ArrayList<>();
    try (BoundedFile file = ImageFiles.open(image)) {
      ImageCheck.check(OpenRules.open(file), true, (phase, now, total) -> done.add(now));
    }
    assertEquals(LongStream.range(0, 128).map(i -> i * 8).boxed().toList(), done.subList(1, 129));
  }

  @Test
  void untrustedBackingFileIsDangerousAndNotOpened() throws Exception {
    Path image = make("qemu-img create -q -u -f qcow2 -b /nowhere/secret -F raw IMG 1M");
    assertEquals(0, CheckRun.of(image).code());
    CheckRun run = CheckRun.of(image, "--untrusted");
    assertEquals(2, run.code());
    assertTrue(run.out().contains("untrusted-backing-file"), run::out);
    assertTrue(run.out().contains("/nowhere/secret"), run::out);
  }

  /** QEMU opens nothing then. */
  @Test
  void untrustedBackingFileWithoutANameIsNone() throws Exception {
    Path image = plain("compat=1.1");
    Poke.hex(image, 8, "0000000000000070");
    CheckRun run = CheckRun.of(image, "--untrusted");
    assertEquals(0, run.code());
    assertFalse(run.out().contains("untrusted-backing-file"), run::out);
  }

  @Test
  void untrustedSizeIsDangerous() throws Exception {
    Path image = make("qemu-img create -q -f qcow2 -o cluster_size=2M IMG 1000T");
    assertTrue(CheckRun.of(image, "--untrusted").out().contains("untrusted-size"));
  }

  @ParameterizedTest
  @CsvSource({
    // 1 TiB less a cluster, and 1 TiB; 1000 times the file, and a sector more.
    "1099511562240, 0, 0",
    "1099511627776, 0, 2",
    "1099511627776, 1099511628, 0",
    "1100048499200, 1099511808, 2",
  })
  void untrustedSizeHasALimit(long size, long fileSize, int code) throws Exception {
    Path image = make("qemu-img create -q -f qcow2 IMG " + size);
    if (fileSize > 0) {
      Poke.hex(image, fileSize - 1, "00");
    }
    assertEquals(code, CheckRun.of(image, "--untrusted").code());
  }

  /** Whoever asks gets answers in JSON, also of an image that this QEMU would not open. */
  @Test
  void untrustedImageThatIsRefusedHasFindings() throws Exception {
    Path image = plain("compat=1.1");
    Poke.hex(image, 72, "80");
    assertEquals(new CheckRun(1, "", CheckRun.of(image).err()), CheckRun.of(image));
    CheckRun run = CheckRun.of(image, "--untrusted", "--output=json", "-M");
    assertEquals(1, run.code());
    CheckSchema.check(run.out());
    JsonNode json = JsonMapper.shared().readTree(run.out());
    assertEquals(1, json.get("check-errors").asInt());
    List<String> ids = json.get("findings").findValuesAsString("id");
    assertEquals(List.of("not-opened", "untrusted-feature"), ids);
    assertEquals(72, json.get("findings").get(1).get("offset").asInt());
    assertTrue(run.err().contains("unsupported image: Unsupported qcow2 feature(s): "), run::err);
    String text = CheckRun.of(image, "--untrusted").out();
    assertTrue(text.startsWith("\n1 internal errors have occurred during the check.\n"), text);
    assertTrue(text.contains("error not-opened: image: found Unsupported qcow2 feature(s)"), text);
  }

  @Test
  void untrustedImageThatIsRefusedCanBeDangerous() throws Exception {
    Path image = make("qemu-img create -q -u -f qcow2 -b /nowhere/secret -F raw IMG 1M");
    Poke.hex(image, 72, "80");
    CheckRun run = CheckRun.of(image, "--untrusted");
    assertEquals(2, run.code());
    assertTrue(run.out().contains("error untrusted-backing-file: "), run::out);
    // A disk of 2^63 bytes is one that no host has room for.
    Path large = plain("compat=1.1");
    Poke.hex(large, 24, "8000000000000000");
    assertTrue(CheckRun.of(large, "--untrusted").out().contains("error untrusted-size: "));
    Path unnamed = plain("compat=1.1");
    Poke.hex(unnamed, 79, "04");
    assertTrue(CheckRun.of(unnamed, "--untrusted").out().contains("error untrusted-data-file: "));
  }

  @Test
  void untrustedImageThatIsNoneIsRefusedAsEver() throws Exception {
    Path image = plain("compat=1.1");
    Poke.hex(image, 0, "00");
    CheckRun run = CheckRun.of(image, "--untrusted");
    assertEquals(63, run.code());
    assertEquals("", run.out());
  }

  /** Of the additional fields zero is the same as nothing. */
  @Test
  void untrustedFieldThatNobodyKnowsIsAWarning() throws Exception {
    Path image = plain("compat=1.1");
    Poke.hex(image, 100, "00000080");
    Poke.hex(image, 112, "00".repeat(16) + "00".repeat(8));
    assertFalse(CheckRun.of(image, "--untrusted").out().contains("untrusted-feature"));
    Poke.hex(image, 120, "01");
    CheckRun run = CheckRun.of(image, "--untrusted");
    assertEquals(0, run.code());
    assertTrue(
        run.out()
            .contains("warning untrusted-feature: header, fields from byte 112 on at byte 120"),
        run::out);
    assertFalse(CheckRun.of(image).out().contains("untrusted-feature"));
    // That is no header any more.
    Poke.hex(image, 100, "00020000");
    assertFalse(CheckRun.of(image, "--untrusted").out().contains("untrusted-feature"));
  }

  @Test
  void untrustedSnapshotsAreAWarning() throws Exception {
    Path image = make("qemu-img create -q -f qcow2 IMG 1M", "qemu-img snapshot -c s IMG");
    CheckRun run = CheckRun.of(image, "--untrusted");
    assertEquals(0, run.code());
    assertTrue(run.out().contains("warning untrusted-snapshots"), run::out);
  }

  @Test
  void dataFileIsLookedForOnlyIfAsked() throws Exception {
    Path image = plain("data_file=IMG.data");
    assertFalse(CheckRun.of(image, "--follow").out().contains("data-file"));
    Poke.truncate(Path.of(image + ".data"), 512);
    assertTrue(CheckRun.of(image, "--follow").out().contains("data-file-too-short"));
    Files.delete(Path.of(image + ".data"));
    assertTrue(CheckRun.of(image, "--follow").out().contains("data-file-not-found"));
    assertFalse(CheckRun.of(image).out().contains("data-file-not-found"));
  }

  @Test
  void dataFileMismatchesAreFound() throws Exception {
    Path image = plain("data_file=IMG.data,data_file_raw=on");
    Poke.hex(image, 0x40000 + 8, "8000000000050000");
    assertTrue(CheckRun.of(image).out().contains("data-file-offset"));
  }

  @Test
  void aRawDataFileIsRightIfItHoldsZeroesWhereNothingIsMapped() throws Exception {
    Path image = plain("data_file=IMG.data,data_file_raw=on");
    Poke.hex(image, 0x40000 + 8, "0000000000000000");
    Poke.hex(Path.of(image + ".data"), 0x10000, "0000000000000000");
    CheckRun unlooked = CheckRun.of(image, "--strict");
    assertEquals(0, unlooked.code(), unlooked.out());
    assertTrue(unlooked.out().contains("info data-file-not-compared: "), unlooked.out());
    CheckRun looked = CheckRun.of(image, "--strict", "--follow");
    Poke.hex(Path.of(image + ".data"), 0x1fff8, "0000000000000001");
    CheckRun wrong = CheckRun.of(image, "--strict", "--follow");
    assertEquals(2, wrong.code(), wrong.out());
    assertTrue(
        wrong.out().contains("error data-file-unmapped: external data file at byte 65536: "),
        wrong.out());
    assertFalse(wrong.out().contains("data-file-not-compared"), wrong.out());
    assertFalse(looked.out().contains("data-file-not-compared"), looked.out());
  }

  @Test
  void aCopiedBitWithoutAnOffsetIsFound() throws Exception {
    Path image = plain("compat=1.1");
    Poke.hex(image, 0x40000 + 5 * 8, "8000000000000000");
    CheckRun run = CheckRun.of(image, "--strict");
    assertEquals(2, run.code());
    assertTrue(
        run.out().contains("warning copied-without-offset: L2 table of L1 entry 0, entry 5 at"),
        run.out());
    assertEquals(0, CheckRun.of(image).code());
  }

  @Test
  void theShortFormOfJsonIsThatOfDump() throws Exception {
    Path image = plain("compat=1.1");
    assertEquals(CheckRun.of(image, "--output=json").out(), CheckRun.of(image, "-j").out());
    assertEquals(64, CheckRun.of(image, "-j", "--output=human").code());
  }

  @Test
  void nothingDangerousIsSaidOnlyIfNothingIsFound() throws Exception {
    String said = "Nothing dangerous was found: ";
    Path image = plain("compat=1.1");
    assertTrue(CheckRun.of(image, "--untrusted").out().contains(said));
    assertFalse(CheckRun.of(image).out().contains(said));
    Poke.hex(image, 0x50, "4000000000000000");
    assertFalse(CheckRun.of(image, "--untrusted").out().contains(said));
  }

  @Test
  void zeroFlagInVersion2IsFound() throws Exception {
    Path image = plain("compat=0.10");
    Poke.hex(image, 0x40000 + 8, "0000000000000001");
    CheckRun run = CheckRun.of(image);
    assertEquals(0, run.code());
    assertTrue(run.out().contains("zero-flag-in-v2"), run::out);
  }

  @Test
  void progressAsJsonEndsComplete() throws Exception {
    CheckRun run = CheckRun.of(plain("compat=1.1"), "--progress=json");
    assertTrue(
        run.err().contains("{\"phase\":\"check\",\"done\":65536,\"total\":65536,"), run::err);
  }

  @Test
  void everyKeyOfTheSchemaIsDescribed() throws Exception {
    String docs = Files.readString(Path.of("docs/inspect.md"));
    for (JsonNode properties :
        new JsonMapper().readTree(CheckSchema.text()).findValues("properties")) {
      for (String key : properties.propertyNames()) {
        assertTrue(docs.contains("`" + key + "`"), key);
      }
    }
  }

  @Test
  void missingFileIsExit1AndEmptyFile63() throws Exception {
    assertEquals(1, CheckRun.of(directory.resolve("none")).code());
    Path empty = Files.createFile(directory.resolve("empty"));
    assertEquals(63, CheckRun.of(empty).code());
  }
}
