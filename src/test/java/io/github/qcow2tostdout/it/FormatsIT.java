package io.github.qcow2tostdout.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images of other formats, read by a child process that must never be left behind. */
@Timeout(120)
final class FormatsIT {
  private static final DiskRecipe DISK =
      DiskRecipe.hole(32 << 20)
          .data(1 << 20, 5_000_000)
          .zeroes(9 << 20, 2 << 20)
          .data((31 << 20) + 512, 1000);

  @TempDir Path directory;
  private Path disk;
  private Path temporary;

  @BeforeEach
  void makeDisk() throws Exception {
    Tool.QEMU_IMG.path();
    Tool.QEMU_STORAGE_DAEMON.path();
    disk = DISK.make(directory.resolve("disk.raw"));
    temporary = Files.createDirectory(directory.resolve("tmp"));
  }

  private Path image(String format, String name) throws Exception {
    Path image = directory.resolve(name);
    // In front of a name with a colon, so that qemu-img takes it for one.
    Tool.QEMU_IMG.runWell("convert", "-f", "raw", "-O", format, disk, "file:" + image);
    return image;
  }

  private ProcessBuilder tool(Object... arguments) {
    List<String> command = new ArrayList<>(List.of(PackagedTool.LAUNCHER.toString()));
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("TMPDIR", temporary.toString());
    return builder;
  }

  private void assertNothingIsLeft() throws IOException {
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(List.of(), left.toList());
    }
    assertEquals(List.of(), children());
  }

  /** Processes that know of this test's directory. */
  private List<String> children() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      for (ProcessHandle process : all.toList()) {
        try {
          String line = Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
          if (line.contains(directory.toString())) {
            found.add(line.replace('\0', ' '));
          }
        } catch (IOException e) {
          // It has ended meanwhile.
        }
      }
    }
    return found;
  }

  private void assertIsThatOfTheDisk(Path image, String format, String... options)
      throws Exception {
    Path out = directory.resolve("out.qcow2");
    Path err = directory.resolve("err");
    List<Object> arguments = new ArrayList<>(List.of("-f", format, image));
    arguments.addAll(List.of(options));
    Process process =
        tool(arguments.toArray()).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertEquals(0, process.waitFor(), () -> read(err));
    assertEquals("", read(err));
    Qemu.assertClean(out);
    Outcome compare = Tool.QEMU_IMG.run("compare", "-f", "raw", "-F", "qcow2", disk, out);
    assertEquals(0, compare.code(), compare::toString);
    assertNothingIsLeft();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qcow2", "qcow", "qed", "vdi", "vhdx", "vmdk", "vpc", "parallels"})
  void formatsThatQemuReads(String format) throws Exception {
    Path image = directory.resolve("image");
    Outcome made = Tool.QEMU_IMG.run("convert", "-f", "raw", "-O", format, disk, image);
    if (made.code() != 0) {
      Tool.impossible("qemu-img can't make " + format + ": " + made.err());
    }
    assertIsThatOfTheDisk(image, format);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "with, comma,,and=x",
        "with space  and \"quote\" 'single'",
        "json:{\"driver\":\"raw\"}",
        "nbd+colon:x",
        "back\\slash%41$HOME`id`",
        "schön-東京-😀",
        "-f",
        "new\nline",
      })
  void anyName(String name) throws Exception {
    image("qcow2", "plain");
    Path image = Files.move(directory.resolve("plain"), directory.resolve(name));
    assertIsThatOfTheDisk(image, "qcow2");
  }

  @Test
  void compressedImageAndChainAreFlattened() throws Exception {
    Path base = directory.resolve("base.qcow2");
    Tool.QEMU_IMG.runWell("convert", "-c", "-f", "raw", "-O", "qcow2", disk, base);
    Path top = directory.resolve("top.qcow2");
    Path middle = directory.resolve("middle.qcow2");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", "-b", "base.qcow2", "-F", "qcow2", middle);
    Tool.QEMU_IO.runWell(
        "-f", "qcow2", "-c", "write -P 9 2M 64k", "-c", "write -z 3M 128k", middle);
    Tool.QEMU_IO.runWell("-f", "raw", "-c", "write -P 9 2M 64k", "-c", "write -z 3M 128k", disk);
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", "-b", "middle.qcow2", "-F", "qcow2", top);
    Tool.QEMU_IO.runWell("-f", "qcow2", "-c", "write -P 7 20M 1k", top);
    Tool.QEMU_IO.runWell("-f", "raw", "-c", "write -P 7 20M 1k", disk);
    assertIsThatOfTheDisk(top, "qcow2", "--follow", "-q");
  }

  /** Where the storage daemon is missing, and where both are. */
  @Test
  void qemuNbdDoesItToo() throws Exception {
    Path image = image("vmdk", "image.vmdk");
    Path path = Files.createDirectory(directory.resolve("path"));
    for (String program : List.of("sh", "mkdir", "rm", "readlink", "setsid", "qemu-nbd")) {
      Path original = Path.of("/usr/bin", program);
      Files.createSymbolicLink(
          path.resolve(program), Files.exists(original) ? original : Path.of("/bin", program));
    }
    Path out = directory.resolve("out.qcow2");
    ProcessBuilder builder = tool("-f", "vmdk", image);
    builder.environment().put("PATH", path.toString());
    Process process = builder.redirectOutput(out.toFile()).start();
    assertEquals(0, process.waitFor(), () -> new String(readAll(process), UTF_8));
    Qemu.assertClean(out);
    Qemu.assertIdentical(disk, out);
    assertNothingIsLeft();

    Path raw = directory.resolve("disk.raw");
    ProcessBuilder wrong = tool("-f", "vmdk", raw);
    wrong.environment().put("PATH", path.toString());
    Outcome.of(wrong)
        .assertFailedBeforeTheFirstByte(
            1, "qcow2-to-stdout: " + raw + ": can't be read as vmdk: it is no image of VMware's\n");

    Files.delete(path.resolve("qemu-nbd"));
    ProcessBuilder none = tool("-f", "vmdk", image);
    none.environment().put("PATH", path.toString());
    Outcome.of(none)
        .assertFailedBeforeTheFirstByte(
            1, "qemu-storage-daemon or qemu-nbd", "qemu-system-common", "qemu-utils", "qemu-img");
    assertNothingIsLeft();
  }

  private static byte[] readAll(Process process) {
    try {
      return process.getErrorStream().readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatIsNoSuchImageIsRefused() throws Exception {
    Outcome.of(tool("-f", "vdi", disk))
        .assertFailedBeforeTheFirstByte(
            1, "qcow2-to-stdout: " + disk + ": can't be read as vdi: Image not in VDI format");
    Outcome.of(tool("-f", "qcow2", disk))
        .assertFailedBeforeTheFirstByte(
            1, "qcow2-to-stdout: " + disk + ": not a qcow2 image: it starts with 00000000");
    for (String format : List.of("qcow2", "vdi")) {
      Outcome.of(tool("-f", format, "nothing"))
          .assertFailedBeforeTheFirstByte(1, "nothing: no such");
      Outcome.of(tool("-f", format, directory))
          .assertFailedBeforeTheFirstByte(1, directory + ": is a directory");
    }
    assertNothingIsLeft();
  }

  @Test
  void missingBackingFileIsNamed() throws Exception {
    Path base = image("qcow2", "base.qcow2");
    Path top = directory.resolve("top.qcow2");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", "-b", base, "-F", "qcow2", top);
    Files.delete(base);
    Outcome.of(tool("--follow", "-f", "qcow2", top))
        .assertFailedBeforeTheFirstByte(
            1, top + ": backing file " + base + ": no such file or device; put it there\n");
    assertNothingIsLeft();
  }

  @ParameterizedTest
  @CsvSource({
    "qcow2, QEMU has it open for writing",
    "vdi, Is another process using the image",
  })
  void imageInUseIsRefused(String format, String words) throws Exception {
    Path image = image(format, "image");
    Process user =
        new ProcessBuilder(Tool.QEMU_IO.path(), "-f", format, image.toString())
            .redirectErrorStream(true)
            .start();
    try {
      // Its prompt: it has the image open.
      assertEquals('q', user.getInputStream().read());
      Outcome.of(tool("-f", format, image)).assertFailedBeforeTheFirstByte(1, words);
      assertEquals(0, Outcome.of(tool("measure", "-U", "-f", format, image)).code());
    } finally {
      user.destroyForcibly().waitFor();
    }
    assertNothingIsLeft();
  }

  @Test
  void damageIsAnErrorAndNotAShortImage() throws Exception {
    Path image = directory.resolve("image");
    Tool.QEMU_IMG.runWell("convert", "-c", "-f", "raw", "-O", "qcow2", disk, image);
    // The compressed data itself, behind all tables.
    PackagedTool.bash(directory, "dd if=/dev/zero of=image bs=1k seek=400 count=100 conv=notrunc");
    Outcome.of(tool("-f", "qcow2", image))
        .assertFailedBeforeTheFirstByte(1, image + ": corrupt image: guest offset 2097152");
    assertNothingIsLeft();
  }

  @Test
  void changeOfTheImageIsNoticed() throws Exception {
    Path image = image("qcow2", "image.qcow2");
    try (HeldProcess held = HeldProcess.start(tool("-f", "qcow2", image))) {
      held.awaitOutput();
      Files.setLastModifiedTime(image, FileTime.fromMillis(1000));
      held.finish().assertFailed(1, image + ": source changed while it was read");
    }
    assertNothingIsLeft();
  }

  @Test
  void longTmpdirIsPassedOver() throws Exception {
    Path image = image("qcow2", "image.qcow2");
    temporary = Files.createDirectory(directory.resolve("t".repeat(120)));
    assertIsThatOfTheDisk(image, "qcow2");
  }

  /** The socket is for nobody else. */
  @Test
  void directoryIsPrivate() throws Exception {
    Path image = image("vmdk", "image.vmdk");
    try (HeldProcess held = HeldProcess.start(tool("-f", "vmdk", image))) {
      held.awaitOutput();
      try (Stream<Path> made = Files.list(temporary)) {
        Path only = made.findFirst().orElseThrow();
        assertEquals(
            "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(only)));
      }
      assertEquals(0, held.finish().code());
    }
    assertNothingIsLeft();
  }

  @ParameterizedTest
  @CsvSource({
    "INT,130,false",
    "TERM,143,false",
    "KILL,137,false",
    "INT,130,true",
    "TERM,143,true",
    "KILL,137,true"
  })
  void signalLeavesNothingBehind(String signal, int code, boolean toTheGroup) throws Exception {
    Path image = image("vmdk", "image.vmdk");
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.addAll(tool("-f", "vmdk", image).command());
    ProcessBuilder builder = tool().command(command);
    try (HeldProcess held = HeldProcess.start(builder)) {
      held.awaitOutput();
      assertTrue(children().stream().anyMatch(line -> line.contains("qemu-storage-daemon")));
      if (toTheGroup) {
        Outcome sent =
            Outcome.of(new ProcessBuilder("kill", "-" + signal, "--", "-" + held.handle().pid()));
        assertEquals(0, sent.code(), sent::err);
      } else {
        HeldProcess.signal(signal, held.handle());
      }
      held.awaitEnd();
      HeldProcess.await("the end of all children", () -> children().isEmpty());
      assertNothingIsLeft();
      Outcome outcome = held.finish();
      assertEquals(code, outcome.code());
      // What the child has to say of its own end is no news.
      assertEquals(signal.equals("KILL") ? 0 : 1, outcome.err().lines().count(), outcome::err);
    }
  }

  @Test
  void childThatIsKilledIsAnError() throws Exception {
    Path image = image("vmdk", "image.vmdk");
    try (HeldProcess held = HeldProcess.start(tool("-f", "vmdk", image))) {
      held.awaitOutput();
      ProcessHandle daemon =
          held.handle()
              .descendants()
              .filter(
                  process -> process.info().command().orElse("").endsWith("qemu-storage-daemon"))
              .findFirst()
              .orElseThrow();
      daemon.destroyForcibly();
      held.finish().assertFailed(1, image + ": ", "qemu-storage-daemon has ended", "discard it");
    }
    assertNothingIsLeft();
  }
}
