package io.github.qcow2tostdout.it;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.Tool;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exports of real servers: nbdkit with what it can do to make life hard, and qemu-nbd. */
@Timeout(120)
final class NbdIT {
  /** A disk with data around 4 GiB, holes, and written zeroes. */
  private static final DiskRecipe SPARSE =
      DiskRecipe.hole((5L << 30) + 512 * 7)
          .data(100_000, 700_000)
          .zeroes(2 << 20, 1 << 20)
          .data((4L << 30) - 70_000, 140_000)
          .data(5L << 30, 512 * 7);

  private static final DiskRecipe SMALL =
      DiskRecipe.hole(24 << 20).data(3, 5 << 20).zeroes(8 << 20, 6 << 20).data(20 << 20, 3 << 20);

  private static final Pattern READ =
      Pattern.compile(" Read id=\\d+ offset=0x([0-9a-f]+) count=0x([0-9a-f]+)");

  @TempDir Path directory;
  private Path disk;
  private Path image;

  @BeforeEach
  void names() {
    disk = directory.resolve("disk.raw");
    image = directory.resolve("image");
  }

  /** Runs the tool as the client of one nbdkit, which ends with it. */
  private Outcome nbdkit(String kit, String tool) throws Exception {
    Tool.NBDKIT.path();
    return PackagedTool.bash(
        directory, "export TOOL=\"$0\"; nbdkit -U - " + kit + " --run '" + tool + "'");
  }

  /** What the tool said, without what the server did. */
  private static String ours(Outcome outcome) {
    return outcome
        .err()
        .lines()
        .filter(line -> line.startsWith("qcow2-to-stdout"))
        .collect(joining("\n"));
  }

  private void assertConverts(String kit) throws Exception {
    Outcome outcome = nbdkit(kit, "\"$TOOL\" \"$uri\" > image");
    assertEquals(new Outcome(0, "", ""), outcome);
    assertIsThatOfTheFile();
  }

  /** Byte for byte what the file itself gives: which server it was does not show. */
  private void assertIsThatOfTheFile() throws Exception {
    Qemu.assertClean(image);
    Outcome compared = PackagedTool.bash(directory, "\"$0\" disk.raw | cmp - image");
    assertEquals(new Outcome(0, "", ""), compared);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file disk.raw",
        "--filter=delay file disk.raw rdelay=2ms",
        "--filter=blocksize-policy file disk.raw blocksize-minimum=512"
            + " blocksize-preferred=4096 blocksize-maximum=1M blocksize-error-policy=error",
        "--filter=noparallel file disk.raw",
        "--no-sr file disk.raw",
        "-t 1 file disk.raw",
      })
  void sparseDiskBeyond4Gib(String kit) throws Exception {
    if (kit.startsWith("--no-sr")) {
      SMALL.make(disk);
    } else {
      SPARSE.make(disk);
    }
    assertConverts(kit);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--filter=noextents file disk.raw",
        "--filter=blocksize-policy file disk.raw blocksize-minimum=64K"
            + " blocksize-preferred=64K blocksize-maximum=64K blocksize-error-policy=error",
        "--filter=blocksize-policy file disk.raw blocksize-minimum=4K"
            + " blocksize-preferred=4K blocksize-maximum=4K blocksize-error-policy=error",
        "--filter=cacheextents file disk.raw",
      })
  void disk(String kit) throws Exception {
    SMALL.make(disk);
    assertConverts(kit);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 511, 65_537, (1 << 20) + 1})
  void anySize(long size) throws Exception {
    DiskRecipe.hole(size).data(0, size).make(disk);
    assertConverts("file disk.raw");
  }

  @Test
  void exportsThroughTcpAndWithNames() throws Exception {
    SMALL.make(disk);
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    Tool.NBDKIT.path();
    Outcome outcome =
        PackagedTool.bash(
            directory,
            "nbdkit -f -i 127.0.0.1 -p $1 -P $PWD/pid file dir=. & kit=$!;"
                + " trap \"kill $kit; wait $kit\" EXIT;"
                + " until [ -s pid ]; do sleep 0.02; done;"
                + " \"$0\" nbd://127.0.0.1:$1/disk%2Eraw > image",
            port);
    assertEquals("", outcome.err());
    assertIsThatOfTheFile();
  }

  @Test
  void exportThatIsNotThereIsAnErrorThatNamesIt() throws Exception {
    SMALL.make(disk);
    Outcome outcome = nbdkit("file dir=.", "\"$TOOL\" \"nbd+unix:///other?socket=$unixsocket\"");
    assertEquals(1, outcome.code());
    assertTrue(outcome.err().contains("nbd+unix:///other?socket="), outcome::err);
    assertEquals("", outcome.out());
  }

  /** The log of what was read: nothing of what the server calls zeroes. */
  @Test
  void zeroExtentsAreNeverRead() throws Exception {
    SPARSE.make(disk);
    assertConverts("--filter=log file disk.raw logfile=log");
    List<long[]> data = new ArrayList<>();
    String map = Tool.QEMU_IMG.runWell("map", "--output=json", "-f", "raw", disk);
    Matcher extent =
        Pattern.compile("\"start\": (\\d+), \"length\": (\\d+)[^}]*\"data\": true").matcher(map);
    while (extent.find()) {
      long start = Long.parseLong(extent.group(1));
      data.add(new long[] {start, start + Long.parseLong(extent.group(2))});
    }
    Matcher read = READ.matcher(Files.readString(directory.resolve("log")));
    int reads = 0;
    while (read.find()) {
      reads++;
      long from = Long.parseLong(read.group(1), 16);
      long to = from + Long.parseLong(read.group(2), 16);
      // A cluster is emitted whole, and its data may start anywhere in it. The first sector may say
      // that the disk is an image.
      assertTrue(
          (from == 0 && to == 512)
              || data.stream()
                  .anyMatch(d -> (d[0] & -65536) <= from && to <= ((d[1] + 65535) & -65536)),
          () -> "bytes " + from + " to " + to + " were read");
    }
    assertTrue(reads > 10, "the log has no reads");
  }

  @Test
  void mapOnlyAsksForNothingBeforeTheImageIsWritten() throws Exception {
    SMALL.make(disk);
    Outcome outcome =
        nbdkit("--filter=log file disk.raw logfile=log", "\"$TOOL\" measure --map-only \"$uri\"");
    assertEquals(0, outcome.code());
    // But for the first sector, which may say that the disk is an image.
    assertEquals(
        List.of("0+200"),
        READ.matcher(Files.readString(directory.resolve("log")))
            .results()
            .map(read -> read.group(1) + "+" + read.group(2))
            .toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-c 512", "-z", "-o extended_l2=on", "--zero-clusters"})
  void aServerThatIsFarIsReadOnce(String options) throws Exception {
    SMALL.make(disk);
    Outcome outcome =
        nbdkit(
            "--filter=log --filter=delay file disk.raw logfile=log rdelay=5ms",
            "\"$TOOL\" " + options + " \"$uri\" > image");
    assertEquals(new Outcome(0, "", ""), outcome);
    assertEquals(
        new Outcome(0, "", ""),
        PackagedTool.bash(directory, "\"$0\" " + options + " disk.raw | cmp - image"));
    List<long[]> reads =
        READ.matcher(Files.readString(directory.resolve("log")))
            .results()
            .map(read ->
                new long[] {Long.parseLong(read.group(1), 16), Long.parseLong(read.group(2), 16)})
            .filter(read -> read[1] > 512)
            .sorted((one, other) -> Long.compare(one[0], other[0]))
            .toList();
    assertTrue(reads.size() > 2 && reads.size() < 50, () -> reads.size() + " reads");
    for (int i = 1; i < reads.size(); i++) {
      assertTrue(reads.get(i - 1)[0] + reads.get(i - 1)[1] <= reads.get(i)[0], "read twice");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--cache 0", "--cache 1", "--cache 17M", "-z --cache 17M", "--verify"})
  void whatIsKeptOfAServerThatIsFarDoesNotShow(String options) throws Exception {
    DiskRecipe.hole(70 << 20)
        .data(3, 40 << 20)
        .zeroes(45 << 20, 6 << 20)
        .data(60 << 20, 9 << 20)
        .make(disk);
    Outcome outcome =
        nbdkit(
            "--filter=delay file disk.raw rdelay=5ms",
            "\"$TOOL\" " + options + " \"$uri\" > image");
    assertEquals(new Outcome(0, "", ""), outcome);
    assertEquals(
        new Outcome(0, "", ""),
        PackagedTool.bash(directory, "\"$0\" " + options + " disk.raw | cmp - image"));
  }

  @Test
  void readErrorIsAnErrorThatNamesExportOffsetAndReason() throws Exception {
    SMALL.make(disk);
    Outcome outcome =
        nbdkit(
            "--filter=error file disk.raw error-pread=EIO error-pread-rate=100%",
            "\"$TOOL\" \"$uri\"");
    assertEquals(1, outcome.code());
    assertEquals("", outcome.out());
    String ours = ours(outcome);
    assertTrue(ours.contains("can't be read at byte 0: the server says: Input/output error"), ours);
    assertTrue(ours.contains("nbd+unix://"), ours);
  }

  @Test
  void errorInTheEmissionIsNeverAShortImage() throws Exception {
    SMALL.make(disk);
    // The file that makes reads fail appears when the image is on its way.
    Outcome outcome =
        nbdkit(
            "--filter=error file disk.raw error-pread-rate=100% error-file=broken",
            "\"$TOOL\" \"$uri\" | { head -c 1000000; touch broken; cat; } > image;"
                + " exit ${PIPESTATUS[0]}");
    assertTrue(outcome.err().contains("the image is cut short: discard it"), outcome::err);
    assertTrue(outcome.err().contains("can't be read at byte "), outcome::err);
  }

  @Test
  void errorOfExtentsIsAnError() throws Exception {
    SMALL.make(disk);
    Outcome outcome =
        nbdkit(
            "--filter=error file disk.raw error-extents=EIO error-extents-rate=100%",
            "\"$TOOL\" \"$uri\"");
    assertEquals(1, outcome.code());
    assertTrue(outcome.err().contains("can't say where data is at byte 0"), outcome::err);
    assertEquals("", outcome.out());
  }

  @Test
  void serverThatDiesIsAnError() throws Exception {
    SMALL.make(disk);
    Tool.NBDKIT.path();
    Process kit =
        new ProcessBuilder(Tool.NBDKIT.path(), "-f", "-U", "s", "-P", "pid", "file", "disk.raw")
            .directory(directory.toFile())
            .start();
    try {
      HeldProcess.await("nbdkit", () -> Files.exists(directory.resolve("pid")));
      String uri = "nbd+unix:///?socket=" + directory.resolve("s");
      ProcessBuilder tool = new ProcessBuilder(PackagedTool.LAUNCHER.toString(), uri);
      try (HeldProcess held = HeldProcess.start(tool)) {
        held.awaitOutput();
        kit.destroyForcibly().waitFor();
        held.finish().assertFailed(1, uri + ": ", "discard it");
      }
    } finally {
      kit.destroyForcibly();
    }
  }

  @Test
  void serverThatWantsTlsIsSaidSo() throws Exception {
    SMALL.make(disk);
    if (!Tool.NBDKIT.runWell("--dump-config").contains("tls=yes")) {
      Tool.missing("nbdkit with TLS");
    }
    Outcome outcome =
        nbdkit(
            "--tls=require --tls-psk=/dev/null file disk.raw",
            "\"$TOOL\" \"nbd+unix:///?socket=$unixsocket\"");
    assertEquals(1, outcome.code());
    assertEquals("", outcome.out());
    assertTrue(
        ours(outcome)
            .matches(
                "qcow2-to-stdout: nbd\\+unix:///\\?socket=/\\S+: the server wants TLS, which is not"
                    + " there yet; use a tunnel of ssh"),
        outcome::err);
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", "qcow2"})
  void exportsOfQemuNbd(String format) throws Exception {
    SPARSE.make(disk);
    Tool.QEMU_NBD.path();
    Tool.QEMU_IMG.runWell("convert", "-f", "raw", "-O", format, disk, directory.resolve("export"));
    Outcome outcome =
        PackagedTool.bash(
            directory,
            "qemu-nbd -r -f $1 -k $PWD/s -x 'an export/x' export & kit=$!;"
                + " until [ -S s ]; do sleep 0.02; done;"
                + " \"$0\" \"nbd+unix:///an%20export/x?socket=$PWD/s\" > image || kill $kit;"
                // It ends with its only client: that the connection was closed shows.
                + " wait $kit",
            format);
    assertEquals("", outcome.err());
    assertEquals(0, outcome.code());
    assertIsThatOfTheFile();
  }

  /** Of replies in chunks QEMU would end the connection instead of saying what is wrong. */
  @Test
  void sectorThatQemuNbdCantReadIsSaidSo() throws Exception {
    SMALL.make(disk);
    Tool.QEMU_NBD.path();
    Outcome outcome =
        PackagedTool.bash(
            directory,
            "qemu-nbd -r -k $PWD/s \"$1\" & kit=$!; until [ -S s ]; do sleep 0.02; done;"
                + " \"$0\" \"nbd+unix:///?socket=$PWD/s\"; code=$?; wait $kit; exit $code",
            "json:{\"driver\":\"blkdebug\",\"image\":{\"driver\":\"file\",\"filename\":\"disk.raw\"},"
                + "\"inject-error\":[{\"event\":\"none\",\"iotype\":\"read\",\"errno\":5,"
                + "\"sector\":2048}]}");
    assertEquals(1, outcome.code(), outcome::err);
    assertEquals("", outcome.out());
    String uri = "nbd+unix:///?socket=" + directory.resolve("s");
    assertTrue(
        ours(outcome)
            .matches(
                Pattern.quote("qcow2-to-stdout: " + uri + ": can't be read at byte ")
                    + "\\d+: the server says: Input/output error.*; check the server and its disk"),
        outcome::err);
  }
}
