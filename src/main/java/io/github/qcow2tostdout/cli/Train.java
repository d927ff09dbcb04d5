package io.github.qcow2tostdout.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
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
      dump(disk.toString());
    } finally {
      Files.delete(disk);
    }
  }

  /** Dumps the image of a disk, and the disk, which is none. */
  private static void dump(String disk) throws IOException {
    Path image = Files.createTempFile("train", ".qcow2");
    try {
      PrintStream silent = new PrintStream(OutputStream.nullOutputStream());
      try (WritableByteChannel out = Files.newByteChannel(image, StandardOpenOption.WRITE)) {
        new Application(new StandardStreams(out, silent, false, false)).run(disk);
      }
      Application application = new Application(StandardStreams.ofProcess());
      application.run("dump", "--help");
      application.run("dump", image.toString());
      application.run("dump", "-j", image.toString());
      application.run("dump", "--header", image.toString());
      application.run("dump", disk);
    } finally {
      Files.delete(image);
    }
  }

  private static void run(Application application, String disk) {
    application.run("--help");
    application.run("--version");
    application.run("measure", "--help");
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
