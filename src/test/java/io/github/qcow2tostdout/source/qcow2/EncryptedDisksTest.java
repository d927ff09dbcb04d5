package io.github.qcow2tostdout.source.qcow2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.luks.LuksKey;
import io.github.qcow2tostdout.luks.WrongKeyException;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.testing.LuksImages;
import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks that QEMU encrypted are read as QEMU reads them. */
@Tag("slow")
class EncryptedDisksTest {
  private static final long SEED = Seeds.seed();
  private static final String SECRET = "a secret, with a comma\n";

  @TempDir Path directory;
  private LuksImages luks;

  @BeforeEach
  void makeKey() throws IOException {
    luks = new LuksImages(Files.writeString(directory.resolve("key"), SECRET));
  }

  private static LuksKey key(String secret) {
    return new LuksKey(secret.getBytes(UTF_8));
  }

  private static ImageAccess withKey(ImageAccess access) {
    return access.withKey(Optional.of(key(SECRET)));
  }

  private static Source open(Path image) throws IOException {
    return ImageOpener.open(image, "qcow2", withKey(Disks.following()));
  }

  private Path written(String options, String... more) throws Exception {
    Path image = luks.create(directory.resolve("image.qcow2"), options, "9M");
    luks.io(
        image,
        "write -P 1 0 1M",
        "write -P 2 2M 300k",
        "write -P 3 5000k 512",
        "write -z 256k 128k",
        "write -P 4 8M 1M");
    luks.io(image, more.length == 0 ? new String[] {"read 0 1k"} : more);
    return image;
  }

  private void assertReads(Path image) throws Exception {
    Path raw = luks.raw(image);
    try (Source source = open(image)) {
      Disks.assertHolds(source, raw);
      Disks.assertReadsAnywhere(source, raw, new Random(SEED));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cluster_size=512",
        "cluster_size=4k,refcount_bits=1",
        "cluster_size=2M",
        "extended_l2=on",
        "compat=0.10",
        "preallocation=metadata",
        "encrypt.cipher-alg=aes-128",
        "encrypt.cipher-alg=aes-256,encrypt.cipher-mode=cbc,encrypt.ivgen-alg=essiv,"
            + "encrypt.ivgen-hash-alg=sha256",
        "encrypt.cipher-alg=aes-128,encrypt.cipher-mode=cbc,encrypt.ivgen-alg=plain64",
        "encrypt.cipher-alg=aes-256,encrypt.cipher-mode=cbc,encrypt.ivgen-alg=plain",
        "encrypt.ivgen-alg=plain",
        "encrypt.hash-alg=sha1",
        "encrypt.hash-alg=sha224",
        "encrypt.hash-alg=sha384",
        "encrypt.hash-alg=sha512"
      })
  void disksAreReadAsQemuReadsThem(String options) throws Exception {
    assertReads(written(options));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "encrypt.hash-alg=ripemd160 hash ripemd160",
        "encrypt.cipher-alg=serpent-256 cipher serpent-xts-plain64",
        "encrypt.cipher-alg=twofish-256,encrypt.cipher-mode=cbc cipher twofish-cbc-plain64"
      })
  void whatTheJdkLacksIsRefusedByName(String row) throws Exception {
    String[] options = row.split(" ", 2);
    Path image = luks.create(directory.resolve("image.qcow2"), options[0], "1M");
    ImageException refused = assertThrows(ImageException.Unsupported.class, () -> open(image));
    assertTrue(refused.getMessage().contains(options[1] + ", which"), refused::getMessage);
  }

  @Test
  void snapshotsAreDecryptedToo() throws Exception {
    Path image = written("cluster_size=64k");
    Path then = luks.raw(image);
    byte[] expected = Files.readAllBytes(then);
    Tool.QEMU_IMG.runWell(
        "snapshot",
        "--object",
        "secret,id=s,file=" + directory.resolve("key"),
        "-c",
        "one",
        "--image-opts",
        "driver=qcow2,encrypt.key-secret=s,file.filename=" + image);
    luks.io(image, "write -P 9 0 3M");
    assertReads(image);
    try (Source source = ImageOpener.open(image, "qcow2", withKey(Disks.ofSnapshot("one")))) {
      assertArrayEquals(expected, Disks.bytes(source));
    }
  }

  @Test
  void allImagesOfAChainAreOpenedWithTheKey() throws Exception {
    Path base = written("cluster_size=4k");
    Path plain = directory.resolve("plain.qcow2");
    Tool.QEMU_IMG.runWell(
        "create", "-q", "-u", "-f", "qcow2", "-b", base, "-F", "qcow2", plain, "9M");
    Path top = directory.resolve("top.qcow2");
    luks.create(top, "backing_file=" + plain + ",backing_fmt=qcow2", "9M");
    String all =
        "driver=qcow2,encrypt.key-secret=s,file.filename="
            + top
            + ",backing.driver=qcow2,backing.file.filename="
            + plain
            + ",backing.backing.driver=qcow2,backing.backing.encrypt.key-secret=s,"
            + "backing.backing.file.filename="
            + base;
    luks.ioOf(all, "write -P 7 100k 1M");
    Path raw = luks.raw(top, all);
    try (Source source = open(top)) {
      Disks.assertHolds(source, raw);
      Disks.assertReadsAnywhere(source, raw, new Random(SEED));
    }
  }

  @Test
  void dataFileIsDecrypted() throws Exception {
    assertReads(written("data_file=" + directory.resolve("data")));
  }

  @Test
  void wrongKeyIsRefused() throws Exception {
    Path image = luks.create(directory.resolve("image.qcow2"), "", "1M");
    for (String wrong : new String[] {SECRET.strip(), SECRET + "\n", "x"}) {
      assertThrows(
          WrongKeyException.class,
          () ->
              ImageOpener.open(
                  image, "qcow2", ImageAccess.DEFAULT.withKey(Optional.of(key(wrong)))));
    }
  }

  @Test
  void headerThatIsCutShortIsRefused() throws Exception {
    Path image = luks.create(directory.resolve("image.qcow2"), "", "1M");
    for (int size : new int[] {0x40000, 0x40001, 0x40250, 0x41000, 0x41000 + 255_999}) {
      Path cut = Files.copy(image, directory.resolve("cut" + size));
      Poke.truncate(cut, size);
      assertThrows(ImageException.Corrupt.class, () -> open(cut), "cut at " + size);
    }
  }

  @Test
  void compressedClusterIsRefused() throws Exception {
    Path image = written("");
    try (FileChannel file =
        FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer word = ByteBuffer.allocate(8);
      file.read(word, 0x30000);
      long table = word.getLong(0) & 0x00ff_ffff_ffff_fe00L;
      file.read(word.clear(), table);
      file.write(word.putLong(0, (word.getLong(0) & ~(1L << 63)) | 1L << 62).rewind(), table);
    }
    try (Source source = open(image)) {
      ImageException refused =
          assertThrows(ImageException.Unsupported.class, () -> Disks.bytes(source));
      assertTrue(refused.getMessage().contains("guest offset 0: the cluster is compressed"));
    }
  }
}
