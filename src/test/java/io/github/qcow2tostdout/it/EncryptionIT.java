package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.LuksImages;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that are encrypted with LUKS, written and read. */
@Timeout(300)
final class EncryptionIT {
  private static final long SEED = Seeds.seed();
  private static final String SECRET = "Geheim: nobody knows\n";
  private static final DiskRecipe DISK =
      DiskRecipe.hole((24 << 20) + 512)
          .data(1 << 20, 3_000_000)
          .zeroes(9 << 20, 2 << 20)
          .data((23 << 20) + 512, 1000)
          .data(24 << 20, 512);

  @TempDir Path directory;
  private Path disk;
  private Path image;
  private LuksImages luks;

  @BeforeEach
  void makeDisk() throws Exception {
    disk = DISK.make(directory.resolve("disk.raw"));
    image = directory.resolve("image.qcow2");
    luks = new LuksImages(Files.writeString(directory.resolve("key"), SECRET));
  }

  private Outcome bash(String script) throws Exception {
    return PackagedTool.bash(directory, script);
  }

  private Outcome bashWell(String script) throws Exception {
    Outcome outcome = bash(script);
    assertEquals(0, outcome.code(), outcome::toString);
    return outcome;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-c 512",
        "-c 4K -r 1 --zero-clusters",
        "-c 2M -v 2",
        "-c 16K -o extended_l2=on,lazy_refcounts=on --verify"
      })
  void qemuReadsWhatIsWritten(String options) throws Exception {
    bashWell("\"$0\" --encrypt --key-file key " + options + " disk.raw > image.qcow2");
    luks.assertIdentical(disk, image);
    Outcome size = bashWell("\"$0\" measure --encrypt --key-file key " + options + " disk.raw");
    assertTrue(size.out().startsWith("required size: " + Files.size(image) + "\n"), size::toString);
    bashWell("cat image.qcow2 | \"$0\" check --deep -");
    bashWell("cat image.qcow2 | \"$0\" restore --key-file key - | cmp - disk.raw");
    bashWell("cat image.qcow2 | \"$0\" restore --key-file key --to out - && cmp out disk.raw");
  }

  @Test
  void qemuIoAndQemuNbdReadIt() throws Exception {
    bashWell("\"$0\" --encrypt --key-file key disk.raw > image.qcow2");
    luks.io(image, "read -P 0 9M 1M", "write -P 5 10M 64k", "read -P 5 10M 64k");
    Tool.QEMU_NBD.path();
    bashWell(
        "qemu-nbd -r --fork -t -k $PWD/s --pid-file pid --object secret,id=s,file=key"
            + " --image-opts driver=qcow2,encrypt.key-secret=s,file.filename=image.qcow2;"
            + " qemu-img convert -O raw nbd+unix:///?socket=$PWD/s back; kill $(cat pid);"
            + " cmp -n 10000000 back disk.raw");
  }

  @Test
  void whatQemuEncryptedIsConverted() throws Exception {
    luks.convert(disk, "cluster_size=64k", image);
    bashWell("\"$0\" -f qcow2 --key-file key image.qcow2 | cmp - <(\"$0\" disk.raw)");
    bashWell("\"$0\" -f qcow2 --key-file key -z image.qcow2 > z && qemu-img compare z disk.raw");
    bashWell(
        "\"$0\" -f qcow2 --key-file key --encrypt image.qcow2 > again.qcow2;"
            + " \"$0\" restore --key-file key again.qcow2 | cmp - disk.raw");
    bashWell("cat image.qcow2 | \"$0\" -f qcow2 --key-file key - | cmp - <(\"$0\" disk.raw)");
    bashWell("\"$0\" restore --key-file fd:7 image.qcow2 7< key | cmp - disk.raw");
    bashWell("\"$0\" restore --key-file <(cat key) image.qcow2 | cmp - disk.raw");
    bashWell("\"$0\" measure -f qcow2 --key-file key image.qcow2 | grep -q required");
  }

  @Test
  void deltaIsEncryptedToo() throws Exception {
    bashWell("cp disk.raw new.raw; printf x | dd of=new.raw bs=1 seek=20000000 conv=notrunc");
    bashWell("\"$0\" --encrypt --key-file key -B disk.raw new.raw > image.qcow2");
    luks.assertIdentical(directory.resolve("new.raw"), image);
    bashWell("\"$0\" restore --follow --key-file key image.qcow2 | cmp - new.raw");
    bashWell("\"$0\" --encrypt --key-file key disk.raw > base.qcow2");
    bashWell(
        "\"$0\" --encrypt --key-file key -B base.qcow2 -F qcow2 new.raw > delta.qcow2;"
            + " \"$0\" restore --follow --key-file key delta.qcow2 | cmp - new.raw");
  }

  @Test
  void rangesFitEachOtherByTheSameHeader() throws Exception {
    bashWell("\"$0\" --encrypt --key-file key disk.raw > image.qcow2");
    String part = "\"$0\" --encrypt --key-file key --luks-header image.qcow2 ";
    bashWell(part + "disk.raw | cmp - image.qcow2");
    long size = Files.size(image);
    Random random = new Random(SEED);
    for (int i = 0; i < 6; i++) {
      long from = random.nextLong(size);
      long to = from + random.nextLong(size - from);
      bashWell(
          part
              + ("--range " + from + "-" + to + " disk.raw | cmp - <(tail -c +" + (from + 1))
              + (" image.qcow2 | head -c " + (to - from) + ")"));
    }
    // The header that goes on is in the part that there is.
    bashWell(
        "head -c 3000000 image.qcow2 > begun; \"$0\" --encrypt --key-file key --luks-header begun"
            + " --range 3000000- disk.raw >> begun; cmp begun image.qcow2");
    Outcome digest =
        bashWell(
            "\"$0\" measure --encrypt --key-file key --luks-header image.qcow2"
                + " --digest sha256 disk.raw; sha256sum image.qcow2");
    String sum = digest.out().lines().toList().getLast().substring(0, 64);
    assertTrue(digest.out().contains("sha256: " + sum), digest::toString);
    bashWell("dd if=image.qcow2 of=header bs=64K skip=4 count=32 status=none");
    bashWell("\"$0\" --encrypt --key-file key --luks-header header disk.raw | cmp - image.qcow2");
  }

  @Test
  void eachImageHasAKeyOfItsOwn() throws Exception {
    bashWell("for i in 1 2; do \"$0\" --encrypt --key-file key disk.raw > $i; done");
    assertNotEquals(-1, Files.mismatch(directory.resolve("1"), directory.resolve("2")));
    bash("\"$0\" --encrypt --key-file key --range 0-1M disk.raw")
        .assertFailedBeforeTheFirstByte(64, "--encrypt needs --luks-header for --range 0-1M");
    bash("\"$0\" measure --encrypt --key-file key --digest sha256 disk.raw")
        .assertFailedBeforeTheFirstByte(64, "--encrypt needs --luks-header for --digest");
  }

  @Test
  void containerdiskHoldsOneThatOpens() throws Exception {
    bashWell(
        "\"$0\" --encrypt --key-file key --containerdisk disk.raw > all.tar; mkdir x; tar xf"
            + " all.tar -C x; for b in x/blobs/sha256/*; do sha256sum < $b | grep -q ${b##*/} ||"
            + " exit 1; tar tf $b 2>/dev/null | grep -q disk.qcow2 && tar xf $b; done; \"$0\""
            + " restore --key-file key disk/disk.qcow2 | cmp - disk.raw");
  }

  @Test
  void whatCantBeEncryptedIsRefused() throws Exception {
    String encrypt = "\"$0\" --encrypt --key-file key ";
    bash(encrypt + "-z disk.raw").assertFailedBeforeTheFirstByte(64, "does not go with -z");
    bash(encrypt + "-d disk.raw").assertFailedBeforeTheFirstByte(64, "does not go with -d");
    bash(encrypt + "-R disk.raw").assertFailedBeforeTheFirstByte(64, "does not go with -R");
    bash("\"$0\" --encrypt disk.raw").assertFailedBeforeTheFirstByte(64, "needs --key-file");
    bash("\"$0\" --key-file key disk.raw").assertFailedBeforeTheFirstByte(64, "needs -f qcow2");
    bash("\"$0\" --luks-header key disk.raw").assertFailedBeforeTheFirstByte(64, "needs --encrypt");
    bash(encrypt + "--luks-header disk.raw disk.raw")
        .assertFailedBeforeTheFirstByte(1, "does not begin with LUKS");
  }

  @Test
  void badKeyFilesAreRefusedWithoutAWordOfThem() throws Exception {
    luks.create(image, "", "1M");
    bashWell("printf 'Geheim: nobody knows' > bad; : > empty; printf '\\377\\n' > bytes");
    bashWell("head -c 9000000 /dev/zero > huge");
    String read = "\"$0\" restore image.qcow2 --key-file ";
    Outcome wrong = bash(read + "bad");
    wrong.assertFailedBeforeTheFirstByte(1, "opens none of its key slots");
    assertFalse(wrong.err().contains("Geheim"), wrong::err);
    bash(read + "empty").assertFailedBeforeTheFirstByte(1, "empty: is empty; give a key");
    bash(read + "huge").assertFailedBeforeTheFirstByte(1, "has more than");
    bash(read + "missing").assertFailedBeforeTheFirstByte(1, "missing: no such file");
    bash(read + "fd:9").assertFailedBeforeTheFirstByte(1, "fd:9: is not open for reading");
    bash(read + "bytes").assertFailedBeforeTheFirstByte(1, "opens none of its key slots");
    bash("\"$0\" --encrypt --key-file bytes disk.raw")
        .assertFailedBeforeTheFirstByte(1, "no key that QEMU takes");
    bash("cat image.qcow2 | \"$0\" restore --key-file bad --to out -")
        .assertFailed(1, "opens none of its key slots");
    assertFalse(Files.exists(directory.resolve("out")));
  }

  @Test
  void keyOfTheOldMethodIsRefusedByName() throws Exception {
    bashWell(
        "\"$0\" -c 64K disk.raw > image.qcow2; printf '\\1' |"
            + " dd of=image.qcow2 bs=1 seek=35 conv=notrunc status=none");
    bash("\"$0\" restore --key-file key image.qcow2").assertFailed(1, "before LUKS");
  }

  @Test
  void headerBehindTheDataOfAStreamIsRefused() throws Exception {
    bashWell("\"$0\" --encrypt --key-file key disk.raw > image.qcow2");
    // A copy of the LUKS header at the end, and the header of the image says so.
    long end = Files.size(image);
    bashWell(
        "dd if=image.qcow2 of=image.qcow2 bs=64K skip=4 count=32 seek="
            + (end >> 16)
            + " conv=notrunc status=none; printf '\\0\\0\\0\\0\\0"
            + String.format("\\%o\\%o\\%o", end >> 16 & 255, end >> 8 & 255, end & 255)
            + "' | dd of=image.qcow2 bs=1 seek=120 conv=notrunc status=none");
    bash("cat image.qcow2 | \"$0\" restore --key-file key --to out -")
        .assertFailed(63, "its LUKS header");
  }
}
