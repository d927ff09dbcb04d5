package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code check FILE} as users run it. */
@Timeout(60)
final class CheckIT {
  private static final String CLEAN =
      """
      No errors were found on the image.
      3/16 = 18.75% allocated, 0.00% fragmented, 0.00% compressed clusters
      Image end offset: 524288
      """;

  /** Where things are in the image: its clusters have 64 KiB. */
  private static final long REFCOUNTS = 0x20000;

  private static final long L2_TABLE = 0x40000;

  @TempDir static Path shared;
  private static Path good;

  @TempDir Path directory;
  private Path image;

  @BeforeAll
  static void convert() throws Exception {
    Path disk = Disks.full(shared.resolve("disk.raw"), 3 << 16);
    good = shared.resolve("good.qcow2");
    Outcome outcome =
        PackagedTool.bash(shared, "truncate -s 1M \"$1\" && \"$0\" \"$1\" > \"$2\"", disk, good);
    assertEquals(new Outcome(0, "", ""), outcome);
  }

  @BeforeEach
  void copy() throws Exception {
    image = directory.resolve("disk.qcow2");
    Files.copy(good, image, StandardCopyOption.REPLACE_EXISTING);
  }

  private Outcome check(Object... options) throws Exception {
    Object[] arguments = new Object[options.length + 2];
    arguments[0] = "check";
    System.arraycopy(options, 0, arguments, 1, options.length);
    arguments[options.length + 1] = image;
    return PackagedTool.run(arguments);
  }

  @Test
  void goodImageIs0AndSilentOnStandardError() throws Exception {
    assertEquals(new Outcome(0, CLEAN, ""), check());
    assertEquals(
        new Outcome(
            0,
            CLEAN
                + "Nothing dangerous was found: the image names no other file, hides nothing, and"
                + " its disk is not too large for it.\n",
            ""),
        check("--strict", "--untrusted", "--deep"));
    assertEquals(new Outcome(0, "", ""), check("-q"));
  }

  @ParameterizedTest
  @CsvSource({
    // A refcount of 0; one of 2; an L2 entry beyond the end; bit 63 of one turned.
    "0x20000, 0000, 2, error refcount-too-low: cluster 0 at byte 0: found refcount 0",
    "0x2000a, 0002, 2, error copied-flag-wrong: L2 table of L1 entry 0",
    "0x20006, 0002, 3, warning leaked-cluster: cluster 3 at byte 196608: found refcount 2",
    "0x40000, 8000000010000000, 2, error reference-beyond-end: data cluster at guest offset 0",
    "0x40000, 0000000000050000, 2, error copied-flag-wrong: L2 table of L1 entry 0",
    "0x48, 8000000000000000, 1, Unsupported qcow2 feature(s): Unknown incompatible feature",
    "0x4, 00000004, 1, unsupported image: Unsupported qcow2 version 4",
    "0x0, 00000000, 63, 'not a qcow2 image: it starts with 00000000, not with 514649fb'"
  })
  void damageHasItsExitCodeAndItsLine(String offset, String bytes, int code, String line)
      throws Exception {
    Poke.hex(image, Long.decode(offset), bytes);
    Outcome outcome = check();
    if (code == 2 || code == 3) {
      assertEquals("", outcome.err());
      assertTrue(outcome.out().contains("\n" + line), outcome::out);
      assertEquals(code, outcome.code());
      Outcome quiet = check("-q");
      assertEquals(outcome, quiet, "what is wrong is told to who wants quiet");
    } else {
      outcome.assertFailedBeforeTheFirstByte(code, image + ": ", line);
    }
  }

  @Test
  void findingsApartChangeTheExitCodeOnlyIfStrict() throws Exception {
    Poke.truncate(image, Files.size(image) - 1);
    Outcome lax = check();
    Outcome strict = check("--strict");
    assertEquals(0, lax.code());
    assertEquals(2, strict.code());
    assertEquals(lax.out(), strict.out());
    assertTrue(lax.out().contains("error truncated: data cluster at guest offset 131072"));
  }

  @Test
  void jsonIsOneDocumentWhateverIsWrong() throws Exception {
    JsonMapper mapper = new JsonMapper();
    JsonNode clean = mapper.readTree(check("--output=json", "-M").out());
    assertEquals(524288, clean.get("image-end-offset").asInt());
    assertEquals(image.toString(), clean.get("filename").asString());
    assertEquals(0, clean.get("findings").size());
    assertEquals(L2_TABLE, clean.at("/viscera/active-l1/l2-list/0/offset").asLong());
    Poke.hex(image, REFCOUNTS, "0000");
    Outcome outcome = check("--output=json");
    assertEquals(2, outcome.code());
    assertEquals("", outcome.err());
    JsonNode corrupt = mapper.readTree(outcome.out());
    assertEquals(1, corrupt.get("corruptions").asInt());
    assertEquals("refcount-too-low", corrupt.at("/findings/0/id").asString());
    assertFalse(corrupt.has("viscera"));
  }

  @Test
  void whatCanNotBeOpenedIs1AndNamed() throws Exception {
    image = directory.resolve("none");
    check().assertFailedBeforeTheFirstByte(1, image + ": no such file");
    image = directory;
    check().assertFailedBeforeTheFirstByte(1, directory + ": is neither a regular file nor a");
    image = Path.of("/dev/null");
    check().assertFailedBeforeTheFirstByte(1, "/dev/null: is neither a regular file nor a");
  }

  @Test
  void fifoIsNotOpened() throws Exception {
    // To open it would wait for a writer.
    Outcome outcome = PackagedTool.bash(directory, "mkfifo fifo && timeout 20 \"$0\" check fifo");
    outcome.assertFailedBeforeTheFirstByte(1, "fifo: is neither a regular file nor a");
  }

  /** Whoever starts the check may have left a pipe there that nobody writes to. */
  @Test
  void standardInputIsNotReadUnlessItIsTheImage() throws Exception {
    Outcome outcome =
        PackagedTool.bash(
            directory,
            "mkfifo idle; exec 3<>idle; truncate -s 64K no-image;"
                + " for a in no-image nowhere --bogus; do"
                + " timeout 20 \"$0\" check $a <&3 2>/dev/null; echo $?; done");
    assertEquals("63\n1\n64\n", outcome.out());
  }

  /** QEMU looks for a relative name where it runs, not where the image is. */
  @Test
  void dataFileIsFollowedAsQemuFollowsIt() throws Exception {
    String make =
        "mkdir data; cd data; qemu-img create -q -f qcow2 -o data_file=d i 1M; cp i j; printf"
            + " '\\0\\0\\0\\6file:d' | dd of=j bs=1 seek=116 conv=notrunc status=none; ";
    String both = "qemu-img check -q $f 2>/dev/null; echo $?; \"$0\" check -q --strict --follow $f";
    Outcome there = PackagedTool.bash(directory, make + "f=i; " + both);
    assertEquals(new Outcome(0, "0\n", ""), there);
    Outcome protocol = PackagedTool.bash(directory, "cd data; f=j; " + both);
    assertEquals(2, protocol.code());
    assertTrue(protocol.out().startsWith("1\n"), protocol::out);
    assertTrue(protocol.out().contains("file:d: not found"), protocol::out);
    Outcome above = PackagedTool.bash(directory, "f=data/i; " + both);
    assertEquals(2, above.code());
    assertTrue(above.out().startsWith("1\n"), above::out);
    assertTrue(above.out().contains("data-file-not-found: "), above::out);
    Outcome beside = PackagedTool.bash(directory, "cp data/d d; f=data/i; " + both);
    assertEquals(new Outcome(0, "0\n", ""), beside);
  }

  @Test
  void wrongArgumentsAre64() throws Exception {
    check("--no-such-option").assertFailedBeforeTheFirstByte(64, "--no-such-option");
    check("-M").assertFailedBeforeTheFirstByte(64, "--metadata needs --output=json");
    check("--output=xml").assertFailedBeforeTheFirstByte(64, "allowed: human, json");
    check("--output=json", "--output=human")
        .assertFailedBeforeTheFirstByte(64, "--output=json and --output=human contradict");
    PackagedTool.run("check").assertFailedBeforeTheFirstByte(64, "IMAGE is missing");
    PackagedTool.run("dump").assertFailedBeforeTheFirstByte(64, "IMAGE is missing");
    PackagedTool.run("check", "").assertFailedBeforeTheFirstByte(64, "IMAGE is empty");
  }

  @ParameterizedTest
  @CsvSource({"''", "--output=json"})
  void readerThatWentAwayIs141(String option) throws Exception {
    Outcome outcome =
        PackagedTool.bash(
            directory, "\"$0\" check " + option + " \"$1\" | true; exit ${PIPESTATUS[0]}", image);
    outcome.assertFailed(141, "the reader of standard output went away");
  }

  @Test
  void outputThatTakesNothingIs1() throws Exception {
    if (!Files.exists(Path.of("/dev/full"))) {
      Tool.missing("/dev/full");
    }
    PackagedTool.bash(directory, "\"$0\" check \"$1\" > /dev/full", image)
        .assertFailed(1, "standard output: ", "No space left on device");
    PackagedTool.bash(directory, "\"$0\" check \"$1\" >&-", image)
        .assertFailed(1, "standard output is closed");
  }

  @Test
  void imageIsNotChanged() throws Exception {
    Poke.hex(image, 79, "01");
    byte[] before = Files.readAllBytes(image);
    check("--strict", "--deep", "--untrusted", "--follow", "-M", "--output=json");
    org.junit.jupiter.api.Assertions.assertArrayEquals(before, Files.readAllBytes(image));
  }
}
