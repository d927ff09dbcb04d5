package io.github.qcow2tostdout.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.source.FileKind;
import io.github.qcow2tostdout.work.FullWrite;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files and descriptors for what is no part of the image, open before its first byte. */
public final class SideOutputs implements Closeable {
  /** Of {@code open(2)}, as {@code /proc} has them: the access mode, and who never inherits it. */
  private static final int O_ACCMODE = 03;

  private static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;
  private static final int O_CLOEXEC = 02000000;
  private static final String FLAGS = "flags:";

  /** By what the user called them. */
  private final Map<String, Output> outputs = new HashMap<>();

  /** One of them, and how often it is still to be written to. */
  private static final class Output {
    private final FileChannel channel;
    private int uses;

    Output(FileChannel channel) {
      this.channel = channel;
    }
  }

  private SideOutputs() {}

  /**
   * Opens them; what a file had is gone.
   *
   * @param targets one for each time that something is going to be written
   * @param taken files that they may not be beside standard output, each with what it is
   */
  public static SideOutputs open(List<SideTarget> targets, Map<Path, String> taken)
      throws IOException {
    SideOutputs all = new SideOutputs();
    Map<Path, String> others = new HashMap<>(taken);
    others.put(OutputDescriptor.PATH, "standard output too");
    try {
      for (SideTarget target : targets) {
        Output output = all.outputs.get(target.text());
        if (output == null) {
          output = new Output(open(target, others));
          all.outputs.put(target.text(), output);
          others.put(target.path(), target.text() + " by another name");
        }
        output.uses++;
      }
      return all;
    } catch (IOException | RuntimeException | Error e) {
      all.close();
      throw e;
    }
  }

  private static FileChannel open(SideTarget target, Map<Path, String> taken) throws IOException {
    if (target.descriptor().isPresent()) {
      refuseUnlessInherited(target, target.descriptor().getAsInt());
    }
    for (Map.Entry<Path, String> other : taken.entrySet()) {
      if (isSame(target.path(), other.getKey())) {
        throw new FileSystemException(
            target.text(), null, "is " + other.getValue() + "; write to another file");
      }
    }
    if (target.descriptor().isPresent()) {
      return OutputDescriptor.inheritedChannel(target.descriptor().getAsInt());
    }
    try {
      return FileChannel.open(
          target.path(),
          StandardOpenOption.CREATE,
          StandardOpenOption.WRITE,
          StandardOpenOption.TRUNCATE_EXISTING);
    } catch (AccessDeniedException e) {
      throw refused(target, "permission denied; give a file that you may write", e);
    } catch (NoSuchFileException e) {
      throw refused(target, "its directory does not exist", e);
    }
  }

  private static IOException refused(SideTarget target, String reason, IOException cause) {
    return (IOException) new FileSystemException(target.text(), null, reason).initCause(cause);
  }

  /**
   * Whether the caller has opened a descriptor for us: the VM has files of its own, which are to be
   * closed at exec, or only read.
   *
   * @param wrongMode for what it is not to be open alone
   */
  static boolean isInherited(int number, int wrongMode) throws IOException {
    int flags;
    try {
      flags = flags(Files.readAllLines(Path.of("/proc/self/fdinfo/" + number)));
    } catch (NoSuchFileException e) {
      flags = O_CLOEXEC;
    }
    return (flags & O_CLOEXEC) == 0
        && (flags & O_ACCMODE) != wrongMode
        && number != OutputDescriptor.NUMBER;
  }

  private static void refuseUnlessInherited(SideTarget target, int number) throws IOException {
    if (!isInherited(number, O_RDONLY)) {
      throw new FileSystemException(
          target.text(), null, "is not open for writing; open it, as in " + number + ">FILE");
    }
  }

  private static int flags(List<String> lines) {
    for (String line : lines) {
      if (line.startsWith(FLAGS)) {
        return Integer.parseInt(line.substring(FLAGS.length()).strip(), 8);
      }
    }
    return O_CLOEXEC;
  }

  /** Whether two paths lead to the same file, of a kind in which one would disturb the other. */
  private static boolean isSame(Path one, Path other) {
    try {
      FileKind kind = FileKind.of(one);
      return kind != FileKind.CHARACTER_DEVICE
          && kind == FileKind.of(other)
          && kind.identity(one, 0).inode().equals(kind.identity(other, 0).inode());
    } catch (IOException e) {
      // One that does not exist is not the other.
      return false;
    }
  }

  /** Writes to one of them; behind its last part it ends, for a reader that waits for that. */
  public void write(SideTarget target, String text) throws IOException {
    Output output = outputs.get(target.text());
    if (output == null) {
      throw new IllegalStateException(target.text() + " is not open");
    }
    try {
      FullWrite.write(output.channel, UTF_8.encode(text));
      output.uses--;
      if (output.uses == 0) {
        output.channel.close();
      }
    } catch (IOException e) {
      throw refused(target, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The same, if that is where it is wanted.
   *
   * @return whether it is
   */
  public boolean writeIfWanted(Optional<SideTarget> target, String text) throws IOException {
    if (target.isPresent()) {
      write(target.get(), text);
    }
    return target.isPresent();
  }

  /** Writes a line where it is wanted, or else, fit for a terminal, to standard error. */
  public void writeOrPrint(Optional<SideTarget> target, String line, PrintStream err)
      throws IOException {
    if (!writeIfWanted(target, line)) {
      err.println(Printable.masked(line.stripTrailing()));
    }
  }

  @Override
  public void close() throws IOException {
    for (Output output : outputs.values()) {
      output.channel.close();
    }
  }
}
