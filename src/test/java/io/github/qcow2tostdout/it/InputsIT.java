package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Qemu;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way to name a disk, with every part of it, every map of it and some shapes of image. */
@Timeout(120)
final class InputsIT {
  private static final long SIZE = (66L << 20) + 700;

  /** How INPUT is given; what comes before it and behind it. */
  enum Way {
    BY_NAME("", "disk.raw", ""),
    STANDARD_INPUT("", "-", " < disk.raw"),
    FROM_WHERE_IT_STANDS("{ dd bs=4K count=3 of=/dev/null status=none; ", "-", "; } < shifted"),
    PIPE("cat disk.raw | ", "-", "");

    private final String before;
    private final String input;
    private final String behind;

    Way(String before, String input, String behind) {
      this.before = before;
      this.input = input;
      this.behind = behind;
    }

    String command(String options) {
      return before + "\"$0\" " + options + " " + input + behind;
    }
  }

  /** A part of the disk. */
  enum Part {
    ALL("", 0, SIZE),
    PARTITION("--offset 1M --length 40M", 1 << 20, 40 << 20),
    UNALIGNED("--offset 4999 --length 50000001", 4999, 50_000_001),
    TAIL("--offset 69206000", 69_206_000, SIZE - 69_206_000);

    private final String options;
    private final long offset;
    private final long length;

    Part(String options, long offset, long length) {
      this.options = options;
      this.offset = offset;
      this.length = length;
    }
  }

  @TempDir static Path directory;

  @BeforeAll
  static void makeDisk() throws Exception {
    DiskRecipe.hole(SIZE)
        .data(1000, 5000)
        .zeroes(2 << 20, 1 << 20)
        .data((3 << 20) + 100, 1)
        .data(30 << 20, 3 << 20)
        .data((60 << 20) - 3, 6)
        .data(SIZE - 1, 1)
        .make(directory.resolve("disk.raw"));
    assertDone("{ head -c 12K /dev/urandom; cat disk.raw; } > shifted");
    for (Part part : Part.values()) {
      assertDone(
          "dd if=disk.raw of=%s bs=1M iflag=skip_bytes,count_bytes skip=%d count=%d conv=sparse status=none; truncate -s %d %1$s"
              .formatted(part, part.offset, part.length, part.length));
      assertDone("\"$0\" map --zero-test -c 512 %s > %1$s.map".formatted(part));
      // The form of rbd, in any order.
      assertDone(
          "grep '\"data\": true' %s.map | sed -E 's/.*start\": ([0-9]+), \"length\": ([0-9]+).*/{\"offset\":\\1,\"length\":\\2,\"exists\":\"true\"}/' | tac | paste -sd, | sed 's/.*/[&]/' > %1$s.rbd"
              .formatted(part));
    }
  }

  static List<Arguments> cases() {
    List<Arguments> all = new ArrayList<>();
    for (Way way : Way.values()) {
      for (Part part : Part.values()) {
        all.add(Arguments.of(way, part));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theImageIsThatOfAFileOfThePart(Way way, Part part) throws Exception {
    for (String shape : List.of("", "-c 512 -r 1", "-c 2M -v 2", "--range 300K-390001")) {
      assertDone(
          "cmp <(%s) <(\"$0\" %s %s)"
              .formatted(way.command(part.options + " " + shape), shape, part));
    }
    assertDone(
        "cmp <(%s) <(\"$0\" measure %s)"
            .formatted(way.command(part.options).replace("\"$0\"", "\"$0\" measure"), part));
    // With -p the end is said too.
    assertDone(way.command(part.options + " -p") + " 2> said > image && grep -q written said");
    Qemu.assertClean(directory.resolve("image"));
    Qemu.assertIdentical(directory.resolve(part.toString()), directory.resolve("image"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theMapOfThePartFits(Way way, Part part) throws Exception {
    for (String form : List.of(part + ".map", part + ".rbd")) {
      String map = part.options + " --map " + form;
      assertDone("cmp <(%s) <(\"$0\" %s)".formatted(way.command(map), part));
      // The map has clusters of 512 bytes: with those it is all there is to know.
      assertDone(
          "cmp <(%s) <(\"$0\" -c 512 %s)".formatted(way.command(map + " --map-only -c 512"), part));
    }
    assertDone(way.command(part.options + " --map-only --map " + part + ".rbd") + " > image");
    Qemu.assertClean(directory.resolve("image"));
    Qemu.assertIdentical(directory.resolve(part.toString()), directory.resolve("image"));
    assertDone(
        "cmp <(%s | sed 's/, \"offset\": [0-9]*//') <(sed 's/, \"offset\": [0-9]*//' %s.map)"
            .formatted(
                way.command(part.options + " --zero-test -c 512").replace("\"$0\"", "\"$0\" map"),
                part));
  }

  private static void assertDone(String script) throws Exception {
    Outcome outcome = PackagedTool.bash(directory, script);
    assertEquals(new Outcome(0, "", ""), outcome, script);
  }
}
