package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.QemuCheck;
import io.github.qcow2tostdout.testing.RealImages;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Images as they are made every day: the same verdict, the same figures, nothing to complain of.
 */
class CheckOfRealImagesTest {
  @TempDir Path directory;

  static List<RealImages.Recipe> recipes() {
    return RealImages.all();
  }

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

  @Test
  void encryptedImageNeedsNoKey() throws Exception {
    // It measures the processor, and now and then gives up on it.
    String create =
        "for attempt in $(seq 20); do"
            + " qemu-img create -q --object secret,id=s,data=x -f qcow2 -o encrypt.format=luks,"
            + "encrypt.key-secret=s,encrypt.iter-time=10 IMG 8M && exit 0; done; exit 1";
    Path image =
        RealImages.make(
            new RealImages.Recipe("luks", List.of(List.of("sh", "-c", create))), directory);
    Outcome qemu =
        Tool.QEMU_IMG.run(
            "check",
            "--output=json",
            "--object",
            "secret,id=s,data=x",
            "--image-opts",
            "driver=qcow2,encrypt.format=luks,encrypt.key-secret=s,file.filename=" + image);
    assertEquals(0, qemu.code(), qemu::toString);
    CheckRun ours = CheckRun.of(image, "--output=json", "-M", "--strict");
    assertEquals(0, ours.code(), ours::toString);
    assertEquals(QemuCheck.figures(qemu.out()), figures(ours.out()));
    CheckSchema.check(ours.out());
    assertTrue(ours.out().contains("\"crypt-header\""));
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

  @ParameterizedTest
  @MethodSource("recipes")
  void textIsThatOfQemu(RealImages.Recipe recipe) throws Exception {
    Path image = RealImages.make(recipe, directory);
    Outcome qemu = Tool.QEMU_IMG.run("check", image);
    CheckRun ours = CheckRun.of(image);
    assertTrue(ours.out().startsWith(qemu.out()), () -> ours.out() + " instead of " + qemu.out());
  }
}
