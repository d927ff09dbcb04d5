package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.DripChannel;
import io.github.qcow2tostdout.testing.InProcess;
import io.github.qcow2tostdout.testing.RealImages;
import io.github.qcow2tostdout.testing.RealImages.Recipe;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.testing.StreamableImage;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An image that flows by gets the answers that it gets as a file, or is refused by name. */
class CheckOfStreamsTest {
  private static final long SEED = Seeds.seed();
  private static final String REFUSED = "not a streamable layout";

  @TempDir Path directory;
  private int lastCode;

  /** A small image. */
  record Sample(String name, byte[] image) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Sample sample(
      String name, int version, int clusterBits, int order, boolean extended, String guest) {
    return new Sample(
        name,
        new StreamableImage(version, new Geometry(clusterBits, order), extended, false, "")
            .make(guest));
  }

  /** Images of which every byte of the metadata can be changed in a short time. */
  static List<Sample> samples() {
    return List.of(
        sample("plain", 3, 9, 4, false, "DD..DDZ.A" + ".".repeat(70) + "D"),
        sample("version 2", 2, 9, 4, false, "DDDD.D"),
        sample("1 bit", 3, 9, 0, false, "D..D" + ".".repeat(64) + "DDD"),
        sample("64 bits", 3, 9, 6, false, "D".repeat(65)),
        sample("empty disk", 3, 9, 4, false, ""),
        new Sample(
            "backing file",
            new StreamableImage(3, new Geometry(10, 4), false, true, "base.qcow2").make("ADZ.D")));
  }

  /** Everything that the conversion can emit, of a disk with holes. */
  static Stream<ImageOptions> conversions() {
    List<ImageOptions> all = new ArrayList<>();
    for (int bits = 9; bits <= 21; bits++) {
      all.add(new ImageOptions(new Geometry(bits, 4), 3, false, Optional.empty()));
    }
    for (int order = 0; order <= 6; order++) {
      all.add(new ImageOptions(new Geometry(9, order), 3, true, Optional.empty()));
    }
    for (boolean raw : new boolean[] {false, true}) {
      Optional<ImageOptions.DataFile> file = Optional.of(new ImageOptions.DataFile("disk", raw));
      all.add(new ImageOptions(new Geometry(9, 4), 3, false, file));
      all.add(new ImageOptions(new Geometry(16, 4), 3, false, file));
    }
    all.add(new ImageOptions(new Geometry(9, 4), 2, false, Optional.empty()));
    all.add(new ImageOptions(new Geometry(16, 4), 2, false, Optional.empty()));
    Optional<ImageOptions.BackingFile> backing =
        Optional.of(new ImageOptions.BackingFile("base.qcow2", "qcow2"));
    for (int bits : new int[] {14, 16, 21}) {
      Geometry extended = new Geometry(bits, 4, true);
      all.add(new ImageOptions(extended, 3, false, Optional.empty()));
      all.add(new ImageOptions(extended, 3, false, Optional.empty(), backing));
    }
    Optional<ImageOptions.DataFile> file = Optional.of(new ImageOptions.DataFile("disk", false));
    all.add(new ImageOptions(new Geometry(16, 4, true), 3, false, file));
    all.add(new ImageOptions(new Geometry(9, 4), 3, false, Optional.empty(), backing));
    return all.stream();
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("conversions")
  void whatIsConvertedIsChecked(ImageOptions options) throws Exception {
    Path disk = directory.resolve("disk");
    DiskRecipe.hole(40 << 20)
        .data(0, 3)
        .data(1 << 20, 3 << 20)
        .zeroes(8 << 20, 3 << 20)
        .dataEvery(5 << 20)
        .data((40 << 20) - 1, 1)
        .make(disk);
    Path image = directory.resolve("image");
    InProcess.convert(disk, options, image);
    assertChecked(Files.readAllBytes(image));
    if (options.version() == 3 && !options.rawDataFile()) {
      Files.delete(image);
      InProcess.convertKeepingZeroes(disk, options, image);
      assertChecked(Files.readAllBytes(image));
    }
    if (options.backing().isPresent()) {
      Path base = directory.resolve("base");
      DiskRecipe.hole(40 << 20).data(2 << 20, 8 << 20).make(base);
      Files.delete(image);
      InProcess.delta(disk, base, options, image);
      assertChecked(Files.readAllBytes(image));
    }
  }

  private void assertChecked(byte[] image) throws IOException {
    assertTrue(assertSame("whole", image, "--strict", "--deep", "--output=json", "-M"), "refused");
    assertEquals(0, lastCode);
    byte[] longer = Arrays.copyOf(image, image.length + 100_000);
    assertTrue(assertSame("and more", longer, "--untrusted"), "refused");
    Random random = new Random(SEED);
    for (int i = 0; i < 10; i++) {
      byte[] cut = Arrays.copyOf(image, random.nextInt(1, image.length));
      String what = "cut at " + cut.length;
      assertTrue(assertSame(what, cut, "--strict", "--output=json", "-M"), "refused");
      assertNotEquals(0, lastCode, what);
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("samples")
  void cutAtAnyByteGivesTheAnswersOfTheFile(Sample sample) throws Exception {
    int tables = tables(sample.image);
    for (int size = 0; size < sample.image.length; size += size < tables ? 1 : 61) {
      byte[] cut = Arrays.copyOf(sample.image, size);
      assertTrue(assertSame("cut at " + size, cut, "--output=json", "--strict"), "refused");
      assertNotEquals(0, lastCode, "cut at " + size);
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("samples")
  void anyByteOfTheMetadataChangedGivesTheAnswersOfTheFile(Sample sample) throws Exception {
    byte[] image = sample.image;
    Random random = new Random(SEED);
    int refused = 0;
    int changes = 0;
    for (int at = 0; at < tables(image); at++) {
      for (int bits : new int[] {1 << random.nextInt(Byte.SIZE), image[at] == 0 ? 0 : 0xff}) {
        if (bits != 0) {
          image[at] ^= (byte) bits;
          refused += assertSame("byte " + at + " with " + bits, image, "--output=json") ? 0 : 1;
          image[at] ^= (byte) bits;
          changes++;
        }
      }
    }
    // A table, or a block, that is said to be where it can't be waited for.
    int some = refused;
    assertTrue(refused < changes / 50, () -> some + " refused");
  }

  /** Bytes of a sample up to its first data, and of its disk's first cluster. */
  private static int tables(byte[] image) {
    ByteBuffer header = ByteBuffer.wrap(image);
    int clusterSize = 1 << header.getInt(20);
    int tables = header.getInt(44) + (Math.ceilDiv(header.getInt(36), 64) + 2) * clusterSize;
    return Math.min(image.length, tables);
  }

  /** Extended L2 entries take clusters of 16 KiB. */
  @Tag("slow")
  @Test
  void damagedExtendedEntriesGetTheAnswersOfTheFile() throws Exception {
    byte[] image = sample("extended", 3, 14, 4, true, "DHZAD..H" + ".".repeat(1024) + "DH").image();
    assertSame("extended", image, "--strict", "--output=json", "-M");
    assertEquals(0, stream(image, "--strict").code());
    Random random = new Random(SEED);
    for (int i = 0; i < 300; i++) {
      // Header, refcount table and blocks, L1 table, L2 tables: the first bytes of each.
      int at = random.nextInt(6) * (1 << 14) + random.nextInt(140);
      byte[] changed = image.clone();
      changed[at] ^= (byte) (1 << random.nextInt(8));
      assertSame("byte " + at, changed, "--output=json", "-M");
      byte[] cut = Arrays.copyOf(image, random.nextInt(image.length));
      assertSame("cut at " + cut.length, cut, "--strict");
    }
  }

  static List<Recipe> recipes() {
    return RealImages.all().stream().filter(r -> !r.name().equals("large")).toList();
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("recipes")
  void imagesOfQemuGetTheAnswersOfTheFileWhereTablesComeFirst(Recipe recipe) throws Exception {
    byte[] image = Files.readAllBytes(RealImages.make(recipe, directory));
    boolean checked = assertSame(recipe.name(), image, "--strict", "--deep", "--output=json", "-M");
    assertEquals(!RealImages.NOT_STREAMABLE.contains(recipe.name()), checked, recipe.name());
  }

  /** L2 tables lie between the data there, and share the clusters of data that came before. */
  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"512, zlib", "4k, zlib", "4k, zstd", "64k, zlib", "64k, zstd", "2M, zlib"})
  void compressedClustersAreDecodedAsTheyGoBy(String clusterSize, String type) throws Exception {
    Path disk = directory.resolve("disk");
    Random random = new Random(SEED);
    byte[] bytes = new byte[3 << 20];
    for (int i = 0; i < bytes.length; i++) {
      // Text, noise, runs: of each some.
      bytes[i] = (byte) random.nextInt(1 + (i >> 12 & 7) * (i >> 12 & 7) * 5);
    }
    Files.write(disk, bytes);
    Path image = directory.resolve("image");
    Tool.QEMU_IMG.runWell(
        "convert",
        "-c",
        "-f",
        "raw",
        "-O",
        "qcow2",
        "-o",
        "cluster_size=" + clusterSize + ",compression_type=" + type,
        disk,
        image);
    byte[] good = Files.readAllBytes(image);
    assertTrue(assertSame("good", good, "--deep", "--strict", "--output=json", "-M"));
    assertEquals(0, lastCode);
    int damaged = 0;
    for (int i = 0; i < 60; i++) {
      byte[] changed = good.clone();
      int at = random.nextInt(good.length);
      changed[at] ^= (byte) (1 + random.nextInt(255));
      boolean checked = assertSame("byte " + at, changed, "--deep", "--strict", "--output=json");
      damaged += checked && lastCode == 2 ? 1 : 0;
      byte[] cut = Arrays.copyOf(good, random.nextInt(good.length));
      assertSame("cut at " + cut.length, cut, "--deep", "--strict", "--output=json");
    }
    // Most bytes are noise, which is stored as it is, and neither format has a checksum over it.
    assertTrue(damaged > 3, damaged + " of 60");
  }

  /** More data than is held at a time. */
  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"4k", "512k"})
  void compressedDataOfManyMebibytesIsDecoded(String clusterSize) throws Exception {
    Path disk = directory.resolve("disk");
    byte[] text = new byte[40 << 20];
    Random random = new Random(SEED);
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) ('a' + random.nextInt(16));
    }
    Files.write(disk, text);
    Path image = directory.resolve("image");
    String options = "cluster_size=" + clusterSize;
    Tool.QEMU_IMG.runWell("convert", "-c", "-f", "raw", "-O", "qcow2", "-o", options, disk, image);
    byte[] good = Files.readAllBytes(image);
    assertTrue(good.length > 16 << 20, good.length + " bytes");
    assertTrue(assertSame("good", good, "--deep", "--strict"));
    assertEquals(0, lastCode);
    for (int i = 0; i < 30; i++) {
      good[random.nextInt(good.length)] ^= 0x55;
    }
    // A byte of a table may be among them, by which the stream is refused.
    if (assertSame("damaged", good, "--deep", "--strict", "--output=json")) {
      assertEquals(2, lastCode);
    }
  }

  @Test
  void moreCompressedDataThanThereAreBytesIsNotDecodedForEver() {
    byte[] image = StreamableImage.ofClusterBits(16).make("D".repeat(8) + ".".repeat(8000));
    ByteBuffer bytes = ByteBuffer.wrap(image);
    long data = bytes.getLong(4 << 16) & 0x00ff_ffff_ffff_fe00L;
    for (int i = 8; i < 8008; i++) {
      // 64 KiB each, in places that overlap.
      bytes.putLong((4 << 16) + i * 8, 1L << 62 | 127L << 54 | (data + i * 7L));
    }
    CheckRun run = stream(image, "--deep", "--strict", "--output=json");
    assertEquals(2, run.code());
    assertTrue(run.out().contains("\"not-decoded\": "), "all of it was decoded");
    assertTrue(run.out().contains("more compressed data than the file has bytes"), "why not");
  }

  @Test
  void compressedDataThatIsGoneWhenItsTableComesIsRefusedOnlyIfItIsWanted() throws Exception {
    // The L2 table behind the data.
    byte[] image = StreamableImage.ofClusterBits(16).make("D".repeat(100));
    ByteBuffer bytes = ByteBuffer.wrap(image);
    int moved = image.length - (1 << 16);
    bytes.putLong(3 << 16, moved | 1L << 63);
    bytes.put(moved, image, 4 << 16, 1 << 16).putLong(moved, 1L << 62 | 5 << 16);
    assertTrue(assertSame("tables", image, "--strict", "--output=json", "-M"));
    CheckRun deep = stream(image, "--deep");
    assertEquals(63, deep.code());
    String why = "with --deep: compressed data at byte 327680 comes long before its L2 table at";
    assertTrue(deep.err().contains(why), deep::err);
  }

  @Test
  void refusalNamesWhatIsWhereAndTakesAllOfTheStream() {
    // The L1 table behind the L2 tables: where the data was.
    byte[] image = StreamableImage.ofClusterBits(9).make("DD.D");
    ByteBuffer header = ByteBuffer.wrap(image);
    long l1 = header.getLong(40);
    int moved = image.length - 512;
    header.putLong(40, moved).putLong(moved, header.getLong((int) l1));
    DripChannel channel = new DripChannel(image, SEED);
    CheckRun run = CheckRun.ofStream(channel);
    assertEquals(63, run.code());
    assertEquals("", run.out());
    assertEquals(
        "qcow2-to-stdout: standard input: not a streamable layout: L2 table of L1 entry 0 at byte"
            + " 2048 comes before the L1 table at byte "
            + moved
            + "; store the stream in a file and check that\n",
        run.err());
    assertEquals(0, channel.remaining());
  }

  @Test
  void whatIsNoImageIsReadToItsEndToo() {
    byte[] noise = new byte[20 << 20];
    new Random(SEED).nextBytes(noise);
    DripChannel channel = new DripChannel(noise, SEED);
    CheckRun run = CheckRun.ofStream(channel);
    assertEquals(63, run.code());
    assertEquals(0, channel.remaining());
    assertTrue(run.err().contains("standard input: not a qcow2 image: it starts with "), run::err);
    assertTrue(run.err().contains("reading standard input to its end"), run::err);
  }

  @Test
  void jsonFitsTheSchema() {
    byte[] image = StreamableImage.ofClusterBits(16).make("DD.ZA");
    CheckRun run = stream(image, "--output=json", "-M", "--untrusted");
    CheckSchema.check(run.out());
    assertTrue(run.out().contains("\"filename\": \"-\""), run::out);
  }

  /** QEMU puts the L2 table right behind the header then. */
  @Test
  void tableBeforeItsTableIsTheReason() throws Exception {
    List<List<String>> make =
        List.of(
            List.of(
                "qemu-img",
                "create",
                "-q",
                "-f",
                "qcow2",
                "-o",
                "preallocation=falloc",
                "IMG",
                "8M"));
    byte[] image = Files.readAllBytes(RealImages.make(new Recipe("falloc", make), directory));
    assertTrue(stream(image).err().contains("comes before the refcount table at byte 262144"));
    CheckRun deep = stream(image, "--deep");
    assertEquals(63, deep.code());
    assertTrue(
        deep.err().contains("L1 entry 0 at byte 65536 comes before the L1 table at byte 196608"),
        deep::err);
  }

  @Test
  void refusedImageHasTheFindingsOfTheFile() throws IOException {
    byte[] image = StreamableImage.ofClusterBits(16).make("D".repeat(100));
    image[72] = (byte) 0x80;
    assertTrue(assertSame("feature", image, "--untrusted", "--output=json"));
    assertEquals(1, lastCode);
    image[23] = 3;
    assertTrue(assertSame("cluster size", image, "--untrusted"));
    assertEquals(1, lastCode);
    assertTrue(assertSame("cut", Arrays.copyOf(image, 100), "--untrusted"));
    assertTrue(assertSame("feature", image));
  }

  @Test
  void progressKnowsTheSizeFromTheRefcounts() {
    byte[] image = StreamableImage.ofClusterBits(16).make("D".repeat(600));
    CheckRun run = stream(image, "--progress=json");
    List<String> lines = run.err().lines().filter(l -> l.contains("\"read\"")).toList();
    String total = "\"total\":" + image.length + ",";
    assertTrue(lines.size() >= 2, run::err);
    String start = "{\"phase\":\"read\",\"done\":0,\"total\":null,\"bytes_per_second\":0}";
    assertEquals(start, lines.getFirst());
    assertTrue(
        lines.stream().allMatch(l -> l.contains(total) || l.contains("\"total\":null,")), run::err);
    assertTrue(lines.getLast().contains("\"done\":" + image.length + ","), run::err);
    assertTrue(run.err().contains("{\"phase\":\"check\","), run::err);
  }

  /** Whether the stream was checked, with the answers of the file; if not it has to be refused. */
  private boolean assertSame(String what, byte[] image, String... options) throws IOException {
    Path file = directory.resolve("checked");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.truncate(image.length).write(ByteBuffer.wrap(image), 0);
    }
    CheckRun expected = CheckRun.of(file, options);
    CheckRun actual = stream(image, options);
    if (actual.err().contains(REFUSED)) {
      assertEquals(63, actual.code(), actual::err);
      assertEquals("", actual.out());
      return false;
    }
    lastCode = actual.code();
    assertEquals(expected.code(), actual.code(), () -> what + " -Dseed=" + SEED + actual);
    assertEquals(
        expected.out().replace("\"" + file + "\"", "\"-\""),
        actual.out(),
        () -> what + " -Dseed=" + SEED + actual);
    String err = actual.err().replaceFirst("\n.*reading standard input to its end.*\n", "\n");
    assertEquals(
        expected.err().replace(file + ":", "standard input:"), err, () -> what + " -Dseed=" + SEED);
    return true;
  }

  private static CheckRun stream(byte[] image, String... options) {
    return CheckRun.ofStream(new DripChannel(image, image.length), options);
  }
}
