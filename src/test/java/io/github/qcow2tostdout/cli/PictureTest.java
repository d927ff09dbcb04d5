package io.github.qcow2tostdout.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.Seeds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureTest {
  private static final int MUTATIONS = 600;

  @TempDir Path directory;

  private Path disk() throws IOException {
    return Disks.full(directory.resolve("disk"), 1 << 20);
  }

  private Path image() throws IOException {
    Console console = new Console();
    assertEquals(0, console.run(disk()));
    return Files.write(directory.resolve("image"), console.out());
  }

  private static String draw(Object... arguments) {
    Console console = new Console();
    assertEquals(0, console.run(arguments), console::err);
    assertEquals("", console.err());
    return console.outText();
  }

  @Test
  void anImageIsDrawnAsItIsUnlessItIsSaidToBeADisk() throws IOException {
    Path image = image();
    String drawn = draw("picture", image);
    assertTrue(drawn.contains(">A check found nothing wrong<"), drawn);
    assertFalse(drawn.contains("as it would be converted"), drawn);
    String planned = draw("picture", "-f", "qcow2", "-c", "4K", image);
    assertTrue(planned.contains(">qcow2 version 3, clusters of 4 KiB<"), planned);
    assertTrue(planned.contains("as it would be converted"), planned);
    assertFalse(planned.contains("A check found"), planned);
  }

  @Test
  void optionsOfADiskAreRefusedForAnImage() throws IOException {
    Console console = new Console();
    assertEquals(64, console.run("picture", "-c", "4K", image()));
    assertTrue(console.err().contains("--cluster-size is for a disk"), console::err);
    assertEquals("", console.outText());
  }

  @ParameterizedTest
  @CsvSource({"-d", "-R", "-o extended_l2=on", "-v 2", "--zero-clusters", "-z"})
  void whatADiskWouldBecomeIsDrawn(String options) throws Exception {
    Console console = new Console();
    List<Object> arguments = new ArrayList<>(List.of("picture"));
    arguments.addAll(List.of(options.split(" ")));
    arguments.add(disk());
    assertEquals(0, console.run(arguments.toArray()), console::err);
    parse(console.out());
  }

  @Test
  void anEmptyDiskIsSaidToBeEmpty() throws IOException {
    Path disk = Files.write(directory.resolve("empty"), new byte[0]);
    assertTrue(draw("picture", "--length", "0", disk).contains(">The disk is empty.<"));
  }

  @Test
  void whatQemuWouldNotOpenIsNotDrawn() throws IOException {
    Path image = image();
    Poke.hex(image, 20, "000000ff");
    Console console = new Console();
    assertEquals(1, console.run("picture", image));
    assertEquals("", console.outText());
  }

  @Test
  void theStripsOfACheckAreForATerminalOnly() throws IOException {
    Path image = image();
    Console terminal = new Console(true, false);
    assertEquals(0, terminal.run("check", image));
    assertTrue(terminal.outText().contains("\nin the file   =====###"), terminal::outText);
    Console pipe = new Console();
    assertEquals(0, pipe.run("check", image));
    assertTrue(terminal.outText().startsWith(pipe.outText()));
    assertFalse(pipe.outText().contains("in the file"), pipe::outText);
    Console json = new Console(true, false);
    assertEquals(0, json.run("check", "-j", image));
    assertFalse(json.outText().contains("in the file"), json::outText);
    Console quiet = new Console(true, false);
    assertEquals(0, quiet.run("check", "-q", image));
    assertEquals("", quiet.outText());
  }

  @Test
  void namesAreCutAndHarmless() throws Exception {
    Path image = directory.resolve("image");
    byte[] bytes = FuzzBases.load().get(2);
    // The names of the snapshots are "one" and "two".
    String all = new String(bytes, ISO_8859_1);
    int at = all.indexOf("1one");
    bytes[at + 1] = '<';
    bytes[at + 2] = 27;
    bytes[at + 3] = '&';
    Files.write(image, bytes);
    String drawn = draw("picture", "--html", image);
    assertTrue(drawn.contains("snapshot 1 (&lt;\\u001b&amp;)"), drawn);
    parse(drawn.getBytes(UTF_8));
  }

  @Test
  void whatIsLongIsCutOrGoesOnInTheNextLine() throws IOException {
    Path disk = Files.move(disk(), directory.resolve("disk-" + "n".repeat(100)));
    String planned = draw("picture", disk);
    assertTrue(planned.contains("n…, as it would be converted</text>"), planned);
    Path image = image();
    // Without refcounts each cluster is a finding, whose meaning takes more than a line.
    Poke.hex(image, 2 << 16, "00000000");
    List<String> lines = draw("picture", image).lines().toList();
    assertTrue(lines.stream().anyMatch(line -> line.contains("refcount-too-low<")));
    for (String line : lines) {
      if (line.contains("class=\"small\"")) {
        assertFalse(line.contains("…"), line);
        assertTrue(line.replaceAll("<[^>]*>", "").length() <= 76, line);
      }
    }
  }

  @Tag("slow")
  @Test
  void aHostileImageMakesNoLargePicture() throws Exception {
    Random random = Seeds.random(PictureTest.class);
    List<byte[]> bases = FuzzBases.load();
    Path image = directory.resolve("hostile");
    int drawn = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] bytes = bases.get(i % bases.size()).clone();
      for (int pokes = 1 + random.nextInt(8); pokes > 0; pokes--) {
        // Of the tables more than of the data.
        bytes[random.nextInt(Math.min(bytes.length, 8192))] = (byte) random.nextInt(256);
      }
      Files.write(image, bytes);
      for (String page : List.of("--progress=json", "--html")) {
        Console console = new Console();
        int code = console.run("picture", page, image);
        // 64: it is no qcow2 image any more, but one of another format.
        assertTrue(code == 0 || code == 1 || code == 64, () -> code + ": " + console.err());
        assertFalse(console.err().contains("report"), console::err);
        if (code == 0) {
          assertTrue(console.out().length < 1 << 20, () -> console.out().length + " bytes");
          parse(console.out());
          drawn++;
        }
      }
    }
    assertTrue(drawn > MUTATIONS / 4, drawn + " were drawn");
  }

  private static void parse(byte[] xml) throws Exception {
    DocumentBuilder parser = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    parser.parse(new ByteArrayInputStream(xml));
  }
}
