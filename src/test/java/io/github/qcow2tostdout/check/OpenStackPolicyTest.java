package io.github.qcow2tostdout.check;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.qcow2tostdout.check.PolicyVerdict.Reason;
import io.github.qcow2tostdout.image.BoundedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The vectors were held against oslo.utils of 2026-06: {@code detect_file_format(name)} and {@code
 * safety_check()}.
 */
class OpenStackPolicyTest {
  /** The beginning of a version 3 image, and zeroes. */
  private final ByteBuffer image = ByteBuffer.allocate(40_000).putInt(0, 0x514649fb).putInt(4, 3);

  private static Optional<PolicyVerdict> judge(ByteBuffer file) throws IOException {
    return OpenStackPolicy.judge(
        BoundedFile.of(
            "image",
            (to, offset) -> {
              int count = Math.min(to.remaining(), file.capacity() - (int) offset);
              to.put(file.slice((int) offset, count));
              return count;
            },
            file.capacity()));
  }

  private List<String> names() throws IOException {
    return judge(image).orElseThrow().reasons().stream().map(Reason::name).toList();
  }

  @Test
  void aPlainImageIsAccepted() throws IOException {
    assertEquals(new PolicyVerdict("openstack", List.of()), judge(image).orElseThrow());
  }

  /** Dirty, corrupt, compression type: known. */
  @ParameterizedTest
  @CsvSource({"0", "1", "3"})
  void knownFeaturesAreAccepted(int bit) throws IOException {
    image.putLong(72, 1L << bit);
    assertEquals(List.of(), names());
  }

  @ParameterizedTest
  @CsvSource({"4", "5", "7", "8", "32", "62"})
  void extendedL2IsAsUnknownAsWhatNobodyKnows(int bit) throws IOException {
    image.putLong(72, 1L << bit);
    assertEquals(
        List.of(new Reason("unknown_features", "Unknown QCOW2 features found")),
        judge(image).orElseThrow().reasons());
  }

  @Test
  void eachReasonIsSaid() throws IOException {
    image.putLong(8, 1L << 56).putLong(72, 1 << 2 | 1 << 4);
    assertEquals(List.of("backing_file", "data_file", "unknown_features"), names());
  }

  /** The length of a header extension, 5 of a backing format "qcow2", lies in their place. */
  @Test
  void version2HasNoFeaturesButMayHaveADataFile() throws IOException {
    image.putInt(4, 2).putLong(72, 0xe2792aca_00000005L);
    assertEquals(List.of("data_file"), names());
    image.putLong(72, 0xe2792aca_00000003L);
    assertEquals(List.of(), names());
  }

  @ParameterizedTest
  @CsvSource({"1", "4"})
  void otherVersionsAreUnknown(int version) throws IOException {
    image.putInt(4, version);
    assertEquals(
        List.of(new Reason("unknown_features", "Unsupported qcow2 version")),
        judge(image).orElseThrow().reasons());
  }

  @Test
  void aFileInSeveralFormatsIsRefused() throws IOException {
    image.putShort(510, (short) 0x55aa);
    assertEquals(
        List.of(new Reason("format", "Multiple formats detected: qcow2, gpt")),
        judge(image).orElseThrow().reasons());
    // A file system of FAT is no partition table.
    image.put(0x10, (byte) 2).put(0x15, (byte) 0xf8);
    assertEquals(List.of(), names());
    image.put(32769, "NSR02".getBytes(ISO_8859_1));
    image.putInt(0x40, 0x7f10dabe);
    assertEquals(
        "Multiple formats detected: qcow2, vdi, iso",
        judge(image).orElseThrow().reasons().getFirst().text());
  }

  @Test
  void aShortFileIsTakenForRaw() throws IOException {
    assertEquals("format", judge(image.slice(0, 511)).orElseThrow().reasons().getFirst().name());
    assertEquals(List.of(), judge(image.slice(0, 512)).orElseThrow().reasons());
  }

  @Test
  void ofOtherFormatsOnlyQedIsBanned() throws IOException {
    image.putInt(0, 'Q' << 24 | 'E' << 16 | 'D' << 8);
    assertEquals(List.of("banned"), names());
    image.put(0, "conectix".getBytes(ISO_8859_1));
    assertEquals(List.of(), names());
    image.put(0, "KDMV".getBytes(ISO_8859_1));
    assertFalse(judge(image).isPresent());
  }
}
