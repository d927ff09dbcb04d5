package io.github.qcow2tostdout.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.QemuCheck;
import io.github.qcow2tostdout.testing.RealImages;
import io.github.qcow2tostdout.testing.RealImages.Recipe;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What becomes of images that go through {@code dehydrate} and {@code rehydrate}: what is said of
 * them is the same byte for byte.
 */
class DehydrateTest {
  private static final int MUTATIONS = Integer.getInteger("mutations", 8);

  /** What a guest has written, and nobody else does. */
  private static final String SECRET = "a-secret-of-the-guests";

  @TempDir Path directory;
  private Path again;

  @BeforeEach
  void makeDirectory() throws IOException {
    again = Files.createDirectory(directory.resolve("again"));
  }

  static List<Recipe> recipes() {
    return RealImages.all();
  }

  /** Dehydrates an image, and rehydrates it under the same name elsewhere. */
  private Path throughMetadata(Path image, String... options) throws IOException {
    MetadataRun dried = MetadataRun.dehydrate(image, options);
    assertEquals(0, dried.code(), dried::toString);
    assertEquals("", dried.err());
    Path made = again.resolve(image.getFileName());
    MetadataRun wet = MetadataRun.rehydrate(dried.out(), made);
    assertEquals(0, wet.code(), wet::toString);
    assertEquals(Files.size(image), Files.size(made));
    return made;
  }

  /** Puts what becomes of an image in its place, and compares what is said of both. */
  private void assertReportsStay(Path image, String what, String... options) throws IOException {
    ImageReports before = ImageReports.of(image);
    Files.move(throughMetadata(image, options), image, StandardCopyOption.REPLACE_EXISTING);
    ImageReports.of(image).assertSameAs(before, what);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("recipes")
  void reportsOfRealImagesAreTheSame(Recipe recipe) throws Exception {
    Path image = RealImages.make(recipe, directory);
    QemuCheck before = QemuCheck.of(image);
    assertReportsStay(image, recipe.name());
    QemuCheck after = QemuCheck.of(image);
    assertEquals(before.code(), after.code(), () -> before + " " + after);
    assertEquals(before.figures(), after.figures());
  }

  @Tag("slow")
  @Test
  void reportsOfDamagedImagesAreTheSame() throws IOException {
    int number = 0;
    for (byte[] input : FuzzCorpus.inputs()) {
      Path image = directory.resolve("image.qcow2");
      FuzzImage.of(input).write(image);
      String what = number + ": " + HexFormat.of().formatHex(input);
      number++;
      if (MetadataRun.dehydrate(image, "--keep-shared").code() != 0) {
        // No image at all, of which check and dump say the same.
        CheckRun check = CheckRun.of(image);
        assertTrue(check.code() == 63 || check.code() == 1, () -> what + check);
        continue;
      }
      assertReportsStay(image, what, "--keep-shared");
    }
  }

  @Tag("slow")
  @Test
  void reportsOfMutationsAreTheSame() throws Exception {
    for (String name : List.of("cluster-512", "snapshots-512", "bitmaps", "extended-16k")) {
      Recipe recipe = recipes().stream().filter(r -> r.name().equals(name)).findAny().orElseThrow();
      Path original = RealImages.make(recipe, directory);
      Path image = directory.resolve("mutated");
      Random random = new Random(Seeds.seed() + name.hashCode());
      for (int i = 0; i < MUTATIONS; i++) {
        Files.copy(original, image, StandardCopyOption.REPLACE_EXISTING);
        long place = random.nextLong(Math.min(Files.size(image), 64 << 10)) & -8;
        Poke.hex(image, place, String.format("%016x", random.nextLong(Files.size(image)) & -512));
        MetadataRun dried = MetadataRun.dehydrate(image, "--keep-shared");
        if (dried.code() == 0) {
          assertReportsStay(
              image, name + " at " + place + " -Dseed=" + Seeds.seed(), "--keep-shared");
        }
      }
    }
  }

  private Path withSecrets(String options) throws Exception {
    Path disk = directory.resolve("disk.raw");
    StringBuilder bytes = new StringBuilder();
    while (bytes.length() < 1 << 20) {
      bytes.append(SECRET);
    }
    Files.writeString(disk, bytes, ISO_8859_1);
    Path image = directory.resolve("secret.qcow2");
    Tool.QEMU_IMG.runWell("convert", "-O", "qcow2", "-o", options, disk, image);
    return image;
  }

  @Test
  void noByteOfTheGuestIsInIt() throws Exception {
    Path image = withSecrets("cluster_size=4k");
    Tool.QEMU_IMG.runWell("snapshot", "-c", "name-of-a-snapshot", image);
    Tool.QEMU_IMG.runWell("bitmap", "--add", image, "name-of-a-bitmap");
    assertTrue(new String(Files.readAllBytes(image), ISO_8859_1).contains(SECRET));
    MetadataRun dried = MetadataRun.dehydrate(image);
    assertEquals(0, dried.code(), dried::toString);
    Path made = again.resolve("made");
    assertEquals(0, MetadataRun.rehydrate(dried.out(), made).code());
    String bytes = new String(Files.readAllBytes(made), ISO_8859_1);
    assertFalse(bytes.contains(SECRET.substring(0, 4)));
    assertTrue(bytes.contains("name-of-a-snapshot"));
    assertTrue(bytes.contains("name-of-a-bitmap"));
  }

  @Test
  void namesAreBlankedAndStayAsLongAsTheyWere() throws Exception {
    Path base = directory.resolve("name-of-a-base");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "raw", base, "1M");
    Path image = directory.resolve("named.qcow2");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", "-b", base, "-F", "raw", image);
    for (String name : List.of("name-of-a-1", "name-of-b-1", "name-of-a-snapshot")) {
      Tool.QEMU_IMG.runWell("snapshot", "-c", name, image);
      Tool.QEMU_IMG.runWell("bitmap", "--add", image, name);
    }
    Path made = throughMetadata(image, "--blank-names");
    assertFalse(new String(Files.readAllBytes(made), ISO_8859_1).contains("name"));
    String dump = DumpRun.of(made).out();
    for (String name : List.of("----------0", "----------1", "-----------------0")) {
      assertTrue(dump.contains("'" + name + "'"), dump);
    }
    assertEquals(CheckRun.of(image).out(), CheckRun.of(made).out());
  }

  @Test
  void whatIsTableAndDataIsRefusedUnlessItIsAskedFor() throws Exception {
    Path image = withSecrets("cluster_size=64k");
    // The first entry of the first L2 table leads to that table.
    long table = 4 * 65536;
    Poke.hex(image, table, String.format("%016x", 0x8000_0000_0000_0000L | table));
    MetadataRun refused = MetadataRun.dehydrate(image);
    assertEquals(1, refused.code());
    assertEquals(0, refused.out().length);
    assertTrue(refused.err().contains("1 L2 entries lead to what is metadata too"), refused.err());
    assertTrue(refused.err().contains("byte " + table), refused.err());
    assertReportsStay(image, "shared", "--keep-shared");
  }

  @Test
  void theKeysOfAnEncryptedImageStay() throws Exception {
    byte[] input = {12};
    Path image = directory.resolve("luks.qcow2");
    FuzzImage.of(input).write(image);
    String header = new String(Files.readAllBytes(image), ISO_8859_1);
    assertTrue(header.contains("xts-plain64"));
    Path made = throughMetadata(image);
    String bytes = new String(Files.readAllBytes(made), ISO_8859_1);
    assertTrue(bytes.contains("LUKS"));
    assertFalse(bytes.contains("xts-plain64"));
    assertReportsStay(image, "luks");
  }

  @Test
  void metadataOfALargeDiskIsSmall() throws Exception {
    Path image = directory.resolve("large.qcow2");
    Tool.QEMU_IMG.runWell(
        "create", "-q", "-f", "qcow2", "-o", "preallocation=metadata", image, "64G");
    MetadataRun dried = MetadataRun.dehydrate(image);
    assertEquals(0, dried.code(), dried::toString);
    assertTrue(dried.out().length < 64 << 10, dried::toString);
  }

  @Test
  void metadataThatIsDamagedIsRefusedAndLeavesNothing() throws Exception {
    Path image = directory.resolve("image.qcow2");
    FuzzImage.of(new byte[] {2}).write(image);
    byte[] metadata = MetadataRun.dehydrate(image).out();
    Path made = again.resolve("made");
    for (int size = 0; size < metadata.length; size++) {
      MetadataRun run = MetadataRun.rehydrate(Arrays.copyOf(metadata, size), made);
      assertEquals(1, run.code(), size + run.toString());
      assertFalse(run.err().contains("report it"), run::toString);
      assertFalse(Files.exists(made));
    }
    MetadataRun.rehydrate(metadata, made);
    byte[] right = Files.readAllBytes(made);
    Files.delete(made);
    Random random = new Random(Seeds.seed());
    for (int i = 0; i < 500; i++) {
      byte[] damaged = metadata.clone();
      // What gzip says of time, system and flags does not matter.
      int at = 10 + random.nextInt(metadata.length - 10);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      MetadataRun run = MetadataRun.rehydrate(damaged, made);
      assertFalse(run.err().contains("report it"), run::toString);
      if (run.code() == 0) {
        // The same bytes can be compressed in several ways.
        assertArrayEquals(right, Files.readAllBytes(made), at + " -Dseed=" + Seeds.seed());
        Files.delete(made);
      }
      assertFalse(Files.exists(made));
    }
  }

  @Test
  void moreThanTheLimitIsRefusedBeforeAnythingIsWritten() throws Exception {
    Path image = directory.resolve("image.qcow2");
    FuzzImage.of(new byte[] {2}).write(image);
    byte[] metadata = MetadataRun.dehydrate(image).out();
    Path made = again.resolve("made");
    MetadataRun run = MetadataRun.rehydrate(metadata, made, "--limit", "1K");
    assertEquals(1, run.code());
    assertTrue(run.err().contains("more than 1024; if you trust it, say --limit "), run.err());
    assertFalse(Files.exists(made));
  }

  @Test
  void whatIsNoMetadataIsRefusedByName() throws Exception {
    Path made = again.resolve("made");
    MetadataRun run = MetadataRun.rehydrate("QFI\u00fb".getBytes(UTF_8), made);
    assertEquals(1, run.code());
    assertTrue(run.err().contains("it is not what dehydrate writes"), run.err());
  }
}
