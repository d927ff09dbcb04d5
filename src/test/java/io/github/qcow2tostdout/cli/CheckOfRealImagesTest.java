package io.github.qcow2tostdout.cli;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.testing.LuksImage;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.QemuCheck;
import io.github.qcow2tostdout.testing.RealImages;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Images as they are made every day: the same verdict, the same figures, nothing to complain of.
 */
class CheckOfRealImagesTest {
  @TempDir Path directory;

  static List<RealImages.Recipe> recipes() {
    return RealImages.all();
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("recipes")
  void figuresAreThoseOfQemu(RealImages.Recipe recipe) throws Exception {
    Path image = RealImages.make(recipe, directory);
    QemuCheck qemu = QemuCheck.of(image);
    CheckRun ours = CheckRun.of(image, "--output=json");
    assertEquals(qemu.code(), ours.code(), ours::toString);
    assertEquals(qemu.figures(), QemuCheck.figures(ours.out()), ours::toString);
    assertEquals("", ours.err());
    assertFalse(ours.out().contains("\"error\""), ours::out);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("recipes")
  void reportFitsTheSchema(RealImages.Recipe recipe) throws Exception {
    Path image = RealImages.make(recipe, directory);
    CheckSchema.check(CheckRun.of(image, "--output=json", "-M").out());
    Poke.truncate(image, Files.size(image) / 2);
    CheckRun cut = CheckRun.of(image, "--output=json", "-M");
    if (!cut.out().isEmpty()) {
      CheckSchema.check(cut.out());
    }
  }

  @Tag("slow")
  @Test
  void encryptedImageNeedsNoKey() throws Exception {
    Path image = LuksImage.make(directory.resolve("luks.qcow2"));
    Outcome qemu = withKey(image);
    assertEquals(0, qemu.code(), qemu::toString);
    CheckRun ours = CheckRun.of(image, "--output=json", "-M", "--strict");
    assertEquals(0, ours.code(), ours::toString);
    assertEquals(QemuCheck.figures(qemu.out()), figures(ours.out()));
    CheckSchema.check(ours.out());
    assertTrue(ours.out().contains("\"crypt-header\""));
    // The extension's data is at byte 120: offset and length.
    long header = ByteBuffer.wrap(Files.readAllBytes(image)).getLong(120);
    assertRefused(image, header, "00", "Volume is not in LUKS format");
    assertRefused(image, header + 6, "0002", "LUKS version 2 is not supported");
    assertRefused(image, 120, "0000000000000000", "Volume is not in LUKS format");
    assertRefused(image, 120, "0000000010000000", "Volume is not in LUKS format");
    String outside = "Request for data outside of extension header";
    assertRefused(image, 128, "0000000000000000", outside);
    assertRefused(image, 128, "000000000000024f", outside);
    Poke.hex(image, 128, "8000000000000000");
    assertEquals(3, withKey(image).code());
    assertEquals(3, CheckRun.of(image).code());
  }

  /** With a key by QEMU, and without one by us, as a file and as a stream. */
  private void assertRefused(Path image, long at, String hex, String reason) throws Exception {
    Path damaged = Files.copy(image, directory.resolve("damaged"), REPLACE_EXISTING);
    Poke.hex(damaged, at, hex);
    Outcome qemu = withKey(damaged);
    assertEquals(1, qemu.code(), qemu::toString);
    assertTrue(qemu.err().contains(reason), qemu::err);
    CheckRun ours = CheckRun.of(damaged);
    assertEquals(1, ours.code(), ours::toString);
    assertTrue(ours.err().contains(reason), ours::err);
    try (FileChannel in = FileChannel.open(damaged)) {
      assertEquals(1, CheckRun.ofStream(in).code());
    }
  }

  private static Outcome withKey(Path image) throws IOException, InterruptedException {
    return Tool.QEMU_IMG.run(
        "check",
        "--output=json",
        "--object",
        "secret,id=s,data=x",
        "--image-opts",
        "driver=qcow2,encrypt.format=luks,encrypt.key-secret=s,file.filename=" + image);
  }

  /** Parts that are halves of a hundredth are rounded to even, as C does. */
  @ParameterizedTest
  @ValueSource(strings = {"10M", "50M", "20M", "30M", "2M"})
  void percentagesAreThoseOfQemu(String size) throws Exception {
    List<String> create = List.of("qemu-img", "create", "-q", "-f", "qcow2", "IMG", size);
    List<String> write = List.of("qemu-io", "-c", "write 0 64k", "IMG");
    Path image = RealImages.make(new RealImages.Recipe("p", List.of(create, write)), directory);
    assertEquals(Tool.QEMU_IMG.run("check", image).out(), CheckRun.of(image).out());
  }

  @ParameterizedTest
  @CsvSource({"512,1", "512,64", "64K,16", "64K,8", "2M,16", "2M,2"})
  void imageOfTheConversionIsClean(String clusterSize, String refcountBits) throws Exception {
    Path disk = directory.resolve("disk.raw");
    byte[] bytes = new byte[3_000_000];
    Arrays.fill(bytes, 700_000, 900_000, (byte) 7);
    Arrays.fill(bytes, 2_999_000, 3_000_000, (byte) 7);
    Files.write(disk, bytes);
    Path image = directory.resolve("disk.qcow2");
    try (FileChannel out =
        FileChannel.open(image, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      int code =
          new Application(new StandardStreams(out, System.err, false, false))
              .run("-c", clusterSize, "-r", refcountBits, disk.toString());
      assertEquals(0, code);
    }
    QemuCheck qemu = QemuCheck.of(image);
    CheckRun ours = CheckRun.of(image, "--output=json", "--strict");
    assertEquals(0, ours.code(), ours::toString);
    assertEquals(qemu.figures(), QemuCheck.figures(ours.out()));
    assertTrue(ours.out().contains("\"findings\": [ ]") || ours.out().contains("\"findings\": []"));
  }

  /** The figures before the metadata. */
  private static Map<String, Long> figures(String json) {
    return QemuCheck.figures(json.substring(0, json.indexOf("\"viscera\"")));
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("recipes")
  void textIsThatOfQemu(RealImages.Recipe recipe) throws Exception {
    Path image = RealImages.make(recipe, directory);
    Outcome qemu = Tool.QEMU_IMG.run("check", image);
    CheckRun ours = CheckRun.of(image);
    assertTrue(ours.out().startsWith(qemu.out()), () -> ours.out() + " instead of " + qemu.out());
  }
}
