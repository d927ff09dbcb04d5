package io.github.qcow2tostdout.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.codec.DigestAlgorithm;
import io.github.qcow2tostdout.codec.DigestValue;
import io.github.qcow2tostdout.codec.OrderedDigests;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.work.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FrameTest {
  private static final Frame FRAME = new Frame(new byte[] {1, 2, 3, 4, 5}, new byte[] {6, 7, 8});

  private final Conversion conversion;
  private final byte[] stream;

  FrameTest() throws IOException {
    MemorySource source = new MemorySource(3000).put(600, (byte) 9).put(2600, (byte) 10);
    conversion =
        Conversion.prepare(source, Images.options(9, 4), ScanOptions.TEST_ALL, Progress.NONE);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(new byte[] {1, 2, 3, 4, 5});
    all.writeBytes(Images.range(conversion, 0, conversion.imageSize()));
    all.writeBytes(new byte[] {6, 7, 8});
    stream = all.toByteArray();
  }

  @Test
  void theSizeIsThatOfTheWhole() {
    assertEquals(stream.length, FRAME.streamSize(conversion.imageSize()));
  }

  @Test
  void everyRangeIsThatOfTheWhole() throws IOException {
    int[] bounds = {
      0,
      1,
      4,
      5,
      6,
      517,
      1000,
      stream.length - 4,
      stream.length - 3,
      stream.length - 2,
      stream.length
    };
    for (int from : bounds) {
      for (int to : bounds) {
        if (from <= to) {
          BytesChannel channel = new BytesChannel();
          conversion.write(
              new SequentialOutput(channel, from, to, Progress.NONE), FRAME, Optional.empty());
          assertArrayEquals(Arrays.copyOfRange(stream, from, to), channel.bytes());
        }
      }
    }
  }

  @Test
  void theDigestIsThatOfTheRange() throws IOException {
    try (OrderedDigests digests = new OrderedDigests(List.of(DigestAlgorithm.CRC64NVME))) {
      conversion.write(
          SequentialOutput.toNowhere(3, stream.length - 1, Progress.NONE, digests),
          FRAME,
          Optional.empty());
      var expected = DigestAlgorithm.CRC64NVME.digest();
      expected.update(ByteBuffer.wrap(stream, 3, stream.length - 4));
      assertEquals(
          List.of(new DigestValue(DigestAlgorithm.CRC64NVME, expected.hex())), digests.finish());
    }
  }
}
