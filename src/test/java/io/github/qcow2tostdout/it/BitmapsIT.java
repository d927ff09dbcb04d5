package io.github.qcow2tostdout.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a qcow2 image goes over into another beside the disk, as QEMU sees it. */
@Tag("slow")
class BitmapsIT {
  private static final List<String> NAMES = List.of("fine", "off", "auto", "whole");

  private static final Pattern BITMAP =
      Pattern.compile("flags:((?:\\s+\\[\\d\\]: \\w+)*)\\s+name: (\\w+)\\s+granularity: (\\d+)");

  @TempDir Path directory;
  private Path input;
  private int sockets;

  @BeforeEach
  void makeInput() throws Exception {
    input = directory.resolve("input.qcow2");
    Tool.QEMU_IMG.runWell(
        "create", "-q", "-f", "qcow2", "-o", "cluster_size=4k", input, "20971008");
    bitmap("--add", "-g", "512", "fine");
    bitmap("--add", "-g", "64k", "off");
    bitmap("--add", "-g", "512", "whole");
    Qemu.io(input, List.of("write -P 1 0 8M", "write -P 2 10M 1M", "write -P 3 20970496 512"));
    bitmap("--disable", "off");
    bitmap("--disable", "fine");
    bitmap("--add", "-g", "2M", "auto");
    // All bits, those of the last part too.
    Qemu.io(input, List.of("write -P 4 0 20971008"));
  }

  private void bitmap(Object... arguments) throws IOException, InterruptedException {
    List<Object> all = new ArrayList<>(List.of("bitmap"));
    all.addAll(Arrays.asList(arguments).subList(0, arguments.length - 1));
    all.add(input);
    all.add(arguments[arguments.length - 1]);
    Tool.QEMU_IMG.runWell(all.toArray());
  }

  /** The bitmap as a client of qemu-nbd sees it. */
  private String exported(Path image, String name) throws Exception {
    // One that ends removes its socket, whoever has made it.
    Path socket = directory.resolve("socket-" + sockets);
    sockets++;
    Tool.QEMU_NBD.runWell("--fork", "-r", "-f", "qcow2", "-B", name, "-k", socket, image);
    return Tool.QEMU_IMG.runWell(
        "map",
        "--output=json",
        "--image-opts",
        "driver=nbd,server.type=unix,server.path="
            + socket
            + ",x-dirty-bitmap=qemu:dirty-bitmap:"
            + name);
  }

  /** Flags, name and granularity of each. */
  private static List<String> listed(Path image) throws Exception {
    List<String> listed = new ArrayList<>();
    Matcher bitmaps = BITMAP.matcher(Tool.QEMU_IMG.runWell("info", image));
    while (bitmaps.find()) {
      listed.add(bitmaps.group(2) + " " + bitmaps.group(3) + bitmaps.group(1).strip());
    }
    return listed;
  }

  private Outcome convert(Path to, String options) throws Exception {
    return PackagedTool.bash(
        directory, "\"$0\" -f qcow2 --bitmaps " + options + " \"$1\" > \"$2\"", input, to);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-z -c 2M", "-c 512 -r 1", "-z=zstd -o extended_l2=on"})
  void bitmapsAreThoseOfTheInput(String options) throws Exception {
    Path image = directory.resolve("image.qcow2");
    Outcome outcome = convert(image, options);
    assertEquals(0, outcome.code(), outcome::toString);
    assertEquals("", outcome.err());
    Qemu.assertClean(image);
    assertEquals(0, PackagedTool.run("check", "--strict", image).code());
    assertEquals(4, listed(image).size());
    assertEquals(listed(input), listed(image));
    for (String name : NAMES) {
      assertEquals(exported(input, name), exported(image, name), name);
    }
    Outcome compared = Tool.QEMU_IMG.run("compare", input, image);
    assertEquals("Images are identical.\n", compared.out(), compared::toString);
    assertEquals(
        Files.size(image) + "\n",
        PackagedTool.bash(
                directory,
                "\"$0\" measure --bytes -f qcow2 --bitmaps " + options + " \"$1\"",
                input)
            .out());
  }

  @Test
  void anyRangeIsThatOfTheWhole() throws Exception {
    Path image = directory.resolve("image.qcow2");
    assertEquals(0, convert(image, "-c 4K").code());
    byte[] whole = Files.readAllBytes(image);
    for (int from = 0; from < 700_001; from += 100_003) {
      Path part = directory.resolve("part");
      int to = from + 4099;
      assertEquals(0, convert(part, "-c 4K --range=" + from + "-" + to).code());
      assertArrayEquals(Arrays.copyOfRange(whole, from, to), Files.readAllBytes(part));
    }
  }

  @Test
  void partsThatAreAllTheSameTakeNoCluster() throws Exception {
    Path with = directory.resolve("with.qcow2");
    assertEquals(0, convert(with, "-c 512").code());
    String dump = PackagedTool.run("dump", "--bitmaps", with).out();
    assertTrue(dump.contains("all-ones"), dump);
    assertTrue(dump.contains("all-zeroes"), dump);
    // The bitmap of which all bits are set.
    String whole = dump.substring(dump.indexOf("'whole'") < 0 ? 0 : dump.indexOf("whole"));
    assertTrue(whole.contains("all-ones"), whole);
  }

  @Test
  void qemuGoesOnToRecordInTheNewImage() throws Exception {
    Path image = directory.resolve("image.qcow2");
    assertEquals(0, convert(image, "").code());
    Tool.QEMU_IMG.runWell("bitmap", "--clear", image, "auto");
    Qemu.io(image, List.of("write -P 9 4M 2M"));
    assertTrue(exported(image, "auto").contains("\"start\": 4194304, \"length\": 2097152"));
    Qemu.assertClean(image);
  }

  @Test
  void aBitmapThatWasNotSavedIsRefusedByName() throws Exception {
    String bytes = new String(Files.readAllBytes(input), ISO_8859_1);
    // The directory is written anew each time, and its old place may still have the names.
    for (int at = bytes.indexOf("off"); at >= 0; at = bytes.indexOf("off", at + 1)) {
      if (at >= 24 && bytes.charAt(at - 5) == 3 && bytes.charAt(at - 8) == 1) {
        Poke.hex(input, at - 12, "00000001");
      }
    }
    Outcome outcome = convert(directory.resolve("image.qcow2"), "");
    assertEquals(1, outcome.code());
    assertTrue(outcome.err().contains("bitmap 'off' is in use"), outcome.err());
    assertEquals(0, Files.size(directory.resolve("image.qcow2")));
  }

  @Test
  void aBitmapThatIsCutOffIsAnError() throws Exception {
    Path other = directory.resolve("other.qcow2");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", other, "1G");
    Tool.QEMU_IMG.runWell("bitmap", "--add", "-g", "512", other, "b");
    Qemu.io(other, List.of("write -P 1 512 64k"));
    String places = PackagedTool.run("dump", "--locations", other).out();
    Matcher table = Pattern.compile("(?m)^([0-9a-f]+):.* bitmap table 0$").matcher(places);
    assertTrue(table.find(), places);
    Poke.hex(other, Long.parseLong(table.group(1), 16), "0000000000f00000");
    Outcome outcome =
        PackagedTool.bash(directory, "\"$0\" -f qcow2 --bitmaps \"$1\" | wc -c", other);
    assertEquals("0\n", outcome.out());
    assertTrue(outcome.err().contains("goes beyond the end of the file"), outcome.err());
  }

  @Test
  void whatDoesNotGoWithBitmapsIsRefused() throws Exception {
    for (String options :
        List.of(
            "-f qcow2 --snapshot 1",
            "-f qcow2 --salvage",
            "-f qcow2 --offset 1M",
            "-f qcow2 --length 1M",
            "-f qcow2 -v 2",
            "-f qcow2 -d --data-file-name data",
            "-f raw")) {
      Outcome outcome =
          PackagedTool.bash(directory, "\"$0\" --bitmaps " + options + " \"$1\"", input);
      assertEquals(64, outcome.code(), options + outcome);
      assertTrue(outcome.err().contains("--bitmaps "), outcome.err());
      assertEquals("", outcome.out());
    }
    Outcome plan = PackagedTool.bash(directory, "\"$0\" plan --bitmaps -f qcow2 \"$1\"", input);
    assertEquals(64, plan.code(), plan::toString);
    assertTrue(plan.err().contains("--bitmaps does not go with plan"), plan.err());
  }

  @Test
  void snapshotsThatAreLeftBehindAreSaid() throws Exception {
    Tool.QEMU_IMG.runWell("snapshot", "-c", "monday", input);
    Tool.QEMU_IMG.runWell("snapshot", "-c", "tuesday", input);
    String command = "\"$0\" -f qcow2 \"$1\" > /dev/null";
    assertEquals(
        "qcow2-to-stdout: "
            + input
            + ": 2 internal snapshots are left behind; --snapshots says more\n",
        PackagedTool.bash(directory, command, input).err());
    String err = PackagedTool.bash(directory, command + " --snapshots", input).err();
    assertTrue(err.contains("left behind: snapshot 1 (monday) of 20"), err);
    assertTrue(err.contains("left behind: snapshot 2 (tuesday) of 20"), err);
    assertTrue(err.contains(", a disk of 20971008 bytes, 0 bytes of VM state\n"), err);
    assertEquals("", PackagedTool.bash(directory, command + " -q", input).err());
    assertEquals("", PackagedTool.bash(directory, command + " --snapshot 1", input).err());
  }
}
