package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.RecipeShell;
import io.github.qcow2tostdout.testing.S3Server;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of docs/examples/s3 and the blocks of docs/uploading.md, against a server of S3. */
@Timeout(120)
final class UploadToS3IT {
  @RegisterExtension static final S3Server S3 = new S3Server();

  private static final String OBJECT = "s3://images/dir/disk.qcow2";
  private static final String FINISH = "docs/examples/s3/finish job " + OBJECT;

  @TempDir Path directory;
  private RecipeShell shell;

  @BeforeEach
  void makeDisk() throws Exception {
    shell = new RecipeShell(directory);
    S3.tell(shell);
    shell.set("PARTS", "--part-size 5M");
    Disks.full(shell.here().resolve("disk.raw"), 17 << 20);
    shell.runWell("truncate -s 40M disk.raw");
  }

  /** What is in S3 is what the conversion writes, and QEMU likes it. */
  private void assertUploaded(String object, String options) throws Exception {
    shell.runWell(
        Tool.AWS.path() + " --endpoint-url $AWS_ENDPOINT_URL s3 cp --quiet " + object + " got");
    shell.runWell("qcow2-to-stdout %s disk.raw | cmp - got".formatted(options));
    Tool.QEMU_IMG.runWell("check", "-f", "qcow2", shell.here().resolve("got"));
  }

  private void begin(String options) throws Exception {
    Tool.AWS.path();
    shell.runWell("docs/examples/s3/begin job disk.raw %s %s".formatted(OBJECT, options));
  }

  @Test
  void partsOfTwoMachinesBecomeTheObject() throws Exception {
    shell.runWell(RecipeShell.example("machines", "docs/uploading.md"));
    assertUploaded("s3://images/disk.qcow2", "");
    assertEquals("4\n", shell.runWell("ls job/sent.* | wc -l"));
  }

  @Test
  void diskMayBeUnderAnotherPath() throws Exception {
    begin("-z");
    shell.runWell("mkdir other && cp --sparse=always -p disk.raw other/name");
    shell.runWell("docs/examples/s3/share job other/name 1 1 && " + FINISH);
    assertUploaded(OBJECT, "-z");
  }

  @Test
  void partThatBrokeIsSentAgainAndOthersAreNot() throws Exception {
    begin("");
    shell.wrap(
        "curl",
        """
        echo "$@" | grep -o 'partNumber=[0-9]*' >> '%1$s'
        case $*:$(wc -l < '%1$s') in
          *partNumber=2*:2) head -c 1000000 | %2$s --max-time 2 "$@" ;;
          *) exec %2$s "$@" ;;
        esac
        """
            .formatted(shell.file("puts"), Tool.CURL.path()));
    assertNotEquals(0, shell.run("docs/examples/s3/share job disk.raw 1 1").code());
    assertFalse(Files.exists(shell.here().resolve("job/sent.2")));
    Outcome tooEarly = shell.run(FINISH);
    assertNotEquals(0, tooEarly.code());
    assertTrue(tooEarly.err().contains("sent.2"), tooEarly::err);
    shell.runWell("docs/examples/s3/share job disk.raw 1 1 && " + FINISH);
    assertUploaded(OBJECT, "");
    assertEquals(
        "partNumber=1\npartNumber=2\npartNumber=2\npartNumber=3\npartNumber=4\n",
        Files.readString(shell.file("puts")));
  }

  @Test
  void partThatArrivedOtherwiseIsNotTaken() throws Exception {
    begin("");
    shell.wrap(
        "curl",
        "{ dd bs=1 count=1000 status=none; dd bs=1 count=1 status=none | tr '\\000-\\377'"
            + " '\\001-\\377\\000'; cat; } | exec %s \"$@\"".formatted(Tool.CURL.path()));
    Outcome outcome = shell.run("docs/examples/s3/part job disk.raw 3");
    assertEquals(new Outcome(1, "", "part 3: S3 has got other bytes than were sent\n"), outcome);
    assertFalse(Files.exists(shell.here().resolve("job/sent.3")));
  }

  /** Somebody has put another part there, which S3 takes for ours. */
  @Test
  void anotherObjectIsNotTakenForTheImage() throws Exception {
    begin("");
    shell.runWell("docs/examples/s3/share job disk.raw 1 1");
    shell.runWell(
        "head -c 6M disk.raw | curl -sSf -T - -H Content-Length:$((6<<20)) -H Transfer-Encoding:"
            + " -H Expect: \"$(sed -n 's/^1 //p' job/urls)\"");
    assertNotEquals(0, shell.run(FINISH).code());
  }

  @Test
  void partThatThereIsNotIsAnError() throws Exception {
    begin("");
    assertEquals(
        new Outcome(1, "", "part 5: job has none\n"),
        shell.run("docs/examples/s3/part job disk.raw 5"));
  }

  /** As the AWS CLI of 2025 does it; that of Debian 12 does not know this sum. */
  @Test
  void sumOfTheWholeObjectIsOurs() throws Exception {
    shell.set("AT", S3.url() + "/images/sum");
    shell.runWell(
        """
        set -o pipefail
        sum() { printf '%b' "$(sed 's/ .*//;s/../\\\\x&/g' crc)" | base64; }
        xml() { sed -n "s/.*<$1>\\([^<]*\\)<.*/\\1/p"; }
        id=$(curl -sSf -X POST -H 'x-amz-checksum-algorithm: CRC64NVME' -H 'x-amz-checksum-type: FULL_OBJECT' "$AT?uploads" | xml UploadId)
        list=
        n=0
        for range in 0-5M 5M-10M 10M-; do
          n=$((n + 1))
          qcow2-to-stdout --range $range --digest md5=md5 --digest crc64nvme=crc disk.raw > part
          curl -sSf -T part -H Expect: -H "x-amz-checksum-crc64nvme: $(sum)" "$AT?uploadId=$id&partNumber=$n"
          list+="<Part><PartNumber>$n</PartNumber><ETag>$(cut -c -32 md5)</ETag></Part>"
        done
        echo "<CompleteMultipartUpload>$list</CompleteMultipartUpload>" > list
        qcow2-to-stdout measure --bytes --digest crc64nvme=crc disk.raw > /dev/null
        complete() {
          curl -sS -X POST -H 'x-amz-checksum-type: FULL_OBJECT' -H "x-amz-checksum-crc64nvme: $1" -T list "$AT?uploadId=$id"
        }
        complete AAAAAAAAAAA= | grep -q 'BadRequest'
        complete "$(sum)" | grep -qF "<ChecksumCRC64NVME>$(sum)<"
        """);
    assertUploaded("s3://images/sum", "");
  }

  @Test
  void awsTakesAStream() throws Exception {
    shell.wrap("aws", "exec %s --endpoint-url $AWS_ENDPOINT_URL \"$@\"".formatted(Tool.AWS.path()));
    shell.run(RecipeShell.example("aws", "docs/uploading.md"));
    assertUploaded("s3://images/disk.qcow2", "");
  }

  @Test
  void s3cmdTakesAStream() throws Exception {
    Tool.S3CMD.path();
    String host = S3.url().substring("http://".length());
    Files.writeString(
        shell.file(".s3cfg"),
        """
        [default]
        access_key = anybody
        secret_key = anything
        host_base = %s
        host_bucket = %s
        use_https = False
        """
            .formatted(host, host));
    shell.run(RecipeShell.example("s3cmd", "docs/uploading.md"));
    assertUploaded("s3://images/disk.qcow2", "-z");
  }
}
