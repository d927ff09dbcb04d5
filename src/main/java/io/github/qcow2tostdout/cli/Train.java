package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.cli.command.InfoOptions;
import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.ProgressSignal;
import io.github.qcow2tostdout.cli.terminal.StandardInput;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.source.FileSource;
import io.github.qcow2tostdout.source.OpenDescriptor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;

/** Runs every path once, for the class lists of the two start-up archives. */
final class Train {
  /** All that an NBD server says in one conversion of an export of 8 bytes. */
  private static final String SERVER_SAYS =
      // NBDMAGIC, IHAVEOPT, handshake flags
      "4e42444d41474943 49484156454f5054 0003"
          // NBD_OPT_STRUCTURED_REPLY: NBD_REP_ACK
          + "0003e889045565a9 00000008 00000001 00000000"
          // NBD_OPT_SET_META_CONTEXT: base:allocation is 1, NBD_REP_ACK
          + "0003e889045565a9 0000000a 00000004 00000013 00000001"
          + "626173653a616c6c6f636174696f6e"
          + "0003e889045565a9 0000000a 00000001 00000000"
          // NBD_OPT_GO: NBD_INFO_EXPORT, NBD_REP_ACK
          + "0003e889045565a9 00000007 00000003 0000000c 0000 0000000000000008 0003"
          + "0003e889045565a9 00000007 00000001 00000000"
          // To request 1: NBD_REPLY_TYPE_OFFSET_DATA
          + "668e33ef 0001 0001 0000000000000001 00000010 0000000000000000 0102030405060708"
          // To request 2: NBD_REPLY_TYPE_BLOCK_STATUS, 8 bytes of data
          + "668e33ef 0001 0005 0000000000000002 0000000c 00000001 00000008 00000000"
          // To requests 3 and 4: NBD_REPLY_TYPE_OFFSET_DATA
          + "668e33ef 0001 0001 0000000000000003 00000010 0000000000000000 0102030405060708"
          + "668e33ef 0001 0001 0000000000000004 00000010 0000000000000000 0102030405060708";

  private Train() {}

  /**
   * Runs those of one archive: what is in it that is not needed is slower to start all the same.
   *
   * @param args {@code inspect} for check and dump, {@code info}; nothing for all else
   */
  static void main(String[] args) throws IOException {
    // The VM loads it by name, and would look for it outside of the archive.
    System.err.println("training for " + Main.class.getName());
    Interruption.endAtSignals(System.err);
    ProgressSignal.answer(System.err);
    Path disk = Files.createTempFile("train", ".raw");
    try {
      Files.write(disk, new byte[] {1, 2, 3});
      if (args.length > 0) {
        if (args[0].equals(InfoOptions.NAME)) {
          info(disk);
        } else {
          inspect(disk);
        }
        return;
      }
      run(new Application(StandardStreams.ofProcess()), disk.toString());
      WritableByteChannel nowhere = Channels.newChannel(OutputStream.nullOutputStream());
      PrintStream silent = new PrintStream(OutputStream.nullOutputStream());
      run(new Application(new StandardStreams(nowhere, silent, false, true)), disk.toString());
      readInput(disk, nowhere, silent);
      plan(disk, nowhere, silent);
    } finally {
      Files.delete(disk);
    }
    readExport();
    readLargeDisk();
  }

  /**
   * Converts a disk for which it pays to ask the system for its holes, and to hand over its data.
   */
  private static void readLargeDisk() throws IOException {
    Interruption.endAtSignals(System.err);
    Path disk = Files.createTempFile("train", ".raw");
    try {
      try (FileChannel out = FileChannel.open(disk, StandardOpenOption.WRITE)) {
        byte[] data = new byte[8 << 20];
        Arrays.fill(data, (byte) 1);
        out.write(ByteBuffer.wrap(data), FileSource.MIN_SIZE_FOR_SYSTEM_CALLS);
      }
      new Application(StandardStreams.ofProcess()).run(disk.toString());
    } finally {
      Files.delete(disk);
    }
  }

  /** Reads a disk from standard input, as a file and as a pipe, and by a map. */
  private static void readInput(Path disk, WritableByteChannel out, PrintStream err)
      throws IOException {
    Path map = Files.createTempFile("train", ".map");
    try {
      try (FileChannel to = FileChannel.open(map, StandardOpenOption.WRITE)) {
        Application application = new Application(new StandardStreams(to, err, false, false));
        application.run("map", "--zero-test", disk.toString());
      }
      Application application = new Application(new StandardStreams(out, err, false, false));
      application.run("map", "--output=human", disk.toString());
      application.run("--map", map.toString(), "--offset", "1", "--length", "2", disk.toString());
      application.run("--map", map.toString(), disk.toString());
      for (Path path : new Path[] {disk, disk.resolveSibling("no-such-file")}) {
        OpenDescriptor in = new OpenDescriptor(StandardInput.NAME, path, FileChannel.open(disk));
        new Application(new StandardStreams(in, out, err, false, false, false)).run("-");
      }
    } finally {
      Files.delete(map);
    }
  }

  /** Makes a plan of a disk, and writes a part of the image by it. */
  private static void plan(Path disk, WritableByteChannel out, PrintStream err) throws IOException {
    Path plan = Files.createTempFile("train", ".plan");
    try {
      try (FileChannel to = FileChannel.open(plan, StandardOpenOption.WRITE)) {
        new Application(new StandardStreams(to, err, false, false)).run("plan", disk.toString());
      }
      new Application(new StandardStreams(out, err, false, false))
          .run("--plan", plan.toString(), "--part", "1/64M", disk.toString());
    } finally {
      Files.delete(plan);
    }
  }

  /** Reads an export of 8 bytes from a server that knows what it will be asked, and in vain. */
  private static void readExport() throws IOException {
    Path directory = Files.createTempDirectory("train");
    Path socket = directory.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Thread.ofPlatform().daemon().start(() -> serve(server));
      Application application = new Application(StandardStreams.ofProcess());
      application.run("nbd+unix:///?socket=" + socket);
      application.run("nbd://127.0.0.1:1");
    } finally {
      Files.deleteIfExists(socket);
      Files.delete(directory);
    }
  }

  private static void serve(ServerSocketChannel server) {
    try (SocketChannel client = server.accept()) {
      client.write(ByteBuffer.wrap(HexFormat.of().parseHex(SERVER_SAYS.replace(" ", ""))));
      while (client.read(ByteBuffer.allocate(1024)) >= 0) {
        // What it wants is known.
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes an image of a disk, and says nothing of it. */
  private static void convert(Path disk, Path image) throws IOException {
    PrintStream silent = new PrintStream(OutputStream.nullOutputStream());
    try (FileChannel out = FileChannel.open(image, StandardOpenOption.WRITE)) {
      new Application(new StandardStreams(out, silent, false, false)).run(disk.toString());
    }
  }

  /** Shows what an image and a disk are. */
  private static void info(Path disk) throws IOException {
    Path image = Files.createTempFile("train", ".qcow2");
    try {
      convert(disk, image);
      Application application = new Application(StandardStreams.ofProcess());
      application.run(InfoOptions.NAME, "--help");
      for (Path file : new Path[] {image, disk, image.resolveSibling("no-such-file")}) {
        application.run(InfoOptions.NAME, file.toString());
        application.run(InfoOptions.NAME, "-j", file.toString());
        application.run("picture", file.toString());
      }
      application.run("picture", "--html", image.toString());
      dehydrate(image);
    } finally {
      Files.delete(image);
    }
  }

  /** Takes the metadata of an image, and makes an image of it, in a file and as if for a pipe. */
  private static void dehydrate(Path image) throws IOException {
    PrintStream silent = new PrintStream(OutputStream.nullOutputStream());
    WritableByteChannel nowhere = Channels.newChannel(OutputStream.nullOutputStream());
    Path metadata = Files.createTempFile("train", ".meta");
    Path again = metadata.resolveSibling(metadata.getFileName() + ".qcow2");
    try {
      try (FileChannel out = FileChannel.open(metadata, StandardOpenOption.WRITE)) {
        new Application(new StandardStreams(out, silent, false, false))
            .run("dehydrate", image.toString());
      }
      Application application = new Application(new StandardStreams(nowhere, silent, false, false));
      application.run("dehydrate", "--blank-names", image.toString());
      application.run("rehydrate", metadata.toString());
      application.run("rehydrate", "--overwrite", "--to", again.toString(), metadata.toString());
    } finally {
      Files.delete(metadata);
      Files.deleteIfExists(again);
    }
  }

  /** Dumps and checks the image of a disk, and the disk, which is none. */
  private static void inspect(Path disk) throws IOException {
    Path image = Files.createTempFile("train", ".qcow2");
    try {
      convert(disk, image);
      Application application = new Application(StandardStreams.ofProcess());
      application.run("dump", "--help");
      application.run("dump", image.toString());
      application.run("dump", "-j", image.toString());
      application.run("dump", "--header", image.toString());
      application.run("dump", disk.toString());
      application.run("check", "--help");
      application.run("check", image.toString());
      application.run("check", "--output=json", "-M", "-p", image.toString());
      application.run("check", "--deep", "--untrusted", "--strict", image.toString());
      stream(image);
      restore(image, new PrintStream(OutputStream.nullOutputStream()));
      // Bit 63 of the L1 entry: a finding.
      try (FileChannel out = FileChannel.open(image, StandardOpenOption.WRITE)) {
        out.write(ByteBuffer.allocate(1), 3 << 16);
      }
      application.run("check", image.toString());
      application.run("check", "--output=json", image.toString());
      application.run("check", disk.toString());
      application.run("check", "--no-such-option");
      application.run("check", "no-such-file");
    } finally {
      Files.delete(image);
    }
  }

  /** Restores an image, from a file and as if it came through a pipe. */
  private static void restore(Path image, PrintStream err) throws IOException {
    WritableByteChannel nowhere = Channels.newChannel(OutputStream.nullOutputStream());
    Path disk = image.resolveSibling(image.getFileName() + ".raw");
    new Application(StandardStreams.ofProcess()).run("restore", "--help");
    new Application(new StandardStreams(nowhere, err, false, false))
        .run("restore", image.toString());
    for (String[] to : new String[][] {{}, {"--overwrite", "--to", disk.toString()}}) {
      try (FileChannel in = FileChannel.open(image)) {
        OpenDescriptor pipe =
            new OpenDescriptor(StandardInput.NAME, image.resolveSibling("no-such-file"), in);
        String[] arguments = new String[to.length + 2];
        arguments[0] = "restore";
        System.arraycopy(to, 0, arguments, 1, to.length);
        arguments[to.length + 1] = "-";
        new Application(new StandardStreams(pipe, nowhere, err, false, false, false))
            .run(arguments);
      }
    }
    new Application(new StandardStreams(nowhere, err, false, false))
        .run("restore", "--overwrite", "--to", disk.toString(), image.toString());
    Files.deleteIfExists(disk);
  }

  /** Checks an image as if it came through a pipe. */
  private static void stream(Path image) throws IOException {
    try (FileChannel in = FileChannel.open(image)) {
      // What has no path is taken for a pipe.
      OpenDescriptor pipe =
          new OpenDescriptor(StandardInput.NAME, image.resolveSibling("no-such-file"), in);
      StandardStreams process = StandardStreams.ofProcess();
      StandardStreams streams =
          new StandardStreams(pipe, process.out(), process.err(), false, false, false);
      new Application(streams).run("check", "--output=json", "-M", "-");
    }
  }

  private static void run(Application application, String disk) {
    application.run("--help");
    application.run("--version");
    application.run("measure", "--help");
    application.run("check", "--help");
    application.run("--no-such-option");
    application.run("/dev/null");
    application.run(disk);
    application.run("-c", "128K", "-o", "refcount_bits=8", "--progress=json", disk);
    application.run("-p", "--verbose", disk);
    application.run("-R", disk);
    application.run("-f", "qcow2", disk);
    application.run("measure", disk);
    application.run("measure", "--output=json", disk);
  }
}
