package io.github.qcow2tostdout.report;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.L2Format;
import io.github.qcow2tostdout.image.Validity;
import io.github.qcow2tostdout.testing.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines that are copied against those that are made. */
class NormalRowsTest {
  private static final L2Format FORMAT =
      L2Format.of(Header.ofVersion(3).with(HeaderField.CLUSTER_BITS, 21));

  private final Random random = Seeds.random(NormalRowsTest.class);

  /** Any row of its kind; so many that the buffer ends at every place of a line. */
  private L2Row row() {
    long host = random.nextLong(1L << 56) >>> random.nextInt(48) & -512;
    return new L2Row(
        L2Format.Kind.NORMAL,
        FORMAT,
        random.nextInt(1 << 18) >>> random.nextInt(18),
        random.nextLong() >>> random.nextInt(64),
        0,
        TableEntry.COPIED | Math.max(512, host),
        0,
        Validity.VALID);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void copiesAreWhatWouldBeMade(boolean offsets, boolean validity) throws IOException {
    ByteArrayOutputStream copied = new ByteArrayOutputStream();
    ByteArrayOutputStream made = new ByteArrayOutputStream();
    TextOut copies = new TextOut(new ReportOutput(Channels.newChannel(copied)));
    TextOut makes = new TextOut(new ReportOutput(Channels.newChannel(made)));
    TextTables slow = new TextTables(makes, new Lines(makes, offsets, validity), true);
    TextTables fast = new TextTables(copies, new Lines(copies, offsets, validity), true);
    for (int i = 0; i < 100_000; i++) {
      L2Row row = row();
      assertTrue(NormalRows.has(row));
      slow.anyL2Entry(row, 1);
      fast.l2Entry(row);
    }
    makes.flush();
    copies.flush();
    assertEquals(made.toString(US_ASCII), copied.toString(US_ASCII));
  }
}
