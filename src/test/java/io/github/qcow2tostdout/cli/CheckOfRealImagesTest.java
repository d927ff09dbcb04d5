package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.QemuCheck;
import io.github.qcow2tostdout.testing.RealImages;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
  void textIsThatOfQemu(RealImages.Recipe recipe) throws Exception {
    Path image = RealImages.make(recipe, directory);
    Outcome qemu = Tool.QEMU_IMG.run("check", image);
    CheckRun ours = CheckRun.of(image);
    assertTrue(ours.out().startsWith(qemu.out()), () -> ours.out() + " instead of " + qemu.out());
  }
}
