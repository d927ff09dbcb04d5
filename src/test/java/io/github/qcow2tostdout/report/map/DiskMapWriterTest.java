package io.github.qcow2tostdout.report.map;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qcow2tostdout.report.ReportException;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.ExtentList;
import io.github.qcow2tostdout.testing.FailingChannel;
import io.github.qcow2tostdout.testing.FakeExtents;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskMapWriterTest {
  private static final OptionalLong IN_PLACE = OptionalLong.of(0);

  private static String written(
      boolean json, OptionalLong positionInFile, long size, long... bounds) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new DiskMapWriter(Channels.newChannel(out), json, "disk.raw", positionInFile)
        .write(new FakeExtents(bounds), size);
    return out.toString(UTF_8);
  }

  @Test
  void theEntriesCoverTheDiskAsQemuImgPrintsThem() throws IOException {
    assertEquals(
        """
        [{ "start": 0, "length": 12288, "depth": 0, "present": true, "zero": true, "data": false, "offset": 0},
        { "start": 12288, "length": 8192, "depth": 0, "present": true, "zero": false, "data": true, "offset": 12288},
        { "start": 20480, "length": 1028096, "depth": 0, "present": true, "zero": true, "data": false, "offset": 20480}]
        """,
        written(true, IN_PLACE, 1 << 20, 12288, 20480));
  }

  @Test
  void theOffsetIsThatInTheFile() throws IOException {
    assertEquals(
        """
        [{ "start": 0, "length": 512, "depth": 0, "present": true, "zero": false, "data": true, "offset": 1000}]
        """,
        written(true, OptionalLong.of(1000), 512, 0, 512));
  }

  @Test
  void whatIsInNoFileHasNoOffset() throws IOException {
    assertEquals(
        """
        [{ "start": 0, "length": 512, "depth": 0, "present": true, "zero": false, "data": true}]
        """,
        written(true, OptionalLong.empty(), 512, 0, 512));
  }

  @Test
  void neighboursAreOneEntry() throws IOException {
    assertEquals(
        written(true, IN_PLACE, 1024, 100, 600),
        written(true, IN_PLACE, 1024, 100, 200, 200, 300, 300, 600));
  }

  @Test
  void anEmptyDiskHasAnEmptyMap() throws IOException {
    assertEquals("[]\n", written(true, IN_PLACE, 0));
    assertEquals(
        "Offset          Length          Mapped to       File\n", written(false, IN_PLACE, 0));
  }

  @Test
  void theTableHasTheDataOnly() throws IOException {
    assertEquals(
        """
        Offset          Length          Mapped to       File
        0               0x3000          0x100           disk.raw
        0x123456789abc0 0x20            0x123456789acc0 disk.raw
        """,
        written(
            false,
            OptionalLong.of(0x100),
            1L << 60,
            0,
            0x3000,
            0x123456789abc0L,
            0x123456789abe0L));
  }

  @Test
  void theTableHasADashForWhatIsInNoFile() throws IOException {
    assertEquals(
        """
        Offset          Length          Mapped to       File
        0x10            0x10            -               disk.raw
        """,
        written(false, OptionalLong.empty(), 32, 16, 32));
  }

  @ParameterizedTest
  @CsvSource({"0 10 20 30", "0 1000", "999 1000", "''"})
  void whatIsWrittenIsReadAgain(String bounds) throws IOException {
    long[] numbers =
        bounds.isEmpty()
            ? new long[0]
            : List.of(bounds.split(" ")).stream().mapToLong(Long::parseLong).toArray();
    // The disk has 1000 bytes, and a guest sees two sectors.
    String json = written(true, IN_PLACE, 1024, numbers);
    ExtentList list =
        new DiskMapReader("disk.map", 1000).read(new ByteArrayInputStream(json.getBytes(UTF_8)));
    List<Long> got = new ArrayList<>();
    for (DataExtents walk = list.walk(); walk.next(); ) {
      got.add(walk.from());
      got.add(walk.to());
    }
    assertEquals(Arrays.stream(numbers).boxed().toList(), got);
  }

  @Test
  void anErrorOfTheOutputIsToldFromOneOfTheDisk() {
    FailingChannel full = new FailingChannel("No space left on device");
    DiskMapWriter writer = new DiskMapWriter(full, true, "disk.raw", IN_PLACE);
    assertThrows(ReportException.class, () -> writer.write(new FakeExtents(), 512));
  }
}
