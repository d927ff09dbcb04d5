package io.github.qcow2tostdout.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qcow2tostdout.testing.Hex;
import io.github.qcow2tostdout.testing.Seeds;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTest {
  /** Every byte of every field is another one, so that none can be swapped or lost unseen. */
  private static Header distinct(int version) {
    return Header.ofVersion(version)
        .with(HeaderField.BACKING_FILE_OFFSET, 0x0102030405060708L)
        .with(HeaderField.BACKING_FILE_SIZE, 0x090a0b0c)
        .with(HeaderField.CLUSTER_BITS, 0x0d0e0f10)
        .with(HeaderField.SIZE, 0x1112131415161718L)
        .with(HeaderField.CRYPT_METHOD, 0x191a1b1c)
        .with(HeaderField.L1_SIZE, 0x1d1e1f20)
        .with(HeaderField.L1_TABLE_OFFSET, 0x2122232425262728L)
        .with(HeaderField.REFCOUNT_TABLE_OFFSET, 0x292a2b2c2d2e2f30L)
        .with(HeaderField.REFCOUNT_TABLE_CLUSTERS, 0x31323334)
        .with(HeaderField.NB_SNAPSHOTS, 0x35363738)
        .with(HeaderField.SNAPSHOTS_OFFSET, 0x393a3b3c3d3e3f40L)
        .with(HeaderField.INCOMPATIBLE_FEATURES, 0x4142434445464748L)
        .with(HeaderField.COMPATIBLE_FEATURES, 0x494a4b4c4d4e4f50L)
        .with(HeaderField.AUTOCLEAR_FEATURES, 0x5152535455565758L)
        .with(HeaderField.REFCOUNT_ORDER, 0x595a5b5c)
        .with(HeaderField.COMPRESSION_TYPE, 0x5d);
  }

  private static final String V2_GOLDEN =
      """
      51 46 49 fb              | magic: QFI\\xfb
      00 00 00 02              | version
      01 02 03 04 05 06 07 08  | backing_file_offset
      09 0a 0b 0c              | backing_file_size
      0d 0e 0f 10              | cluster_bits
      11 12 13 14 15 16 17 18  | size
      19 1a 1b 1c              | crypt_method
      1d 1e 1f 20              | l1_size
      21 22 23 24 25 26 27 28  | l1_table_offset
      29 2a 2b 2c 2d 2e 2f 30  | refcount_table_offset
      31 32 33 34              | refcount_table_clusters
      35 36 37 38              | nb_snapshots
      39 3a 3b 3c 3d 3e 3f 40  | snapshots_offset
      """;

  private static final String V3_ADDITION =
      """
      41 42 43 44 45 46 47 48  | incompatible_features
      49 4a 4b 4c 4d 4e 4f 50  | compatible_features
      51 52 53 54 55 56 57 58  | autoclear_features
      59 5a 5b 5c              | refcount_order
      00 00 00 70              | header_length: 112
      5d                       | compression_type
      00 00 00 00 00 00 00     | padding
      """;

  private static byte[] written(Header header, int room) {
    ByteBuffer buffer = ByteBuffer.allocate(room);
    header.write(buffer);
    return buffer.array();
  }

  private static void assertBytes(String golden, byte[] bytes) {
    assertEquals(Hex.dump(Hex.bytes(golden)), Hex.dump(bytes));
  }

  @Test
  void version2IsItsGoldenBytesAndNothingBehindThem() {
    assertBytes(V2_GOLDEN + "00 00 00 00 00 00 00 00", written(distinct(2), 80));
    assertEquals(72, distinct(2).length());
  }

  @Test
  void version3IsItsGoldenBytesAndNothingBehindThem() {
    String v3 = V2_GOLDEN.replace("00 00 00 02", "00 00 00 03") + V3_ADDITION;
    assertBytes(v3 + "00 00 00 00 00 00 00 00", written(distinct(3), 120));
    assertEquals(112, distinct(3).length());
  }

  @Test
  void newHeaderHoldsTheSpecificationsValuesForItsVersion() {
    assertEquals(4, Header.ofVersion(2).get(HeaderField.REFCOUNT_ORDER));
    assertEquals(72, Header.ofVersion(2).get(HeaderField.HEADER_LENGTH));
    assertEquals(4, Header.ofVersion(3).get(HeaderField.REFCOUNT_ORDER));
    assertEquals(112, Header.ofVersion(3).get(HeaderField.HEADER_LENGTH));
  }

  @Test
  void version2ReadsBackWithoutTheFieldsOfVersion3() {
    Header expected =
        distinct(2)
            .with(HeaderField.INCOMPATIBLE_FEATURES, 0)
            .with(HeaderField.COMPATIBLE_FEATURES, 0)
            .with(HeaderField.AUTOCLEAR_FEATURES, 0)
            .with(HeaderField.REFCOUNT_ORDER, 4)
            .with(HeaderField.COMPRESSION_TYPE, 0);
    byte[] bytes = Hex.bytes(V2_GOLDEN + "ff".repeat(40));
    assertEquals(expected, Header.read(ByteBuffer.wrap(bytes)));
  }

  @Test
  void version3ReadsBack() {
    assertEquals(distinct(3), Header.read(ByteBuffer.wrap(written(distinct(3), 512))));
  }

  @Test
  void compressionTypeIsNotReadFromAHeaderTooShortForIt() {
    byte[] bytes = written(distinct(3).with(HeaderField.HEADER_LENGTH, 104), 112);
    bytes[104] = 1;
    assertEquals(0, Header.read(ByteBuffer.wrap(bytes)).get(HeaderField.COMPRESSION_TYPE));
  }

  @Test
  void compressionTypeIsNotWrittenToAHeaderTooShortForIt() {
    assertEquals(0, written(distinct(3).with(HeaderField.HEADER_LENGTH, 104), 112)[104]);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"VERSION", "HEADER_LENGTH"})
  void largestValueReadsBackAndTouchesNoOtherField(HeaderField field) {
    long largest = field.size() == 8 ? -1 : (1L << (8 * field.size())) - 1;
    Header header = Header.ofVersion(3).with(field, largest);
    assertEquals(header, Header.read(ByteBuffer.wrap(written(header, 112))));
  }

  @Test
  void randomFieldsReadBack() {
    Random random = Seeds.random(HeaderTest.class);
    for (int i = 0; i < 1000; i++) {
      Header header = Header.ofVersion(3);
      for (HeaderField field : HeaderField.values()) {
        if (field != HeaderField.VERSION && field != HeaderField.HEADER_LENGTH) {
          header = header.with(field, random.nextLong() >>> (64 - 8 * field.size()));
        }
      }
      assertEquals(header, Header.read(ByteBuffer.wrap(written(header, 112))));
    }
  }

  @Test
  void valueTooLargeForItsFieldIsRejected() {
    Header header = Header.ofVersion(3);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> header.with(HeaderField.L1_SIZE, 1L << 32));
    assertEquals("l1_size can't hold 4294967296", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, -1})
  void versionThatIsNot2Or3IsRejected(int version) {
    assertThrows(IllegalArgumentException.class, () -> Header.ofVersion(version));
  }

  @Test
  void changeLeavesTheHeaderItCameFrom() {
    Header before = Header.ofVersion(3);
    Header after = before.with(HeaderField.SIZE, 512);
    assertEquals(Header.ofVersion(3), before);
    assertNotEquals(before, after);
    assertEquals(after.hashCode(), Header.ofVersion(3).with(HeaderField.SIZE, 512).hashCode());
  }

  @Test
  void textNamesFieldsAsTheSpecificationDoes() {
    String text = Header.ofVersion(2).with(HeaderField.CLUSTER_BITS, 16).toString();
    assertEquals(
        "magic=1363560955 version=2 backing_file_offset=0 backing_file_size=0 cluster_bits=16"
            + " size=0 crypt_method=0 l1_size=0 l1_table_offset=0 refcount_table_offset=0"
            + " refcount_table_clusters=0 nb_snapshots=0 snapshots_offset=0"
            + " incompatible_features=0 compatible_features=0 autoclear_features=0"
            + " refcount_order=4 header_length=72 compression_type=0",
        text);
  }
}
