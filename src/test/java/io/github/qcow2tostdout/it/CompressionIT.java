package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.codec.ClusterEncoder;
import io.github.qcow2tostdout.codec.Encoding;
import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code -z} as a user calls it, with QEMU on the other side. */
class CompressionIT {
  @TempDir Path directory;

  private Outcome bash(String script, Object... arguments) throws Exception {
    return PackagedTool.bash(directory, script, arguments);
  }

  private void converts(String options, Path disk) throws Exception {
    Outcome outcome = bash("\"$0\" " + options + " \"$1\" > image", disk);
    assertEquals(new Outcome(0, "", ""), outcome, options);
    Path image = directory.resolve("image");
    Qemu.assertClean(image);
    Qemu.assertIdentical(disk, image);
    Outcome check = bash("\"$0\" check --deep --strict image");
    assertEquals(0, check.code(), () -> options + ": " + check);
    assertEquals(
        "required size: " + Files.size(image),
        bash("\"$0\" measure " + options + " \"$1\"", disk).out().lines().findFirst().orElse(""));
  }

  /** Text, noise, equal bytes, clusters that end on sectors, holes and written zeroes. */
  private Path mixed(int size) throws IOException {
    Random random = new Random(size);
    byte[] disk = new byte[size];
    for (int at = 0; at < size; ) {
      int count = Math.min(size - at, 1 + random.nextInt(300_000));
      switch (random.nextInt(4)) {
        case 0 -> {
          byte[] noise = new byte[count];
          random.nextBytes(noise);
          System.arraycopy(noise, 0, disk, at, count);
        }
        case 1 -> Arrays.fill(disk, at, at + count, (byte) random.nextInt(256));
        case 2 -> {
          for (int i = at; i < at + count; i++) {
            disk[i] = (byte) "qcow2 to stdout ".charAt(random.nextInt(16));
          }
        }
        default -> {}
      }
      at += count;
    }
    return Files.write(directory.resolve("disk" + size), disk);
  }

  @ParameterizedTest
  @CsvSource({
    "512, 16",
    "1K, 1",
    "4K, 1",
    "4K, 2",
    "4K, 16",
    "16K, 4",
    "64K, 1",
    "64K, 2",
    "64K, 8",
    "64K, 16",
    "64K, 64",
    "256K, 16",
    "1M, 16",
    "2M, 1",
    "2M, 16"
  })
  void everyClusterSizeAndWidthOfRefcounts(String cluster, int refcountBits) throws Exception {
    for (String type : new String[] {"zlib", "zstd"}) {
      converts("-z=" + type + " -c " + cluster + " -r " + refcountBits, mixed(6_000_123));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 511, 512, 513, 65_535, 65_536, 65_537, 131_072})
  void everySizeOfDisk(int size) throws Exception {
    converts("-z", mixed(size));
    converts("-z=zstd", mixed(size));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-z --level 1",
        "-z --level 12",
        "-z=zstd --level 1",
        "-z=zstd --level 19",
        "-z --deflate-window=4K",
        "-z --deflate-window 4K --level 1",
        "-z -v 2",
        "-z -o extended_l2=on",
        "-z -o compression_type=zstd",
        "-z --zero-clusters",
        "-z --cache 0",
        "-z --cache 100K --threads 1",
        "-z --threads 7 -o lazy_refcounts=on",
        "-z --no-sparse",
        "-z --map-only"
      })
  void everyOption(String options) throws Exception {
    converts(options, mixed(4_000_000));
  }

  /** Clusters of 64 KiB: 'n' is noise, 'e' equal bytes, 't' text, 'z' zeroes. */
  @ParameterizedTest
  @ValueSource(strings = {"nnnnnnnn", "eeeeeeee", "nenenene", "etetnnte", "tntntntn", "nzezntzt"})
  void everyTurnOfClusters(String clusters) throws Exception {
    Random random = new Random(3);
    byte[] disk = new byte[clusters.length() << 16];
    for (int i = 0; i < disk.length; i++) {
      disk[i] =
          switch (clusters.charAt(i >> 16)) {
            case 'n' -> (byte) random.nextInt();
            case 'e' -> (byte) 5;
            case 't' -> (byte) "qcow2 to stdout ".charAt(random.nextInt(16));
            default -> 0;
          };
    }
    Path file = Files.write(directory.resolve("turns"), disk);
    for (String options :
        new String[] {"-z -r 1", "-z -r 2", "-z", "-z=zstd -r 1", "-z=zstd", "-z -c 4K -r 1"}) {
      converts(options, file);
    }
  }

  @ParameterizedTest
  @CsvSource({"zlib, 16", "zlib, 1", "zlib, 2", "zstd, 16", "zstd, 1"})
  void clustersThatEndOnASectorAndOnAHostCluster(String type, int refcountBits) throws Exception {
    // The second of them fills the first host cluster to its last byte, the fourth the next one.
    int[] lengths = {24_576, 40_960, 1024, 64_512, 33_333, 32_203, 700};
    byte[] disk = new byte[(lengths.length + 1) << 16];
    try (ClusterEncoder encoder =
        Encoding.of(type.equals("zstd"), false, OptionalInt.empty()).newEncoder()) {
      for (int i = 0; i < lengths.length; i++) {
        System.arraycopy(clusterOf(lengths[i], encoder), 0, disk, i << 16, 1 << 16);
      }
    }
    Path file = Files.write(directory.resolve("boundaries"), disk);
    String options = "-z=" + type + " -r " + refcountBits;
    converts(options, file);
    if (refcountBits == 16) {
      // Five clusters of tables, and the data without a gap, up to a sector.
      assertEquals((5 << 16) + 3 * 65_536 + 1024, Files.size(directory.resolve("image")));
    }
  }

  /** A cluster that is compressed to exactly so many bytes: noise, zeroes, and some more noise. */
  private static byte[] clusterOf(int length, ClusterEncoder encoder) {
    ByteBuffer in = ByteBuffer.allocateDirect(1 << 16);
    ByteBuffer out = ByteBuffer.allocateDirect(1 << 16);
    byte[] noise = new byte[1 << 16];
    new Random(length).nextBytes(noise);
    for (int end = 1; end < 300; end++) {
      int count = Math.max(0, length - end - 100);
      for (int i = 0; i < 8 && count >= 0; i++) {
        byte[] cluster = new byte[1 << 16];
        System.arraycopy(noise, 0, cluster, 0, count);
        System.arraycopy(noise, noise.length - end, cluster, cluster.length - end, end);
        in.clear().put(cluster).flip();
        int found = encoder.encode(in, out.clear().limit((1 << 16) - 512));
        if (found == length) {
          return cluster;
        }
        count -= found == ClusterEncoder.DOES_NOT_FIT ? 100 : found - length;
      }
    }
    throw new AssertionError("no cluster becomes " + length + " bytes");
  }

  @Test
  void deltasAreCompressedToo() throws Exception {
    Path base = mixed(4_000_000);
    byte[] changed = Files.readAllBytes(base);
    Arrays.fill(changed, 100_000, 400_000, (byte) 3);
    Arrays.fill(changed, 1_000_000, 1_200_000, (byte) 0);
    Path disk = Files.write(directory.resolve("changed"), changed);
    for (String options : new String[] {"-z", "-z -o extended_l2=on -c 64K", "-z=zstd"}) {
      Outcome outcome = bash("\"$0\" " + options + " -B \"$1\" \"$2\" > delta.qcow2", base, disk);
      assertEquals(new Outcome(0, "", ""), outcome);
      Qemu.assertClean(directory.resolve("delta.qcow2"));
      Qemu.assertIdentical(disk, directory.resolve("delta.qcow2"));
    }
  }

  @Test
  void pipesAndWindowsAreCompressedToo() throws Exception {
    Path disk = mixed(4_000_000);
    assertEquals(0, bash("cat \"$1\" | \"$0\" -z - > piped", disk).code());
    Qemu.assertIdentical(disk, directory.resolve("piped"));
    assertEquals(0, bash("\"$0\" -z --offset 1M --length 2M \"$1\" > window", disk).code());
    byte[] part = Arrays.copyOfRange(Files.readAllBytes(disk), 1 << 20, 3 << 20);
    Qemu.assertIdentical(Files.write(directory.resolve("part"), part), directory.resolve("window"));
  }

  @Test
  void rangesOfAnyCacheJoinToTheStream() throws Exception {
    Path disk = mixed(4_000_000);
    bash("\"$0\" -z \"$1\" > whole", disk);
    assertEquals(
        new Outcome(0, "", ""),
        bash(
            "part=$(($(stat -c %s whole) / 5));"
                + " for i in 0 1 2 3 4; do \"$0\" -z --cache $((i * 50))K --threads $((i + 1))"
                + " --range=$((i * part))-$([ $i = 4 ] || echo $((i * part + part))) \"$1\""
                + " || exit; done > joined",
            disk));
    assertEquals(-1, Files.mismatch(directory.resolve("whole"), directory.resolve("joined")));
  }

  @Test
  void aSmallWindowIsReadInStepsOfAWindow() throws Exception {
    Path disk = mixed(4_000_000);
    assertEquals(0, bash("\"$0\" -z --deflate-window=4K \"$1\" > image", disk).code());
    // What dissect.hypervisor and its like call, on every compressed cluster.
    Path script =
        Files.writeString(
            directory.resolve("inflate.py"),
            """
            import struct, sys, zlib
            image = open(sys.argv[1], 'rb').read()
            disk = open(sys.argv[2], 'rb').read()
            bits, = struct.unpack_from('>I', image, 20)
            l1_size, l1 = struct.unpack_from('>IQ', image, 36)
            size, shift, seen = 1 << bits, 62 - (bits - 8), 0
            for i in range(l1_size):
                l2 = struct.unpack_from('>Q', image, l1 + 8 * i)[0] & 0x00fffffffffffe00
                for k in range(size // 8 if l2 else 0):
                    entry, = struct.unpack_from('>Q', image, l2 + 8 * k)
                    if entry >> 62 & 1:
                        offset = entry & ((1 << shift) - 1)
                        length = ((entry >> shift & ((1 << (62 - shift)) - 1)) + 1) * 512 - offset % 512
                        data = zlib.decompressobj(-12).decompress(image[offset:offset + length], size)
                        guest = (i * (size // 8) + k) * size
                        assert data == disk[guest:guest + size].ljust(size, b'\\0'), hex(guest)
                        seen += 1
            print(seen)
            """);
    String seen = Tool.PYTHON.runWell(script, directory.resolve("image"), disk);
    assertTrue(Integer.parseInt(seen.strip()) > 20, seen);
  }

  @Test
  void zstdSetsItsBitAndType() throws Exception {
    bash("\"$0\" -z=zstd \"$1\" > image", mixed(100_000));
    byte[] header = Arrays.copyOf(Files.readAllBytes(directory.resolve("image")), 112);
    assertEquals(8, header[79]);
    assertEquals(1, header[104]);
    bash("\"$0\" -z \"$1\" > image", mixed(100_000));
    header = Arrays.copyOf(Files.readAllBytes(directory.resolve("image")), 112);
    assertEquals(0, header[79]);
    assertEquals(0, header[104]);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-z=lzo|allowed: zlib, zstd",
        "-z --level 0|allowed: 1 to 12",
        "-z=zstd --level 23|allowed: 1 to 22",
        "-z --deflate-window=4K --level 10|allowed: 1 to 9",
        "-z --level x|allowed: 1 to 12",
        "-z --threads 0|allowed: 1 to 256",
        "-z --cache much|allowed: bytes",
        "-z --deflate-window=8K|allowed: 32K, 4K",
        "-z=zstd --deflate-window=4K|does not go with zstd",
        "--level 3|needs --compress",
        "-o compression_type=zstd|needs -z",
        "-z -d|does not go with",
        "-z -R|does not go with",
        "-z=zstd -v 2|version 2 has no zstd",
        "-z=zlib -o compression_type=zstd|contradict each other"
      })
  void wrongOptionsAreRefused(String options, String message) throws Exception {
    Outcome outcome = bash("\"$0\" " + options + " \"$1\"", mixed(1000));
    assertEquals(64, outcome.code(), outcome::toString);
    assertEquals("", outcome.out());
    assertTrue(outcome.err().contains(message), outcome::err);
  }

  @Test
  void aWriteBetweenThePassesIsAnError() throws Exception {
    Path disk = mixed(8_000_000);
    // The reader takes the first bytes and then writes to the disk.
    Outcome outcome =
        bash(
            "\"$0\" -z --cache 0 \"$1\" | (head -c 65536; sleep 0.2; printf x |"
                + " dd of=\"$1\" bs=1 seek=7000000 conv=notrunc status=none; cat) > image;"
                + " echo ${PIPESTATUS[0]}",
            disk);
    assertEquals("1\n", outcome.out());
    assertTrue(outcome.err().contains("changed"), outcome::err);
  }

  @Test
  void aReaderThatGoesAwayIs141AndATermIs143() throws Exception {
    Path disk = mixed(20_000_000);
    assertEquals(
        "141\n",
        bash("\"$0\" -z \"$1\" | head -c 1000 >/dev/null; echo ${PIPESTATUS[0]}", disk).out());
    Outcome outcome =
        bash(
            "\"$0\" -z --level 12 --threads 1 --cache 0 \"$1\" > image & sleep 0.4; kill $!;"
                + " wait $!; echo $?",
            disk);
    assertTrue(outcome.out().equals("143\n"), outcome::toString);
  }

  @Test
  void aFullDiskIsSaid() throws Exception {
    Outcome outcome = bash("\"$0\" -z \"$1\" > /dev/full", mixed(3_000_000));
    assertEquals(1, outcome.code());
    assertTrue(outcome.err().contains("No space left on device"), outcome::err);
  }

  @Test
  void verboseNamesTheEncoder() throws Exception {
    Outcome outcome = bash("\"$0\" -z --verbose \"$1\" > image", mixed(300_000));
    assertTrue(outcome.err().contains("libdeflate"), outcome::err);
    assertTrue(outcome.err().contains("cache"), outcome::err);
  }

  @Test
  void theSameBytesFromEveryWay() throws Exception {
    Path disk = mixed(3_000_000);
    bash(
        "\"$0\" -z \"$1\" > one; \"$0\" --compress=zlib -o compression_type=zlib \"$1\" > two",
        disk);
    assertArrayEquals(
        Files.readAllBytes(directory.resolve("one")), Files.readAllBytes(directory.resolve("two")));
  }

  @Test
  void millionsOfClustersTakeLittleMemory() throws Exception {
    // 64 MiB at 512 bytes a cluster: more lengths than a chunk has.
    Path disk = directory.resolve("many");
    DiskRecipe.hole(256L << 20).dataEvery(4096).make(disk);
    converts("-z -c 4K", disk);
    Files.write(disk, new byte[] {1}, StandardOpenOption.WRITE);
  }
}
