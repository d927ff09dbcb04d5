package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.BlockDevices;
import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts from a plan are written by several, from what they see of the disk. */
class PlanIT {
  private static final long SIZE = 80L << 20;

  @TempDir Path directory;

  private final BlockDevices devices = new BlockDevices();

  @BeforeEach
  void makeDisk() throws IOException {
    DiskRecipe.hole(SIZE)
        .data(1000, 5000)
        .zeroes(10 << 20, 1 << 20)
        .data(30 << 20, 9 << 20)
        .data(SIZE - 1, 1)
        .make(directory.resolve("disk"));
  }

  @AfterEach
  void detach() throws Exception {
    devices.detach();
  }

  private void run(String script, Object... arguments) throws Exception {
    assertEquals(
        new Outcome(0, "", ""), PackagedTool.bash(directory, "set -e; " + script, arguments));
  }

  /** Six parts out of order, two at a time, from different sources. */
  private static final String PARTS =
      "\"$0\" parts --part-size 2M plan > table; : > image;"
          + " part() { \"$0\" --plan plan --part $1/2M \"$2\" |"
          + " dd of=image bs=64K seek=$(($1*32-32)) conv=notrunc iflag=fullblock status=none; };"
          + " for n in $(cut -f 1 table | sort -rn); do"
          + " if [ $((n % 2)) = 1 ]; then part $n \"$1\" & else part $n \"$2\"; fi; done; wait;"
          + " cmp image expected";

  @ParameterizedTest
  @ValueSource(strings = {"-c 64K", "-z", "-z=zstd -c 4K --threads 1", "-o extended_l2=on"})
  void twoPathsMakeOneImage(String options) throws Exception {
    run("\"$0\" $1 disk > expected; \"$0\" plan $1 disk > plan; cp disk copy", options);
    run(PARTS, "disk", "copy");
  }

  @Test
  void aBlockDeviceAndItsFileMakeOneImage() throws Exception {
    String device = devices.loop(directory.resolve("disk"));
    run("\"$0\" -z \"$1\" > expected; \"$0\" plan -z \"$1\" > plan", device);
    run(PARTS, device, "disk");
  }

  @Test
  void anExportOfAWindowAndTheWindowMakeOneImage() throws Exception {
    Tool.NBDKIT.runWell("--version");
    Files.writeString(
        directory.resolve("script"),
        """
        set -e -o pipefail
        "$TOOL" --plan plan --offset 0 "$uri" | cmp - expected
        "$TOOL" plan -z "$uri" > plan2
        "$TOOL" --plan plan2 "$uri" | cmp - expected
        { "$TOOL" --plan plan --part 1/300K disk
          "$TOOL" --plan plan --skip 300K --offset 0 "$uri"; } | cmp - expected
        """);
    run(
        "\"$0\" --offset 1M --length 60M -z disk > expected;"
            + " \"$0\" plan --offset 1M --length 60M -z disk > plan; export TOOL=\"$0\";"
            + " nbdkit -U - --filter=offset file \"$PWD/disk\" offset=1M range=60M"
            + " --run 'export uri; bash script'");
  }

  @Test
  void aPipeIsPlannedAndReadAgain() throws Exception {
    run(
        "\"$0\" -z disk > expected; cat disk | \"$0\" plan -z - > plan;"
            + " cat disk | \"$0\" --plan plan - | cmp - expected");
  }

  @Test
  void theDigestsOfPartsAreThoseOfTheirBytes() throws Exception {
    run(
        "\"$0\" -z disk > expected; \"$0\" plan -z disk > plan;"
            + " \"$0\" parts --part-size 300K --digest sha256 --digest md5 plan disk > table;"
            + " while read -r n from to size sha md5; do"
            + " part() { tail -c +$((from + 1)) expected | head -c $size; };"
            + " [ \"$(part | sha256sum)\" = \"$sha  -\" ]; [ \"$(part | md5sum)\" = \"$md5  -\" ];"
            + " done < table; [ $(wc -l < table) -gt 1 ]");
  }

  @Test
  void aPartOfATarIsThatOfTheTar() throws Exception {
    run(
        "\"$0\" --tar d/x.qcow2 disk > expected; \"$0\" plan disk > plan;"
            + " \"$0\" parts --tar d/x.qcow2 --part-size 1M plan | while read -r n rest; do"
            + " \"$0\" --plan plan --tar d/x.qcow2 --part $n/1M disk; done | cmp - expected");
  }

  @Test
  void aSparsePebibyteIsPlannedAndCut() throws Exception {
    run(
        "truncate -s 1P sparse 2>&- || truncate -s 8T sparse; \"$0\" plan sparse > plan;"
            + " [ $(stat -c %s plan) -lt 10000 ];"
            + " last=$(\"$0\" parts --part-size 1M plan | tail -n 1 | cut -f 1);"
            + " \"$0\" --plan plan --part $last/1M sparse > last;"
            + " \"$0\" --part $last/1M sparse | cmp - last");
  }

  @Test
  void aDiskThatIsWrittenMeanwhileIsNoticed() throws Exception {
    Outcome outcome =
        PackagedTool.bash(
            directory,
            "\"$0\" plan disk > plan; printf x | dd of=disk bs=1 seek=40M conv=notrunc"
                + " status=none; \"$0\" --plan plan disk");
    outcome.assertFailedBeforeTheFirstByte(1, "not the disk of the plan");
    assertTrue(Files.size(directory.resolve("plan")) > 0);
  }
}
