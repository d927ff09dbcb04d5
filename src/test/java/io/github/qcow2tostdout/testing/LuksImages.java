package io.github.qcow2tostdout.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Images that QEMU encrypts with LUKS, and what it reads of such. */
public final class LuksImages {
  /** How often QEMU is asked: it gives up on a busy machine, because it measures itself. */
  private static final int ATTEMPTS = 20;

  private static final String BUSY = "CPU usage";

  /** What was made of a key, options and a size. */
  private static final Map<List<String>, byte[]> MADE = new ConcurrentHashMap<>();

  private final Path key;

  /** Images that a key opens. */
  public LuksImages(Path key) {
    this.key = key;
  }

  /** Makes an image; of one alone no more than a copy, because QEMU takes seconds for each. */
  public Path create(Path image, String options, String size)
      throws IOException, InterruptedException {
    if (options.contains("_file=")) {
      create(List.of("create", "-q"), options, List.of(image, size));
      return image;
    }
    List<String> what = List.of(Files.readString(key, ISO_8859_1), options, size);
    byte[] made = MADE.get(what);
    if (made == null) {
      create(List.of("create", "-q"), options, List.of(image, size));
      MADE.put(what, Files.readAllBytes(image));
    } else {
      Files.write(image, made);
    }
    return image;
  }

  /** Makes an image of a raw disk. */
  public Path convert(Path disk, String options, Path image)
      throws IOException, InterruptedException {
    create(List.of("convert", "-f", "raw", "-O", "qcow2"), options, List.of(disk, image));
    return image;
  }

  private void create(List<String> command, String options, List<Object> arguments)
      throws IOException, InterruptedException {
    List<Object> words = new ArrayList<>(command);
    words.addAll(List.of("--object", "secret,id=s,file=" + key));
    if (command.contains("create")) {
      words.addAll(List.of("-f", "qcow2"));
    }
    String all = "encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10";
    words.addAll(List.of("-o", all + (options.isEmpty() ? "" : "," + options)));
    words.addAll(arguments);
    Outcome outcome = Tool.QEMU_IMG.run(words.toArray());
    for (int i = 1; i < ATTEMPTS && outcome.err().contains(BUSY); i++) {
      outcome = Tool.QEMU_IMG.run(words.toArray());
    }
    assertEquals(0, outcome.code(), outcome::toString);
  }

  private static String opened(Path image) {
    return "driver=qcow2,encrypt.key-secret=s,file.filename=" + image;
  }

  /** Runs commands of qemu-io, all of which have to succeed. */
  public String io(Path image, String... commands) throws IOException, InterruptedException {
    return ioOf(opened(image), commands);
  }

  /** The same with all that opens it. */
  public String ioOf(String options, String... commands) throws IOException, InterruptedException {
    List<Object> words = new ArrayList<>(secret());
    for (String command : commands) {
      words.addAll(List.of("-c", command));
    }
    words.addAll(List.of("--image-opts", options));
    return Tool.QEMU_IO.runWell(words.toArray());
  }

  private List<Object> secret() {
    return List.of("--object", "secret,id=s,file=" + key);
  }

  /** What QEMU reads of the disk. */
  public Path raw(Path image) throws IOException, InterruptedException {
    return raw(image, opened(image));
  }

  /** The same with all that opens it. */
  public Path raw(Path image, String options) throws IOException, InterruptedException {
    Path raw = image.resolveSibling(image.getFileName() + ".raw");
    Files.deleteIfExists(raw);
    List<Object> words = new ArrayList<>(List.of("convert"));
    words.addAll(secret());
    words.addAll(List.of("--image-opts", options, "-O", "raw", raw));
    Tool.QEMU_IMG.runWell(words.toArray());
    return raw;
  }

  /** Asserts that a check finds nothing, and the disk is that of a raw file. */
  public void assertIdentical(Path raw, Path image) throws IOException, InterruptedException {
    List<Object> words = new ArrayList<>(List.of("check"));
    words.addAll(secret());
    words.addAll(List.of("--image-opts", opened(image)));
    Outcome check = Tool.QEMU_IMG.run(words.toArray());
    assertEquals(0, check.code(), check::toString);
    words = new ArrayList<>(List.of("compare"));
    words.addAll(secret());
    words.addAll(List.of("--image-opts", "driver=raw,file.filename=" + raw, opened(image)));
    Outcome compare = Tool.QEMU_IMG.run(words.toArray());
    assertEquals("Images are identical.\n", compare.out(), compare::toString);
  }
}
