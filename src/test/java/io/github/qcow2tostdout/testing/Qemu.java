package io.github.qcow2tostdout.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What QEMU says of an image. */
public final class Qemu {
  private static final Pattern END =
      Pattern.compile("\"image-end-offset\": (\\d+)", Pattern.CASE_INSENSITIVE);

  private Qemu() {}

  /**
   * Asserts that {@code qemu-img check} finds nothing, neither corruption nor leak.
   *
   * @return where the check says that the image ends
   */
  public static long assertClean(Path image) throws IOException, InterruptedException {
    Outcome check = Tool.QEMU_IMG.run("check", "-f", "qcow2", "--output=json", image);
    assertEquals(0, check.code(), check::toString);
    assertEquals("", check.err());
    assertTrue(check.out().contains("\"check-errors\": 0"), check::out);
    assertFalse(check.out().contains("\"corruptions\""), check::out);
    assertFalse(check.out().contains("\"leaks\""), check::out);
    Matcher end = END.matcher(check.out());
    assertTrue(end.find(), check::out);
    return Long.parseLong(end.group(1));
  }

  /** Asserts that an image has the size and the bytes of a raw disk. */
  public static void assertIdentical(Path raw, Path image)
      throws IOException, InterruptedException {
    Outcome compare = Tool.QEMU_IMG.run("compare", "-f", "raw", "-F", "qcow2", raw, image);
    assertEquals(0, compare.code(), compare::toString);
    // A difference in size, if all there is zero, is a line of warning.
    assertEquals("Images are identical.\n", compare.out());
    assertEquals("", compare.err());
  }

  /** Runs commands of qemu-io on an image, all of which have to succeed; discards unmap. */
  public static void io(Path image, List<String> commands)
      throws IOException, InterruptedException {
    List<Object> arguments = new ArrayList<>(List.of("-f", "qcow2", "-d", "unmap"));
    for (String command : commands) {
      arguments.add("-c");
      arguments.add(command);
    }
    arguments.add(image);
    Tool.QEMU_IO.runWell(arguments.toArray());
  }
}
