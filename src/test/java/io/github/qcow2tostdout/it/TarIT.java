package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --tar}, read by GNU tar and by bsdtar. */
@Timeout(120)
class TarIT {
  @TempDir Path directory;

  private Outcome bash(String script, Object... arguments) throws Exception {
    return PackagedTool.bash(directory, script, arguments);
  }

  private void makeDisk() throws Exception {
    DiskRecipe.hole(3_000_001).data(70_000, 800_000).make(directory.resolve("disk"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"disk.qcow2", "a/b/disk.qcow2", "ü", "N/N", "NN/N", "N/NN"})
  void itsMemberIsTheImage(String pattern) throws Exception {
    makeDisk();
    String name = pattern.replace("N", "n".repeat(99));
    for (Tool tar : new Tool[] {Tool.TAR, Tool.BSDTAR}) {
      Outcome outcome =
          bash(
              "\"$0\" disk > image && \"$0\" --tar \"$1\" disk > tar && mkdir x"
                  + " && \"$2\" --no-same-owner -xf tar -C x && cmp \"x/$1\" image && rm -r x"
                  + " && echo $(($(wc -c < tar) % 10240)) && \"$0\" --tar \"$1\" disk | cmp - tar",
              name, tar.path());
      assertEquals(new Outcome(0, "0\n", ""), outcome);
    }
  }

  @Test
  void itSaysWhatItIsTold() throws Exception {
    makeDisk();
    String usual = bash("\"$0\" --tar disk.qcow2 disk | TZ=UTC tar --numeric-owner -tvf -").out();
    assertTrue(usual.matches("-rw-r--r-- 107/107 +\\d+ 1970-01-01 00:00 disk.qcow2\n"), usual);
    String told =
        bash("\"$0\" --tar x --tar-mode 600 --tar-owner 3000000:0 --tar-mtime 1000000000 disk"
                + " | TZ=UTC tar --numeric-owner --full-time -tvf -")
            .out();
    assertTrue(told.matches("-rw------- 3000000/0 +\\d+ 2001-09-09 01:46:40 x\n"), told);
  }

  @Test
  void compressedImagesFitToo() throws Exception {
    makeDisk();
    assertEquals(
        new Outcome(0, "", ""),
        bash("\"$0\" -z disk > image; \"$0\" -z --tar x disk | tar -xOf - x | cmp - image"));
  }

  @Test
  void partsMakeTheWhole() throws Exception {
    makeDisk();
    assertEquals(
        new Outcome(0, "", ""),
        bash(
            "\"$0\" --tar x disk > tar; n=$(\"$0\" measure --bytes --tar x disk);"
                + " for at in 0 511 512 600000; do { \"$0\" --tar x --range=-$at disk;"
                + " \"$0\" --tar x --range $at-$((n - 3)) disk;"
                + " \"$0\" --tar x --range $((n - 3))- disk; } | cmp - tar || exit; done"));
  }

  /** The data is holes of the file, of which a map says that they are data. */
  @ParameterizedTest
  @ValueSource(longs = {(8L << 30) - (16 << 20), 8L << 30})
  void around8GibBothReadersSeeTheSize(long size) throws Exception {
    Outcome outcome =
        bash(
            "truncate -s $1 disk; echo '[{\"start\":0,\"length\":'$1',\"data\":true,"
                + "\"zero\":false}]' > map; mkfifo p; \"$2\" -tvf p > b &"
                + " \"$0\" --map map --map-only -c 2M --tar big disk | tee p | tar -tvf - > a;"
                + " wait; n=$(\"$0\" measure --map map --map-only -c 2M --bytes disk);"
                + " grep -c \" $n 1970\" a; grep -c \" $n Jan\" b; echo $n",
            size,
            Tool.BSDTAR.path());
    assertEquals("", outcome.err());
    String[] lines = outcome.out().split("\n");
    assertEquals("1", lines[0], outcome::toString);
    assertEquals("1", lines[1], outcome::toString);
    assertEquals(size >= 8L << 30, Long.parseLong(lines[2]) >= 8L << 30);
  }
}
