package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.testing.DripChannel;
import io.github.qcow2tostdout.testing.RealImages;
import io.github.qcow2tostdout.testing.RealImages.Recipe;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.testing.StreamableImage;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is restored is the disk, from a file and from a stream, or there is an error. */
class RestoreTest {
  private static final long SEED = Seeds.seed();

  /** Those whose disk is not all in one file. */
  private static final Set<String> NAMING_FILES =
      Set.of("data-file", "data-file-raw", "data-file-extended", "backing-base");

  @TempDir Path directory;

  static List<Recipe> recipes() {
    return RealImages.all().stream().filter(r -> !r.name().equals("large")).toList();
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("recipes")
  void imagesOfQemuAreRestoredAsQemuReadsThem(Recipe recipe) throws Exception {
    Path image = RealImages.make(recipe, directory);
    byte[] disk = convertedByQemu(image);
    boolean names = NAMING_FILES.contains(recipe.name());
    if (names) {
      assertEquals(1, RestoreRun.of(image).code());
    }
    assertRestored(disk, RestoreRun.of(image, "--follow", "--to", target().toString()));
    RestoreRun file = RestoreRun.of(image, "--follow");
    assertEquals(0, file.code(), file.err());
    assertArrayEquals(disk, file.out());
    byte[] bytes = Files.readAllBytes(image);
    if (names || RealImages.NOT_STREAMABLE.contains(recipe.name())) {
      RestoreRun refused = stream(bytes, "--to", target().toString());
      assertEquals(names ? 1 : 63, refused.code(), refused.err());
      assertNothingLeft();
      return;
    }
    assertRestored(disk, stream(bytes, "--to", target().toString()));
    RestoreRun piped = stream(bytes);
    assertEquals(0, piped.code(), piped.err());
    assertArrayEquals(disk, piped.out());
  }

  /** Compressed clusters of all kinds, L2 tables between them, data in front of its table. */
  @Tag("slow")
  @ParameterizedTest
  @CsvSource({
    "512, zlib, -m 8",
    "4k, zlib, -W",
    "4k, zstd, -m 1",
    "64k, zlib, -m 1",
    "64k, zstd, -W",
    "2M, zlib, -W",
    "2M, zstd, -m 4"
  })
  void compressedDisksAreRestored(String clusterSize, String type, String how) throws Exception {
    byte[] bytes = new byte[9 << 20];
    Random random = new Random(SEED);
    for (int i = 0; i < bytes.length; i++) {
      // Text, noise, runs, holes: of each some.
      bytes[i] = (byte) ((i >> 18 & 3) == 3 ? 0 : random.nextInt(1 + (i >> 12 & 7) * 37));
    }
    Path disk = Files.write(directory.resolve("disk"), bytes);
    for (String compress : new String[] {"-c", ""}) {
      Path image = directory.resolve("image" + compress);
      String options = "-o cluster_size=" + clusterSize + ",compression_type=" + type;
      Tool.QEMU_IMG.runWell(
          Stream.of(
                  ("convert -f raw -O qcow2 " + compress + " " + how + " " + options)
                      .strip()
                      .split(" +"),
                  new String[] {disk.toString(), image.toString()})
              .flatMap(Arrays::stream)
              .toArray());
      assertRestored(bytes, RestoreRun.of(image, "--to", target().toString()));
      byte[] stream = Files.readAllBytes(image);
      assertRestored(bytes, stream(stream, "--to", target().toString()));
      RestoreRun piped = stream(stream);
      assertEquals(0, piped.code(), piped.err());
      assertArrayEquals(bytes, piped.out());
      for (int i = 0; i < 12; i++) {
        byte[] cut = Arrays.copyOf(stream, random.nextInt(stream.length - 600));
        assertNoDisk("cut at " + cut.length, stream(cut, "--to", target().toString()));
      }
    }
  }

  static List<byte[]> samples() {
    return List.of(
        StreamableImage.ofClusterBits(9).make("DD..DDZ.A" + ".".repeat(70) + "D"),
        new StreamableImage(2, new Geometry(9, 4), false, false, "").make("DDDD.D"),
        new StreamableImage(3, new Geometry(9, 0), false, false, "")
            .make("D..D" + ".".repeat(64) + "DDD"),
        new StreamableImage(3, new Geometry(9, 6), false, false, "").make("D".repeat(65)),
        new StreamableImage(3, new Geometry(14, 4), true, false, "").make("DHZAD..HD"));
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("samples")
  void streamThatEndsEarlyIsAnErrorWhereverItEnds(byte[] image) throws Exception {
    assertEquals(0, stream(image, "--to", target().toString()).code());
    Files.delete(target());
    int clusterSize = 1 << image[23];
    Random random = new Random(SEED);
    for (int size = 0; size < image.length; ) {
      byte[] cut = Arrays.copyOf(image, size);
      assertNoDisk("cut at " + size, stream(cut, "--to", target().toString()));
      // At each boundary, beside it, and somewhere between.
      int in = size % clusterSize;
      size += in < 2 ? 1 : in == clusterSize - 1 ? 1 : random.nextInt(1, clusterSize - in);
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("samples")
  void whatIsRestoredOfAChangedImageIsWhatQemuReads(byte[] image) throws Exception {
    Random random = new Random(SEED);
    Path file = directory.resolve("changed");
    for (int i = 0; i < 50; i++) {
      byte[] changed = image.clone();
      // Header, refcounts, tables: the first clusters.
      int at = random.nextInt(Math.min(image.length, 8 << (image[23] & 31)));
      changed[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, changed);
      String what = "byte " + at + " -Dseed=" + SEED;
      RestoreRun streamed = stream(changed, "--to", target().toString());
      assertTrue(Set.of(0, 1, 63).contains(streamed.code()), () -> what + streamed);
      if (streamed.code() == 0) {
        assertArrayEquals(convertedByQemu(file), Files.readAllBytes(target()), what);
        Files.delete(target());
        assertFindsNothingWorse(what, file);
      } else {
        assertNoDisk(what, streamed);
      }
      RestoreRun read = RestoreRun.of(file, "--to", target().toString());
      // A stream is refused where something is missing that nobody needs.
      assertTrue(read.code() == 0 || streamed.code() != 0, () -> what + read.err());
      if (read.code() == 0) {
        assertArrayEquals(convertedByQemu(file), Files.readAllBytes(target()), what);
        Files.delete(target());
      } else {
        assertNoDisk(what, read);
      }
    }
  }

  /** Than refcounts that can't be believed, which nobody reads. */
  private static void assertFindsNothingWorse(String what, Path image) {
    CheckRun check = CheckRun.of(image, "--output=json");
    String pair =
        "\"id\": \"([a-z-]*)\",\\s*\"severity\": \"error\",\\s*\"counts-as\": \"corruption\"";
    Matcher ids = Pattern.compile(pair).matcher(check.out());
    while (ids.find()) {
      assertTrue(ids.group(1).startsWith("refcount-"), () -> what + check.out());
      assertNotEquals("refcount-too-low", ids.group(1), () -> what + check.out());
    }
  }

  @Test
  void dataInFrontOfItsTableIsKeptAsFarAsTheCacheGoes() throws Exception {
    byte[] image = tableBehindData();
    RestoreRun kept = stream(image, "--to", target().toString(), "--cache", "8M");
    assertEquals(0, kept.code(), kept.err());
    Path file = Files.write(directory.resolve("image"), image);
    assertArrayEquals(convertedByQemu(file), Files.readAllBytes(target()));
    Files.delete(target());
    DripChannel channel = new DripChannel(image, SEED);
    RestoreRun refused = RestoreRun.ofStream(channel, "--to", target().toString(), "--cache", "4M");
    assertEquals(63, refused.code(), refused.err());
    assertTrue(refused.err().contains("came before the L2 table that names it"), refused.err());
    assertTrue(refused.err().contains("; give a larger --cache, or store"), refused.err());
    assertEquals(0, channel.remaining());
    assertNothingLeft();
  }

  /** Eighty clusters, and the L2 table that names them behind them. */
  private static byte[] tableBehindData() {
    byte[] image = StreamableImage.ofClusterBits(16).make("D".repeat(80));
    ByteBuffer bytes = ByteBuffer.wrap(image);
    int last = image.length - (1 << 16);
    byte[] table = Arrays.copyOfRange(image, 4 << 16, 5 << 16);
    // The table and the last cluster change places.
    System.arraycopy(image, last, image, 4 << 16, 1 << 16);
    System.arraycopy(table, 0, image, last, 1 << 16);
    bytes.putLong(3 << 16, last | 1L << 63);
    bytes.putLong(last + 79 * 8, 4 << 16 | 1L << 63);
    return image;
  }

  @Test
  void standardOutputTakesAnyOrderThatTheCacheHolds() throws Exception {
    byte[] image = StreamableImage.ofClusterBits(16).make("D".repeat(80) + "...Z" + "D");
    ByteBuffer bytes = ByteBuffer.wrap(image);
    // The first cluster of the disk is the last of the file.
    int table = 4 << 16;
    long first = bytes.getLong(table);
    bytes.putLong(table, bytes.getLong(table + 84 * 8)).putLong(table + 84 * 8, first);
    Path file = Files.write(directory.resolve("image"), image);
    RestoreRun kept = stream(image, "--cache", "8M");
    assertEquals(0, kept.code(), kept.err());
    assertArrayEquals(convertedByQemu(file), kept.out());
    RestoreRun refused = stream(image, "--cache", "1M");
    assertEquals(63, refused.code());
    assertTrue(refused.err().contains("not in the order of the disk"), refused.err());
    assertRestored(kept.out(), stream(image, "--cache", "0", "--to", target().toString()));
  }

  @Test
  void whatIsExpectedIsCompared() throws Exception {
    byte[] image = StreamableImage.ofClusterBits(9).make("DD..D");
    Path file = Files.write(directory.resolve("image"), image);
    byte[] disk = RestoreRun.of(file).out();
    String right = "sha256:" + sha256(image);
    String content = "sha256:" + sha256(disk);
    String wrong = "sha256:" + "0".repeat(64);
    String[] all = {"--expect", right, "--expect-content", content, "--expect-size", "2560"};
    assertEquals(0, stream(image, all).code());
    assertEquals(0, RestoreRun.of(file, all).code());
    String[] to = Arrays.copyOf(all, 8);
    to[6] = "--to";
    to[7] = target().toString();
    assertRestored(disk, stream(image, to));
    assertRestored(disk, RestoreRun.of(file, to));
    for (int option : new int[] {1, 3, 5}) {
      String[] other = to.clone();
      other[option] = option == 5 ? "2561" : wrong;
      RestoreRun streamed = stream(image, other);
      assertNoDisk(other[option - 1], streamed);
      assertTrue(streamed.err().contains("expected"), streamed.err());
      assertNoDisk(other[option - 1], RestoreRun.of(file, other));
    }
  }

  @Test
  void fileThatExistsIsReplacedOnlyIfThatIsSaid() throws Exception {
    byte[] image = StreamableImage.ofClusterBits(9).make("D.D");
    Files.writeString(target(), "before");
    RestoreRun refused = stream(image, "--to", target().toString());
    assertEquals(1, refused.code());
    assertTrue(refused.err().contains("say --overwrite"), refused.err());
    assertEquals("before", Files.readString(target()));
    byte[] cut = Arrays.copyOf(image, image.length - 1);
    assertEquals(1, stream(cut, "--overwrite", "--to", target().toString()).code());
    assertEquals("before", Files.readString(target()));
    assertEquals(0, stream(image, "--overwrite", "--to", target().toString()).code());
    assertEquals(3 * 512, Files.size(target()));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(target()), files.toList());
    }
  }

  @Test
  void linkStaysOneAndLeadsToTheNewFile() throws Exception {
    byte[] image = StreamableImage.ofClusterBits(9).make("D.D");
    Files.writeString(target(), "before");
    Path link = Files.createSymbolicLink(directory.resolve("link"), target());
    assertEquals(0, stream(image, "--overwrite", "--to", link.toString()).code());
    assertTrue(Files.isSymbolicLink(link));
    assertEquals(3 * 512, Files.size(target()));
    Path nowhere = Files.createSymbolicLink(directory.resolve("nowhere"), Path.of("missing"));
    assertEquals(1, stream(image, "--to", nowhere.toString()).code());
    assertEquals(1, stream(image, "--to", directory.toString()).code());
    assertEquals(1, stream(image, "--to", "/dev/null").code());
    assertEquals(1, stream(image, "--to", directory.resolve("no/such").toString()).code());
  }

  @Test
  void clustersThatAreClaimedTwiceAreNoDisk() throws Exception {
    byte[] image = StreamableImage.ofClusterBits(9).make("D.D");
    ByteBuffer bytes = ByteBuffer.wrap(image);
    bytes.putLong(4 * 512 + 16, bytes.getLong(4 * 512));
    Path file = Files.write(directory.resolve("image"), image);
    RestoreRun read = RestoreRun.of(file, "--to", target().toString());
    assertNoDisk("file", read);
    assertTrue(read.err().contains("refcount-too-low"), read.err());
    assertNoDisk("stream", stream(image, "--to", target().toString()));
  }

  @Test
  void everyImageOfAChainIsChecked() throws Exception {
    byte[] image = StreamableImage.ofClusterBits(9).make("D.D");
    Path base = Files.write(directory.resolve("base"), image);
    Path top = directory.resolve("top");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", "-b", base.toString(), "-F", "qcow2", top);
    assertRestored(convertedByQemu(top), RestoreRun.of(top, "--follow", "--to", target() + ""));
    ByteBuffer bytes = ByteBuffer.wrap(image);
    // Two clusters of the disk in one of the file, of which the refcount says that it has one user.
    bytes.putLong(4 * 512 + 16, bytes.getLong(4 * 512));
    Files.write(base, image);
    RestoreRun run = RestoreRun.of(top, "--follow", "--to", target() + "");
    assertNoDisk("base", run);
    assertTrue(run.err().contains(base + ": "), run.err());
    assertTrue(run.err().contains("refcount-too-low"), run.err());
  }

  @Test
  void compressedDataThatIsSharedIsNotDecodedForEver() throws Exception {
    byte[] image = StreamableImage.ofClusterBits(16).make("D".repeat(8) + ".".repeat(8000));
    ByteBuffer bytes = ByteBuffer.wrap(image);
    long data = bytes.getLong(4 << 16) & 0x00ff_ffff_ffff_fe00L;
    for (int i = 8; i < 8008; i++) {
      // 64 KiB each, in places that overlap.
      bytes.putLong((4 << 16) + i * 8, 1L << 62 | 127L << 54 | (data + i * 7L));
    }
    assertNoDisk("bomb", stream(image, "--to", target().toString()));
  }

  @Test
  void whatIsNoImageIsReadToItsEnd() throws Exception {
    byte[] noise = new byte[3 << 20];
    new Random(SEED).nextBytes(noise);
    DripChannel channel = new DripChannel(noise, SEED);
    RestoreRun run = RestoreRun.ofStream(channel, "--to", target().toString());
    assertNoDisk("noise", run);
    assertEquals(0, channel.remaining());
    assertTrue(run.err().contains("reading standard input to its end"), run::err);
  }

  @Test
  void progressTellsOfTheStreamAndOfTheDisk() throws Exception {
    byte[] image = StreamableImage.ofClusterBits(16).make("D".repeat(60) + "..");
    RestoreRun run = stream(image, "--progress=json", "--to", target().toString());
    assertTrue(run.err().contains("{\"phase\":\"read\",\"done\":" + image.length), run::err);
    Path file = Files.write(directory.resolve("image"), image);
    RestoreRun read = RestoreRun.of(file, "--progress=json");
    assertTrue(read.err().contains("{\"phase\":\"write\",\"done\":0,\"total\":4063232"), read::err);
    assertTrue(read.err().contains("\"done\":4063232,\"total\":4063232"), read::err);
  }

  @Test
  void wrongArgumentsAreRefused() {
    Path image = directory.resolve("image");
    assertEquals(64, RestoreRun.of(image, "--overwrite").code());
    assertEquals(64, RestoreRun.of(image, "--to", "").code());
    assertEquals(64, RestoreRun.of(image, "--expect", "sha256:12").code());
    assertEquals(64, RestoreRun.of(image, "--expect-size", "many").code());
    assertEquals(64, RestoreRun.of(image, "--cache", "1X").code());
    assertEquals(1, RestoreRun.of(image).code());
    DripChannel channel = new DripChannel(new byte[100_000], SEED);
    assertEquals(64, RestoreRun.ofStream(channel, "--no-such-option").code());
  }

  private Path target() {
    return directory.resolve("restored");
  }

  private void assertRestored(byte[] disk, RestoreRun run) throws IOException {
    assertEquals(0, run.code(), run.err());
    assertArrayEquals(disk, Files.readAllBytes(target()));
    Files.delete(target());
    assertNothingLeft();
  }

  private void assertNoDisk(String what, RestoreRun run) throws IOException {
    assertNotEquals(0, run.code(), what + " -Dseed=" + SEED);
    assertFalse(run.err().contains("report it"), () -> what + ": " + run.err());
    assertNothingLeft();
  }

  private void assertNothingLeft() throws IOException {
    assertFalse(Files.exists(target()));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(
          List.of(),
          files.filter(it -> it.getFileName().toString().startsWith(".qcow2-to-stdout")).toList());
    }
  }

  private byte[] convertedByQemu(Path image) throws IOException, InterruptedException {
    Path raw = directory.resolve("raw");
    Tool.QEMU_IMG.runWell("convert", "-f", "qcow2", "-O", "raw", image, raw);
    byte[] disk = Files.readAllBytes(raw);
    Files.delete(raw);
    return disk;
  }

  private static String sha256(byte[] bytes) throws Exception {
    return java.util.HexFormat.of()
        .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static RestoreRun stream(byte[] image, String... options) {
    return RestoreRun.ofStream(new DripChannel(image, image.length), options);
  }
}
