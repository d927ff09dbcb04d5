package io.github.qcow2tostdout.it;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong arguments end with 64, and the message has what is allowed. */
@Timeout(60)
final class BadOptionsIT {
  private static final String SIZES =
      "allowed: 512, 1K, 2K, 4K, 8K, 16K, 32K, 64K, 128K, 256K, 512K, 1M, 2M";

  @TempDir static Path directory;

  @BeforeAll
  static void makeDisk() throws Exception {
    Disks.full(directory.resolve("d"), 512);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-c 256 d            | -c 256: not allowed; " + SIZES,
        "-c 4M d             | -c 4M: not allowed; " + SIZES,
        "-c 3K d             | -c 3K: not allowed; " + SIZES,
        "--cluster-size= d   | " + SIZES,
        "-r 3 d              | -r 3: not allowed; allowed: 1, 2, 4, 8, 16, 32, 64",
        "-r 128 d            | -r 128: not allowed; allowed: 1, 2, 4, 8, 16, 32, 64",
        "-v 4 d              | -v 4: not allowed; allowed: 2, 3",
        "-v 2 -r 8 d         | -r 8 does not go with -v 2: version 2 has only 16-bit refcounts",
        "-v 2 -d d           | -d does not go with -v 2: version 2 has no external data files",
        "-f iso d            | -f iso: not allowed; allowed: raw, ",
        "-f qcow2 nbd://h/x  | -f qcow2 needs a file",
        "-f raw -f vmdk d    | contradict each other",
        "-d -f vmdk d        | -d needs the name of a raw file with the same disk",
        "-R nbd://h/x        | -R needs the name of the file that is exported there",
        "nbd:h:10809         | nbd:h:10809: is no URI of an export; write nbd://HOST",
        "nbds://h/x          | nbds://h/x: NBD over TLS is not there yet",
        "-o sizes=1 d        | allowed: the keys cluster_size, refcount_bits, compat, extended_l2",
        "-o size=1 d         | -o size=1: not possible: the size is that of INPUT",
        "-o preallocation=full d | -o preallocation=full: not allowed; allowed: off",
        "-o encrypt.format=luks d | -o encrypt.format=luks: not possible here; say --encrypt"
            + " --key-file FILE",
        "-c 8K -o extended_l2=on d | -o extended_l2=on does not go with -c 8K: extended L2 entries",
        "-v 2 -o extended_l2=on d | -o extended_l2=on does not go with -v 2",
        "-v 2 --zero-clusters d | --zero-clusters does not go with -v 2",
        "-R --zero-clusters d | --zero-clusters does not go with -R",
        "-B d --diff d d     | -B d and --diff d contradict each other; say one of them",
        "-B d -R d           | -B d does not go with -R",
        "-B d --map-only d   | --map-only does not go with -B d",
        "-B d --zero-clusters d | --zero-clusters does not go with -B d",
        "-F raw d            | -F raw needs -B or --diff",
        "--backing-name n d  | --backing-name n needs -B",
        "-B d -F qcow9 d     | -F qcow9: not allowed; allowed: raw, bochs",
        "-o cluster_size=3 d | -o cluster_size=3: not allowed; " + SIZES,
        "-o cluster_size d   | -o cluster_size: a value is missing",
        "-o refcount_bits=5 d | allowed: 1, 2, 4, 8, 16, 32, 64",
        "-o compat=7 d       | -o compat=7: not allowed; allowed: 0.10, 1.1, v2, v3",
        "-o data_file_raw=x d | -o data_file_raw=x: not allowed; allowed: on, off",
        "-o lazy_refcounts=x d | -o lazy_refcounts=x: not allowed; allowed: on, off",
        "-c 64K -o cluster_size=128K d | -c 64K and -o cluster_size=128K contradict each other",
        "--data-file-name n d | --data-file-name n needs -d or -R",
        "--range 5 d         | --range 5 is not FROM-TO, FROM- or -TO",
        "--range 9-5 d       | --range 9-5 is backwards",
        "--range 9T- d       | --range 9T- goes beyond the end of the image, which has ",
        "--progress=x d      | --progress=x: not allowed; allowed: bar, json",
        "-q --verbose d      | --quiet and --verbose contradict each other",
        "--no-such-option d  | --no-such-option",
        "d e                 | e: is one too many: the image goes to standard output; say"
            + " qcow2-to-stdout INPUT > e",
        "measure d e         | e: is one too many: measure takes one INPUT",
        "check d e           | e: is one too many: check takes one IMAGE",
        "-q -p d             | --quiet and --progress contradict each other",
        "convert             | convert: there is no such command: without one it converts; say"
            + " qcow2-to-stdout INPUT > IMAGE",
        "convert -f raw -O qcow2 d e | convert: there is no such command",
        "create -f qcow2 e 1G | create: there is no such command; say qemu-img create",
        "compare d e         | compare: there is no such command; say qemu-img compare",
        "mesure d            | mesure: there is no such command, nor a file; did you mean measure?",
        "chekc d             | chekc: there is no such command, nor a file; did you mean check?",
        "-O qcow2 d          | -O qcow2: leave it out: what is written is always qcow2",
        "-f raw -O vmdk d    | -O vmdk: what is written is always qcow2; qemu-img convert writes"
            + " others",
        "-Oqcow2 d           | -O qcow2: leave it out",
        "--progress json d   | --progress json: say --progress=json",
        "-p json d           | -p json: say --progress=json",
        "check --progress bar d | --progress bar: say --progress=bar",
        "-z zstd d           | -z zstd: say --compress=zstd",
        "-c d                | -c d: not allowed; " + SIZES + "; to compress clusters say -z",
        "-c d e              | ; to compress clusters say -z",
        "-o e.qcow2 d        | ; the image goes to standard output: > e.qcow2",
        "-o clustersize=1K d | ; did you mean cluster_size?",
        "http://host/d//e    | http://host/d//e: is an address, which is not opened; say curl -f"
            + " http://host/d//e",
        "check https://h/d   | say curl -f https://h/d",
        "file:///d           | file:///d: is an address, which is not opened; say /d",
        "s3://bucket/d       | s3://bucket/d: is an address, which is not opened; give a file",
        "-B https://h/b d    | https://h/b: is an address, which is not opened; say curl -f -o FILE"
            + " https://h/b",
        "--map http://h/m d  | say curl -f http://h/m",
        "--cluster-szie 4K d | Unknown option: '--cluster-szie'; did you mean --cluster-size?",
        "--detect d          | did you mean --detect-change?",
        "check --untrust d   | did you mean --untrusted?",
        "--output=json d     | Unknown option: '--output=json'; it is one of measure, parts, map,"
            + " dump, check",
        "check --range=0-1 d | ; it is one of the conversion, measure",
        "-f qocw2 d          | did you mean qcow2?",
        "-F vdmk -B d d      | did you mean vmdk?",
        "-z=zsdt d           | did you mean zstd?",
        "--progress=jsno d   | did you mean json?",
        "--detect-change mtim d | did you mean mtime?",
        "help chek           | help chek: there is no such command or topic; there are measure",
        "help chek           | did you mean check?",
        "--help=compresion   | did you mean compression?",
        "measure --size 1G d | --size and INPUT contradict each other; say one of them",
        "measure --size 1G -d | -d needs the name of the file that holds the data; say"
            + " --data-file-name NAME",
        "''                  | INPUT is missing",
        "-c 64K              | INPUT is missing",
        "-f vmdk -           | -f vmdk needs a file: only raw disks and qcow2 are read from"
            + " standard input",
        "--map - -           | standard input can't be both INPUT and the map",
        "-d -                | -d needs the name of the file that is on standard input",
        "--offset x d        | --offset x: not a number of bytes",
        "--offset 1M d       | --offset 1048576 is not before the end of d, which has 512 bytes",
        "--length 513 d      | --length 513 goes beyond the end of d, which has 512 bytes",
        "map -c 512 d        | -c 512 needs --zero-test",
        "-c 64K measure d    | options and arguments go behind the subcommand",
        "measure             | INPUT is missing",
        "measure --output=xml d | --output xml: not allowed; allowed: human, json",
        "measure -c 1 d      | -c 1: not allowed; " + SIZES,
      })
  void isRefused(String arguments, String message) throws Exception {
    run("\"$0\" " + arguments).assertFailedBeforeTheFirstByte(64, message);
  }

  @Test
  void missingValueIsRefused() throws Exception {
    run("\"$0\" -r").assertFailedBeforeTheFirstByte(64, "-r");
  }

  @Test
  void emptyInputIsRefused() throws Exception {
    run("\"$0\" ''").assertFailedBeforeTheFirstByte(64, "INPUT is empty");
  }

  @Test
  void imageThatQemuWouldNotOpenIsRefusedWithTheClusterSizeThatWorks() throws Exception {
    run("truncate -s 256G large && \"$0\" -c 512 large")
        .assertFailedBeforeTheFirstByte(
            1, "large: unsupported image: the L1 table takes", "use a cluster size of 1K");
  }

  private static Outcome run(String script) throws Exception {
    return PackagedTool.bash(directory, script);
  }
}
