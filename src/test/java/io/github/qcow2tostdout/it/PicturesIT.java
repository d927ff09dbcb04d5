package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Png;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Makes the pictures of docs/pictures.md again, as that says, and looks at them in a browser. */
@Timeout(120)
final class PicturesIT {
  private static final Path DOCS = Path.of("docs");
  private static final Pattern EXAMPLE =
      Pattern.compile("<!-- example: pictures -->\n```sh\n(.*?)```", Pattern.DOTALL);

  @TempDir static Path directory;

  @BeforeAll
  static void makePictures() throws Exception {
    Tool.QEMU_IMG.path();
    Tool.QEMU_IO.path();
    Matcher example = EXAMPLE.matcher(Files.readString(DOCS.resolve("pictures.md")));
    assertTrue(example.find());
    Outcome made =
        PackagedTool.bash(
            directory,
            "set -e; qcow2-to-stdout() { '"
                + PackagedTool.LAUNCHER
                + "' \"$@\"; }\n"
                + example.group(1));
    assertEquals(0, made.code(), made::err);
  }

  @Test
  void thePicturesOfTheDocsAreUpToDate() throws IOException {
    Set<String> there = new TreeSet<>();
    try (var files = Files.list(DOCS.resolve("pictures"))) {
      files.forEach(file -> there.add(file.getFileName().toString()));
    }
    assertEquals(Set.of("emitted.svg", "fragmented.svg"), there);
    for (String name : there) {
      assertEquals(
          Files.readString(directory.resolve(name)),
          Files.readString(DOCS.resolve("pictures").resolve(name)),
          () -> "docs/pictures/" + name + " is out of date; docs/pictures.md says how to make it");
    }
  }

  @Test
  void aBrowserShowsTheColoursOfLightAndDark() throws Exception {
    Path light = screenshot("light");
    Path dark = screenshot("dark", "--blink-settings=preferredColorScheme=0");
    Png day = Png.read(light);
    Png night = Png.read(dark);
    assertEquals(0xffffff, day.rgb(5, 5));
    assertEquals(0x15181c, night.rgb(5, 5));
    // Data, in the middle of the file.
    assertEquals(0x0072b2, day.rgb(480, 240));
    assertEquals(0x2f8fd0, night.rgb(480, 240));
    // Compressed, in the square near the end of the curve.
    assertEquals(0x009e73, day.rgb(384, 424));
  }

  private static Path screenshot(String name, String... options) throws Exception {
    Path file = directory.resolve(name + ".png");
    browse(
        options.length == 0 ? "--force-color-profile=srgb" : options[0],
        "--screenshot=" + file,
        directory.resolve("fragmented.svg").toUri());
    return file;
  }

  @Test
  void aBrowserHasThePageWithItsText() throws Exception {
    Outcome page =
        PackagedTool.bash(directory, "\"$0\" picture --html fragmented.qcow2 > fragmented.html");
    assertEquals(0, page.code(), page::err);
    String text = browse("--dump-dom", directory.resolve("fragmented.html").toUri());
    for (String what :
        new String[] {
          "data shared with a snapshot", "snapshot 1 (before the update)",
          "A check found nothing wrong", "<title>0 bytes to 64 KiB; header: 64 KiB (65536 bytes)"
        }) {
      assertTrue(text.contains(what), () -> what + " in " + text);
    }
  }

  private static String browse(Object... options) throws IOException, InterruptedException {
    Object[] all = new Object[options.length + 6];
    all[0] = "--headless";
    all[1] = "--no-sandbox";
    all[2] = "--disable-gpu";
    all[3] = "--hide-scrollbars";
    all[4] = "--window-size=960,860";
    all[5] = "--user-data-dir=" + directory.resolve("browser");
    System.arraycopy(options, 0, all, 6, options.length);
    return Tool.CHROMIUM.runWell(all);
  }
}
