package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes and digests that go beside the image, with the system's tools as the other opinion. */
@Timeout(120)
class DigestIT {
  @TempDir Path directory;

  @BeforeEach
  void makeDisks() throws Exception {
    DiskRecipe recipe =
        DiskRecipe.hole(24_000_077)
            .data(100_000, 7_000_000)
            .zeroes(8_000_000, 3_000_000)
            .data(20_000_000, 1)
            .data(24_000_000, 77);
    recipe.make(directory.resolve("disk"));
    recipe.data(15_000_000, 100_000).zeroes(200_000, 70_000).make(directory.resolve("later"));
  }

  private Outcome bash(String script, Object... arguments) throws Exception {
    return PackagedTool.bash(directory, script, arguments);
  }

  private String file(String name) throws Exception {
    return Files.readString(directory.resolve(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "disk",
        "-c 512 disk",
        "-c 2M disk",
        "-z disk",
        "-z=zstd --cache 0 --threads 3 disk",
        "--range 70001-7000001 disk",
        "--range 1- -z disk",
        "--range=-0 disk",
        "--copy disk",
        "--verify disk",
        "-d disk",
        "-R disk",
        "-B disk --backing-name base later",
        "-B disk -o extended_l2=on,cluster_size=64K later",
        "--offset 1000 --length 8000000 disk",
        "--zero-clusters disk",
        "--tar x/disk.qcow2 disk",
        "--tar x --range 100-7000000 disk",
        "--containerdisk disk",
        "--containerdisk -z disk",
        "--containerdisk --verify disk",
      })
  void digestsAreThoseOfTheStream(String arguments) throws Exception {
    Outcome outcome =
        bash(
            "\"$0\" --digest sha256=a --digest md5=fd:7 --digest sha512 --size-file n "
                + arguments
                + " 7>b > stream && sha256sum < stream | cmp - a && md5sum < stream | cmp - b"
                + " && sha512sum < stream >&2 && echo $(wc -c < stream) | cmp - n");
    assertEquals(0, outcome.code(), outcome::toString);
    String[] lines = outcome.err().split("\n");
    assertEquals(2, lines.length, outcome::err);
    assertEquals(lines[1], lines[0]);
    assertEquals(new Outcome(0, "", ""), bash("\"$0\" " + arguments + " | cmp - stream"));

    String sha256 = file("a").substring(0, 64);
    Outcome measured = bash("\"$0\" measure --digest sha256 " + arguments);
    assertEquals(0, measured.code(), measured::err);
    assertTrue(measured.out().startsWith("required size: " + file("n")), measured::out);
    assertTrue(measured.out().endsWith("\nsha256: " + sha256 + "\n"), measured::out);
    assertEquals(new Outcome(0, file("n"), ""), bash("\"$0\" measure --bytes " + arguments));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "disk",
        "-c 512 disk",
        "-c 2M -z=zstd disk",
        "-z --cache 0 disk",
        "--range 1-2 disk",
        "--verify disk",
        "--verify -z disk",
        "-R disk",
        "-d disk",
        "-B later disk",
        "-B later -o extended_l2=on disk",
        "--diff later disk",
        "--no-sparse disk",
        "--map-only disk",
        "--containerdisk disk",
        "- < disk",
      })
  void contentDigestsAreThoseOfTheDisk(String arguments) throws Exception {
    Outcome outcome =
        bash(
            "\"$0\" --content-digest sha256=a --content-digest md5=b " + arguments + " >/dev/null");
    assertEquals(new Outcome(0, "", ""), outcome);
    String name = arguments.equals("- < disk") ? "-" : "disk";
    assertEquals(bash("sha256sum < disk").out().replace("-", name), file("a"));
    assertEquals(bash("md5sum < disk").out().replace("-", name), file("b"));
    Outcome measured = bash("\"$0\" measure --content-digest md5 --output json " + arguments);
    assertEquals(0, measured.code(), measured::err);
    assertTrue(
        measured
            .out()
            .contains("\"content-digests\": {\n        \"md5\": \"" + file("b").substring(0, 32)),
        measured::out);
  }

  @Test
  void sha256sumChecksTheDiskByIt() throws Exception {
    Outcome outcome =
        bash(
            "cp disk 'a \\ b'; \"$0\" --content-digest sha256=sums 'a \\ b' > image"
                + " && sha256sum -c --quiet sums");
    assertEquals(new Outcome(0, "", ""), outcome);
  }

  @Test
  void contentOfAPipeIsThatOfTheFile() throws Exception {
    Outcome outcome =
        bash("cat disk | \"$0\" --content-digest sha256=fd:3 - 3>&2 | \"$0\" check -q -");
    assertEquals(bash("sha256sum < disk").out(), outcome.err());
  }

  @Test
  void contentOfAnExportIsThatOfTheFile() throws Exception {
    Tool.NBDKIT.path();
    Outcome outcome =
        bash(
            "export TOOL=\"$0\"; nbdkit -U - file disk --run '\"$TOOL\" --digest md5=a"
                + " --content-digest sha256=b \"$uri\" > image; md5sum < image | cmp - a'");
    assertEquals(new Outcome(0, "", ""), outcome);
    assertEquals(bash("sha256sum < disk").out().substring(0, 64), file("b").substring(0, 64));
  }

  @Test
  void theSizeIsThereBeforeTheFirstByte() throws Exception {
    Outcome outcome =
        bash(
            "\"$0\" --size-file fd:3 disk 3>n | { head -c 1 > first; cat n; wc -c < first; cat; } |"
                + " wc -c");
    assertEquals(0, outcome.code(), outcome::err);
    assertEquals(new Outcome(0, file("n"), ""), bash("\"$0\" measure --bytes disk"));
    long written = Long.parseLong(file("n").strip());
    assertTrue(
        Long.parseLong(outcome.out().strip()) < written + 100, () -> outcome.out() + written);
  }

  @Test
  void aReaderOfTheSizeSeesItsEnd() throws Exception {
    Outcome outcome =
        bash(
            "mkfifo p; { read -r n; cat >&2; echo \"$n\" > n; } < p & \"$0\" --size-file p disk"
                + " | { until [ -s n ]; do sleep 0.1; done; wc -c; }");
    assertEquals(new Outcome(0, file("n"), ""), outcome);
  }

  @Test
  void manyGoToOnePlaceInTheirOrder() throws Exception {
    Outcome outcome =
        bash(
            "\"$0\" --size-file all --digest md5=all --digest crc32c=all --content-digest md5=all"
                + " disk > image; { wc -c < image; md5sum < image; } | cmp - <(head -2 all)");
    assertEquals(new Outcome(0, "", ""), outcome);
    String[] lines = file("all").split("\n");
    assertEquals(4, lines.length);
    assertTrue(lines[2].matches("[0-9a-f]{8}  -"), lines[2]);
    assertEquals(bash("md5sum disk").out(), lines[3] + "\n");
  }

  @Test
  void quietSilencesNoDigest() throws Exception {
    Outcome outcome = bash("\"$0\" -q --digest md5 disk | md5sum");
    assertEquals(outcome.out(), outcome.err());
  }

  private void assertFailsWithoutADigest(String script, int code, String... fragments)
      throws Exception {
    Files.writeString(directory.resolve("d"), "of yesterday's image");
    Outcome outcome = bash(script);
    outcome.assertFailed(code, fragments);
    assertEquals("", file("d"), "a digest of what failed");
  }

  @Test
  void aReaderThatGoesAwayLeavesNoDigest() throws Exception {
    assertFailsWithoutADigest(
        "\"$0\" --digest sha256=d --content-digest md5=fd:3 disk 3>e | head -c 100 > /dev/null;"
            + " code=${PIPESTATUS[0]}; cat e >&2; exit $code",
        141,
        "the reader of standard output went away");
  }

  @Test
  void aDiskThatChangesLeavesNoDigest() throws Exception {
    assertFailsWithoutADigest(
        "\"$0\" --digest sha256=d disk | { head -c 1000000 > /dev/null; printf x >> disk;"
            + " cat > /dev/null; }",
        1,
        "disk: source changed while it was read");
    assertFailsWithoutADigest(
        "\"$0\" --content-digest sha256=d -c 4K disk | { head -c 1000000 > /dev/null;"
            + " touch -d 2001-01-01 disk; cat > /dev/null; }",
        1,
        "disk: source changed while it was read");
  }

  @Test
  void aFullDiskLeavesNoDigest() throws Exception {
    assertFailsWithoutADigest("\"$0\" --digest sha256=d disk > /dev/full", 1, "No space left");
  }

  @Test
  void aDigestThatCantBeWrittenIsAnErrorOfItsOwn() throws Exception {
    Outcome outcome = bash("\"$0\" --digest sha256=/dev/full disk > image");
    outcome.assertFailed(
        1, "/dev/full: No space left on device", "all bytes were written, but not their digest");
    assertEquals(new Outcome(0, "", ""), bash("\"$0\" disk | cmp - image"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--digest md5=no/such/directory: no/such/directory: its directory does not exist",
        "--digest md5=.: .: Is a directory",
        "--size-file fd:9: fd:9: is not open for writing",
        "--digest md5=fd:3 3<disk: fd:3: is not open for writing",
        "--digest md5=disk: disk: is INPUT too",
        "--digest md5=fd:5 5>>disk: fd:5: is INPUT too",
        "-B later --digest md5=./later: ./later: is what INPUT is compared with",
        "--digest md5=a --digest sha256=./a: ./a: is a by another name",
        "--size-file /dev/full: /dev/full: No space left",
      })
  void whatCantBeOpenedIsSaidBeforeTheFirstByte(String line) throws Exception {
    int colon = line.indexOf(": ");
    bash("\"$0\" " + line.substring(0, colon) + " disk")
        .assertFailedBeforeTheFirstByte(1, line.substring(colon + 2));
    assertEquals(24_000_077, Files.size(directory.resolve("disk")));
    assertEquals(24_000_077, Files.size(directory.resolve("later")));
  }

  @Test
  void theImageCantTakeItsDigest() throws Exception {
    Outcome outcome = bash("\"$0\" --digest md5=image disk > image");
    outcome.assertFailedBeforeTheFirstByte(1, "image: is standard output too");
    assertEquals(0, Files.size(directory.resolve("image")));
    Outcome piped = bash("\"$0\" --digest md5=fd:4 disk 4>&1 | wc -c >&2");
    assertTrue(piped.err().contains("fd:4: is standard output too"), piped::err);
    assertTrue(piped.err().endsWith("\n0\n"), piped::err);
  }

  @Test
  void descriptorsOfTheVmAreNotTheCallers() throws Exception {
    for (int number = 3; number < 40; number++) {
      bash("\"$0\" --digest md5=fd:" + number + " disk")
          .assertFailedBeforeTheFirstByte(1, "fd:" + number + ": is not open for writing");
    }
  }

  @Test
  void aSignalLeavesNoDigest() throws Exception {
    assertFailsWithoutADigest(
        "{ \"$0\" --digest sha256=d disk & echo $! > pid; wait; } | { head -c 1 > /dev/null;"
            + " kill -TERM $(cat pid); cat > /dev/null; }; code=${PIPESTATUS[0]}; exit 143",
        143,
        "interrupted");
  }
}
