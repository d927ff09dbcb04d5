package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a cloud would say of our images. */
@Timeout(60)
final class CloudPolicyIT {
  private static final String CHECK = "\"$0\" check --untrusted --policy=openstack ";

  @TempDir static Path directory;

  @BeforeAll
  static void makeDisk() throws Exception {
    Disks.full(directory.resolve("d"), 1 << 20);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0, accepted",
    "-v 2, 0, accepted",
    "-z=zstd, 0, accepted",
    "-o lazy_refcounts=on, 0, accepted",
    "-o extended_l2=on, 2, refused: unknown_features (Unknown QCOW2 features found)",
    "-d, 2, refused: data_file (Image has data_file set)",
    "-B d, 2, refused: backing_file (Image has a backing file)",
  })
  void ourImagesAreJudged(String options, int code, String verdict) throws Exception {
    Outcome outcome =
        PackagedTool.bash(directory, "\"$0\" " + options + " d > i && " + CHECK + "i");
    assertEquals(code, outcome.code(), outcome::toString);
    assertTrue(outcome.out().endsWith("\npolicy openstack: " + verdict + "\n"), outcome::out);
  }

  @Test
  void jsonHasTheReasons() throws Exception {
    Outcome outcome =
        PackagedTool.bash(
            directory, "\"$0\" -o extended_l2=on d > i && " + CHECK + "-j i | tr -d ' \\n'");
    assertTrue(
        outcome
            .out()
            .endsWith(
                "\"policy\":{\"name\":\"openstack\",\"accepted\":false,\"reasons\":[{\"name\":"
                    + "\"unknown_features\",\"text\":\"UnknownQCOW2featuresfound\"}]}}"),
        outcome::out);
  }

  @Test
  void whatIsNotJudgedIsSaid() throws Exception {
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "vmdk", directory.resolve("v"), "1M");
    Outcome outcome = PackagedTool.bash(directory, CHECK + "v");
    assertEquals(1, outcome.code(), outcome::toString);
    assertTrue(outcome.err().contains("no verdict of OpenStack's on vmdk images"), outcome::err);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--policy=openstack i | --policy needs --untrusted",
        "--untrusted --policy=glance i | --policy glance: not allowed; allowed: openstack",
        "--untrusted --policy=openstack - | --policy needs a file",
      })
  void wrongArgumentsAreRefused(String arguments, String message) throws Exception {
    Outcome outcome = PackagedTool.bash(directory, "\"$0\" check " + arguments + " < /dev/null");
    assertEquals(64, outcome.code());
    assertTrue(outcome.err().contains(message), outcome::err);
  }
}
