package io.github.qcow2tostdout.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Runs every path once, for the class list of the start-up archive. */
final class Train {
  private Train() {}

  static void main(String[] args) throws IOException {
    Path disk = Files.createTempFile("train", ".raw");
    try {
      Files.write(disk, new byte[] {1, 2, 3});
      run(new Application(StandardStreams.ofProcess()), disk.toString());
      WritableByteChannel nowhere = Channels.newChannel(OutputStream.nullOutputStream());
      PrintStream silent = new PrintStream(OutputStream.nullOutputStream());
      run(new Application(new StandardStreams(nowhere, silent, false, true)), disk.toString());
      inspect(disk);
    } finally {
      Files.delete(disk);
    }
  }

  /** Dumps and checks the image of a disk, and the disk, which is none. */
  private static void inspect(Path disk) throws IOException {
    Path image = Files.createTempFile("train", ".qcow2");
    try {
      PrintStream silent = new PrintStream(OutputStream.nullOutputStream());
      try (FileChannel out = FileChannel.open(image, StandardOpenOption.WRITE)) {
        new Application(new StandardStreams(out, silent, false, false)).run(disk.toString());
      }
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
      // Bit 63 of the L1 entry: a finding.
      try (FileChannel out = FileChannel.open(image, StandardOpenOption.WRITE)) {
        out.write(ByteBuffer.allocate(1), 3 << 16);
      }
      application.run("check", image.toString());
      application.run("check", "--output=json", image.toString());
      application.run("check", disk.toString());
    } finally {
      Files.delete(image);
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
    application.run("measure", disk);
    application.run("measure", "--output=json", disk);
  }
}
