package io.github.qcow2tostdout.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An image of 32 MiB that QEMU has encrypted; the key is "x". QEMU measures the processor for it,
 * which takes two seconds, so it is made once.
 */
public final class LuksImage {
  private static final int MAX_ATTEMPTS = 20;

  private static byte[] bytes = {};

  private LuksImage() {}

  /** Makes it; ends the test if the tool is missing. */
  public static synchronized Path make(Path image) throws IOException, InterruptedException {
    if (bytes.length == 0) {
      create(image);
      bytes = Files.readAllBytes(image);
    }
    return Files.write(image, bytes);
  }

  private static void create(Path image) throws IOException, InterruptedException {
    Outcome outcome;
    int attempts = 0;
    do {
      outcome =
          Tool.QEMU_IMG.run(
              "create",
              "-q",
              "-f",
              "qcow2",
              "--object",
              "secret,id=s,data=x",
              "-o",
              "encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10",
              image,
              "32M");
      attempts++;
      // It gives up on a busy one.
    } while (outcome.err().contains("CPU usage") && attempts < MAX_ATTEMPTS);
    assertEquals(0, outcome.code(), outcome::toString);
  }
}
