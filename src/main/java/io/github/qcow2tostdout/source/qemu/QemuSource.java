package io.github.qcow2tostdout.source.qemu;

import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.FileKind;
import io.github.qcow2tostdout.source.ForwardingSource;
import io.github.qcow2tostdout.source.SourceIdentity;
import io.github.qcow2tostdout.source.nbd.NbdSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A disk in a format of QEMU's, as the guest sees it: with its backing files, uncompressed. A
 * program of QEMU's reads it, as a child process, and exports it over NBD.
 */
public final class QemuSource extends ForwardingSource {
  /** What QEMU calls the formats that can be read. */
  public static final List<String> FORMATS =
      List.of(
          "bochs",
          "cloop",
          "dmg",
          "parallels",
          "qcow",
          "qcow2",
          "qed",
          "vdi",
          "vhdx",
          "vmdk",
          "vpc");

  /** How long a child that closes the connection may take to say why: 200 ms. */
  private static final long LAST_WORDS_MILLIS = 200;

  private final String name;
  private final Path path;
  private final FileKind kind;
  private final NbdSource export;
  private final QemuChild child;

  private QemuSource(String name, Path path, FileKind kind, NbdSource export, QemuChild child) {
    super(export);
    this.name = name;
    this.path = path;
    this.kind = kind;
    this.export = export;
    this.child = child;
  }

  /** The child process and how to understand it. */
  private record QemuChild(QemuProgram program, String node, ExportingProcess process) {
    /** What it has said, or nothing. */
    String said() {
      return program.withoutOptions(process.messages(), node);
    }
  }

  /**
   * Opens an image.
   *
   * @param format one of {@link #FORMATS}
   * @param sparse whether QEMU is asked where data is
   * @throws FileSystemException if the file is missing or no such image, or if QEMU's program is
   *     not installed; the reason is for the user
   */
  public static QemuSource open(Path path, String format, boolean sparse) throws IOException {
    return open(path, format, sparse, Environment.ofProcess());
  }

  static QemuSource open(Path path, String format, boolean sparse, Environment environment)
      throws IOException {
    String name = path.toString();
    FileKind kind = FileKind.of(path);
    kind.refuseUnlessAnywhere(name);
    if (!Files.isReadable(path)) {
      throw new AccessDeniedException(name);
    }
    SourceIdentity before = kind.identity(path, 0);
    QemuChild child = start(name, path, kind, format, environment);
    try {
      NbdSource export = connect(name, format, child, sparse);
      if (before.differenceTo(kind.identity(path, 0)).isPresent()) {
        throw new FileSystemException(
            name, null, "was written or replaced while it was opened; run again");
      }
      return new QemuSource(name, path, kind, export, child);
    } catch (IOException | RuntimeException | Error e) {
      child.process().close();
      throw e;
    }
  }

  private static QemuChild start(
      String name, Path path, FileKind kind, String format, Environment environment)
      throws IOException {
    String driver = kind == FileKind.BLOCK_DEVICE ? "host_device" : "file";
    String node = QemuProgram.node(path.toAbsolutePath(), driver, format);
    for (QemuProgram program : QemuProgram.values()) {
      Optional<Path> executable = environment.find(program.program());
      if (executable.isPresent()) {
        return new QemuChild(
            program,
            node,
            ExportingProcess.start(
                socket -> program.command(executable.get(), node, socket), environment));
      }
    }
    throw new FileSystemException(
        name,
        null,
        "to read "
            + format
            + " takes qemu-storage-daemon or qemu-nbd, and neither is installed; Debian has them in"
            + " the packages qemu-system-common and qemu-utils, Fedora in qemu-img");
  }

  private static NbdSource connect(String name, String format, QemuChild child, boolean sparse)
      throws IOException {
    Optional<SocketChannel> channel = child.process().connect();
    if (channel.isPresent()) {
      try {
        return NbdSource.open(name, channel.get(), QemuProgram.EXPORT, sparse);
      } catch (FileSystemException e) {
        if (!child.process().hasEndedWithin(LAST_WORDS_MILLIS)) {
          throw e;
        }
      }
    }
    String said = child.said();
    throw new FileSystemException(
        name,
        null,
        "can't be read as "
            + format
            + ": "
            + (said.isEmpty() ? child.program().program() + " ended without a word" : said));
  }

  @Override
  public DataExtents dataExtents() {
    DataExtents extents = export.dataExtents();
    return new DataExtents() {
      @Override
      public boolean next() throws IOException {
        try {
          return extents.next();
        } catch (FileSystemException e) {
          throw explained(e);
        }
      }

      @Override
      public long from() {
        return extents.from();
      }

      @Override
      public long to() {
        return extents.to();
      }
    };
  }

  @Override
  public int read(ByteBuffer buffer, long offset) throws IOException {
    try {
      return export.read(buffer, offset);
    } catch (FileSystemException e) {
      throw explained(e);
    }
  }

  /** The same with what the child has to say. */
  private FileSystemException explained(FileSystemException e) {
    boolean ended = child.process().hasEndedWithin(LAST_WORDS_MILLIS);
    String said = child.said();
    return new FileSystemException(
        name,
        null,
        e.getReason()
            + (ended ? "; " + child.program().program() + " has ended" : "")
            + (said.isEmpty() ? "" : "; " + child.program().program() + " says: " + said));
  }

  /** The identity of the image's file; those of its backing files are QEMU's to watch. */
  @Override
  public SourceIdentity identity() throws IOException {
    return kind.identity(path, size());
  }

  @Override
  public void close() throws IOException {
    try {
      super.close();
    } finally {
      child.process().close();
    }
  }
}
