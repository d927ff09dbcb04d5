package io.github.qcow2tostdout.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Parts are of a size that their receiver takes. */
class ReceiverTest {
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;
  private static final long TIB = 1L << 40;

  @ParameterizedTest
  @CsvSource({
    // In MiB: the image, the parts.
    "S3, 1, 64",
    "S3, 640000, 64",
    "S3, 640001, 128",
    "S3, 20480000, 2048",
    "S3, 20480001, 4096",
    "S3, 40960000, 4096",
    "S3, 40960001, 5120",
    "S3, 51200000, 5120",
    "GCS, 5242880, 1024",
    "AZURE, 20480000, 2048",
    "AZURE, 67108864, 4000",
    "AZURE, 200000000, 4000",
    "OCI, 67108864, 8192",
  })
  void theSizeFollowsFromTheImage(Receiver receiver, long total, long size) {
    assertEquals(size * MIB, receiver.partSize(total * MIB));
    receiver.require(total * MIB, size * MIB);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsChosenIsAllowed(Receiver receiver) {
    for (long total = 1; total <= 190 * TIB; total = total * 5 / 4 + 1) {
      long image = total;
      if ((image > 48 * TIB && receiver == Receiver.S3)
          || (image > 5 * TIB && receiver == Receiver.GCS)) {
        assertThrows(IllegalArgumentException.class, () -> receiver.partSize(image));
      } else {
        receiver.require(image, receiver.partSize(image));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"S3, 52428800", "GCS, 5242880", "AZURE, 200000000"})
  void anImageThatIsTooLargeIsRefusedByName(Receiver receiver, long most) {
    if (receiver == Receiver.S3) {
      most = 50_000 * GIB / MIB;
    }
    long total = most * MIB;
    receiver.require(total, receiver.partSize(total));
    String said =
        assertThrows(IllegalArgumentException.class, () -> receiver.partSize(total + 1))
            .getMessage();
    assertTrue(said.startsWith(receiver.word() + " takes at most " + total + " bytes"), said);
  }

  @Test
  void aSizeThatIsSaidIsHeldAgainstTheLimits() {
    Receiver.S3.require(10_000 * 5 * MIB, 5 * MIB);
    Receiver.S3.require(3 * MIB, 3 * MIB);
    assertThrows(
        IllegalArgumentException.class, () -> Receiver.S3.require(10_000 * 5 * MIB + 1, 5 * MIB));
    assertThrows(IllegalArgumentException.class, () -> Receiver.S3.require(10 * MIB, 5 * MIB - 1));
    assertThrows(IllegalArgumentException.class, () -> Receiver.S3.require(10 * GIB, 5 * GIB + 1));
    assertThrows(IllegalArgumentException.class, () -> Receiver.AZURE.require(50_001, 1));
  }
}
