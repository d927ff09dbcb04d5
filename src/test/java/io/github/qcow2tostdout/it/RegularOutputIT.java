package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.BlockDevices;
import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An image that goes into a regular file, large enough for ways of its own. */
@Tag("slow")
@Timeout(120)
class RegularOutputIT {
  /** Not a multiple of a page, and with data in its last cluster. */
  private static final long SIZE = (150L << 20) + 4321;

  private static final DiskRecipe RECIPE =
      DiskRecipe.hole(SIZE)
          .data(0, 40 << 20)
          .data((50L << 20) + 1234, 60_000)
          .data(60L << 20, 70 << 20)
          .data(SIZE - 100_000, 100_000);

  @TempDir Path directory;
  private final BlockDevices devices = new BlockDevices();
  private Path disk;

  @BeforeEach
  void makeDisk() throws Exception {
    disk = RECIPE.make(directory.resolve("disk"));
  }

  @AfterEach
  void detach() throws Exception {
    devices.detach();
  }

  private Outcome bash(String script, Object... arguments) throws Exception {
    return PackagedTool.bash(directory, script, arguments);
  }

  private void run(String script, Object... arguments) throws Exception {
    assertEquals(new Outcome(0, "", ""), bash(script, arguments));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-c 512",
        "-c 2M",
        "-o extended_l2=on",
        "--copy",
        "--verify",
        "--no-sparse",
        "-z",
        "--offset 1M --length 100M",
        "--offset 513 --length 104857601",
        "--range=12345-99999999"
      })
  void theFileHasTheBytesOfThePipe(String options) throws Exception {
    run("\"$0\" $1 disk > image && \"$0\" $1 disk | cmp - image", options);
  }

  @Test
  void theImageIsTheDisk() throws Exception {
    run("\"$0\" disk > image");
    Qemu.assertClean(directory.resolve("image"));
    Qemu.assertIdentical(disk, directory.resolve("image"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0123456789", "4096"})
  void whatComesBeforeAndBehindStays(String before) throws Exception {
    run(
        "begin() { [ \"$1\" != 4096 ] && printf %s \"$1\" || head -c 4096 /dev/zero; };"
            + " (begin \"$1\"; \"$0\" disk; echo behind) > file;"
            + " (begin \"$1\"; \"$0\" disk | cat; echo behind) | cmp - file;"
            + " begin \"$1\" > file; \"$0\" disk >> file; echo behind >> file;"
            + " (begin \"$1\"; \"$0\" disk | cat; echo behind) | cmp - file",
        before);
  }

  @Test
  void aLongerFileKeepsItsEnd() throws Exception {
    run(
        "head -c 200M /dev/urandom > old; cp old file; \"$0\" disk 1<> file; \"$0\" disk > image;"
            + " size=$(stat -c %s image); cmp -n $size image file;"
            + " cmp -i $size old file; cmp <(stat -c %s old) <(stat -c %s file)");
  }

  @ParameterizedTest
  @CsvSource({"20, 0", "100, 0", "100, 77"})
  void aFullDiskIsSaidAndTheFileHasWhatIsSaid(int mebibytes, int before) throws Exception {
    Path full = Files.createDirectory(directory.resolve("full"));
    Outcome mounted = Tool.MOUNT.run("-t", "tmpfs", "-o", "size=" + mebibytes + "M", "none", full);
    if (mounted.code() != 0) {
      Tool.impossible("nothing can be mounted: " + mounted.err());
    }
    try {
      Outcome outcome =
          bash("(head -c $1 /dev/zero; exec \"$0\" disk) > full/image; exit $?", before);
      outcome.assertFailedBeforeTheFirstByte(
          1, "No space left on device", "the image is cut short");
      long size = Files.size(full.resolve("image")) - before;
      assertTrue(outcome.err().contains("; " + size + " of "), outcome::err);
      run("cmp -n $1 -i 0:$2 <(\"$0\" disk 2>/dev/null) full/image", size, before);
    } finally {
      Tool.UMOUNT.runWell(full);
    }
  }

  @Test
  void aFileSizeLimitIsSaid() throws Exception {
    Outcome outcome = bash("trap '' XFSZ; ulimit -f 50000; exec \"$0\" disk > image");
    outcome.assertFailedBeforeTheFirstByte(1, "File too large", "51200000 of ");
    assertEquals(51_200_000, Files.size(directory.resolve("image")));
  }

  @Test
  void aDiskThatIsCutMeanwhileIsSaid() throws Exception {
    // Stopped when the image has begun, and cut before it can go on.
    Outcome outcome =
        bash(
            "mkfifo lines; \"$0\" --progress=json disk > image 2> lines & pid=$!; exec 3< lines;"
                + " while read -r -u 3 line; do echo \"$line\" >> log;"
                + " case $line in *'\"write\"'*) kill -STOP $pid; break;; esac; done;"
                + " truncate -s 1000 disk; kill -CONT $pid; cat <&3 >> log; wait $pid; echo $?");
    String log = Files.readString(directory.resolve("log"));
    assertEquals("1\n", outcome.out(), log);
    assertTrue(log.contains("disk: "), log);
    assertTrue(log.contains("changed"), log);
  }

  enum Sharing {
    XFS(Tool.MKFS_XFS, "-q", "-m", "reflink=1"),
    BTRFS(Tool.MKFS_BTRFS, "-q");

    private final Tool mkfs;
    private final Object[] options;

    Sharing(Tool mkfs, Object... options) {
      this.mkfs = mkfs;
      this.options = options;
    }

    private Path mount(Path directory, BlockDevices devices) throws Exception {
      Path file = directory.resolve("filesystem");
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.allocate(1), (600L << 20) - 1);
      }
      Object[] arguments = Arrays.copyOf(options, options.length + 1);
      arguments[options.length] = file;
      mkfs.runWell(arguments);
      devices.mount(file, directory.resolve("shared"));
      return directory.resolve("shared");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFileSystemThatCanSharesTheData(Sharing sharing) throws Exception {
    sharing.mount(directory, devices);
    run("cp disk shared; sync; \"$0\" disk > image");
    for (String before : new String[] {"0", "8192"}) {
      run(
          "cd shared; used() { sync; df --output=used -k . | tail -1; }; before=$(used);"
              + " (head -c $1 /dev/zero; \"$0\" disk; echo behind) > image; after=$(used);"
              + " (head -c $1 /dev/zero; cat ../image; echo behind) | cmp - image;"
              + " [ $((after - before)) -lt 4000 ] || { echo $before $after; exit 1; }; rm image",
          before);
    }
    // Where blocks don't meet they are copied.
    run(
        "cd shared; (echo; \"$0\" disk; echo) > image; (echo; cat ../image; echo) | cmp - image;"
            + " \"$0\" disk >> image; (echo; cat ../image; echo; cat ../image) | cmp - image; rm"
            + " image; \"$0\" --offset 100 disk > image; \"$0\" --offset 100 ../disk | cmp - image;"
            + " \"$0\" -c 512 disk > image; \"$0\" -c 512 ../disk | cmp - image");
  }
}
