package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.ProcessorTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * What is true of {@code dehydrate} and {@code rehydrate} whatever they are given: an image comes
 * out as check and dump saw it; and what claims to be metadata becomes a file that takes no more
 * room than it brings, or there is an error in a line and no file.
 *
 * <pre>
 * byte 0 modulo 3: what the rest is
 * 0   an image, as {@link FuzzImage} reads it
 * 1   metadata before it is compressed
 * 2   metadata
 * </pre>
 */
final class RehydrateProperty {
  private static final int IMAGE = 0;
  private static final int UNPACKED = 1;
  private static final int KINDS = 3;

  private static final long MAX_SECONDS = 15;

  /** Of metadata, so that the disk is not filled. */
  private static final String LIMIT = "16M";

  /** What a file system takes beside the bytes of each piece, the bytes before and behind it. */
  private static final long BESIDE = 2 * 4096;

  /** Bytes of a piece, with what is in front of it. */
  private static final int SMALLEST_PIECE = 17;

  /** From this size on it is asked how much of a file is there. */
  private static final long LARGE = 1 << 20;

  private final Path directory;

  private RehydrateProperty(Path directory) {
    this.directory = directory;
  }

  /**
   * Fails if it is not true of an input.
   *
   * @param directory for files that are made for that
   */
  static void hold(Path directory, byte[] input) throws IOException {
    RehydrateProperty property = new RehydrateProperty(directory);
    int kind = input.length == 0 ? IMAGE : Byte.toUnsignedInt(input[0]) % KINDS;
    byte[] rest = Arrays.copyOfRange(input, Math.min(1, input.length), input.length);
    Duration start = ProcessorTime.now();
    switch (kind) {
      case IMAGE -> property.image(rest);
      case UNPACKED -> property.metadata(packed(rest), rest.length);
      default -> property.metadata(rest, Long.MAX_VALUE);
    }
    long seconds = ProcessorTime.now().minus(start).toSeconds();
    assertTrue(seconds < MAX_SECONDS, seconds + " s");
  }

  /** The input that stands for an image. */
  static byte[] ofImage(byte[] input) {
    return ByteBuffer.allocate(1 + input.length).put((byte) IMAGE).put(input).array();
  }

  /** The input that is what an image becomes. */
  static byte[] ofMetadata(byte[] packed) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      byte[] bytes = in.readAllBytes();
      return ByteBuffer.allocate(1 + bytes.length).put((byte) UNPACKED).put(bytes).array();
    }
  }

  private static byte[] packed(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private void image(byte[] input) throws IOException {
    Path image = directory.resolve("image.qcow2");
    FuzzImage.of(input).write(image);
    MetadataRun dried = MetadataRun.dehydrate(image, "--keep-shared");
    assertEnd(dried);
    MetadataRun blanked = MetadataRun.dehydrate(image, "--keep-shared", "--blank-names");
    assertEquals(dried.code(), blanked.code(), blanked::toString);
    MetadataRun careful = MetadataRun.dehydrate(image);
    assertEnd(careful);
    assertTrue(dried.code() == 0 || careful.code() != 0, careful::toString);
    if (dried.code() != 0) {
      CheckRun check = CheckRun.of(image);
      assertTrue(check.code() == 63 || check.code() == 1, check::toString);
      return;
    }
    ImageReports before = ImageReports.of(image);
    Path made = directory.resolve("again");
    MetadataRun wet = MetadataRun.rehydrate(dried.out(), made);
    assertEquals(0, wet.code(), wet::toString);
    Files.move(made, image, StandardCopyOption.REPLACE_EXISTING);
    ImageReports.of(image).assertSameAs(before, "what became of it");
  }

  private void metadata(byte[] packed, long unpacked) throws IOException {
    Path made = directory.resolve("made");
    MetadataRun run = MetadataRun.rehydrate(packed, made, "--limit", LIMIT);
    assertEnd(run);
    assertEquals(run.code() == 0, Files.exists(made), run::toString);
    if (run.code() == 0) {
      if (unpacked < Long.MAX_VALUE && Files.size(made) > LARGE) {
        assertSparse(made, unpacked);
      }
      Files.delete(made);
    }
  }

  private static void assertSparse(Path file, long unpacked) throws IOException {
    Outcome stat;
    try {
      stat = Outcome.of(new ProcessBuilder("stat", "-c", "%b", file.toString()));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    long used = Long.parseLong(stat.out().strip()) * 512;
    long most = unpacked + unpacked / SMALLEST_PIECE * BESIDE + BESIDE;
    assertTrue(used <= most, () -> used + " bytes are used for " + unpacked);
  }

  private static void assertEnd(MetadataRun run) {
    assertTrue(run.code() == 0 || run.code() == 1, run::toString);
    assertEquals(run.code() == 0, run.err().isEmpty(), run::toString);
    for (String bug : new String[] {"report it", "out of memory", "Exception", "\tat "}) {
      assertFalse(run.err().contains(bug), run::toString);
    }
    run.err().lines().forEach(line -> assertTrue(line.startsWith("qcow2-to-stdout: "), line));
  }
}
