package io.github.qcow2tostdout.source.qemu;

import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.FileKind;
import io.github.qcow2tostdout.source.ForwardingSource;
import io.github.qcow2tostdout.source.SourceIdentity;
import io.github.qcow2tostdout.source.nbd.NbdPeer;
import io.github.qcow2tostdout.source.nbd.NbdSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;

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
  private final ImageTree files;
  private final NbdSource export;
  private final QemuChild child;
  private final QemuAccess access;

  private QemuSource(
      String name,
      Path path,
      FileKind kind,
      ImageTree files,
      NbdSource export,
      QemuChild child,
      QemuAccess access) {
    super(export);
    this.access = access;
    this.name = name;
    this.path = path;
    this.kind = kind;
    this.files = files;
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
   * @param access what QEMU may do
   * @throws FileSystemException if the file is missing or no such image, if it names files that may
   *     not be opened, or if QEMU's program is not installed; the reason is for the user
   */
  public static QemuSource open(Path path, String format, boolean sparse, QemuAccess access)
      throws IOException {
    return open(path, format, sparse, access, Environment.ofProcess());
  }

  static QemuSource open(
      Path path, String format, boolean sparse, QemuAccess access, Environment environment)
      throws IOException {
    ImageTree files = new ImageTree(path, format, access);
    return open(files, files.node(), sparse, access, environment);
  }

  /**
   * Opens an image that was found already.
   *
   * @param files it and what it names, and maybe others
   * @param node which of them is the image
   */
  public static QemuSource open(ImageTree files, ImageNode node, boolean sparse, QemuAccess access)
      throws IOException {
    return open(files, node, sparse, access, Environment.ofProcess());
  }

  private static QemuSource open(
      ImageTree files, ImageNode node, boolean sparse, QemuAccess access, Environment environment)
      throws IOException {
    Path path = node.path();
    String name = path.toString();
    FileKind kind = FileKind.of(path);
    QemuChild child = start(files, node, access, environment);
    try {
      NbdSource export = connect(name, node.format(), child, sparse, access);
      files.verify();
      Set<String> strangers = files.files().strangers(child.process().openFiles());
      if (!strangers.isEmpty()) {
        throw new FileSystemException(
            name,
            null,
            child.program().program()
                + " has opened "
                + String.join(", ", strangers)
                + " too, which the image was not seen to name; please report it");
      }
      return new QemuSource(name, path, kind, files, export, child, access);
    } catch (IOException | RuntimeException | Error e) {
      child.process().close();
      throw e;
    }
  }

  private static QemuChild start(
      ImageTree files, ImageNode image, QemuAccess access, Environment environment)
      throws IOException {
    for (QemuProgram program : QemuProgram.values()) {
      Optional<Path> executable = environment.find(program.program());
      if (executable.isPresent()) {
        Path directory = ExportingProcess.newDirectory(environment);
        String node = image.json(directory, access.forceShare());
        return new QemuChild(
            program,
            node,
            ExportingProcess.start(
                directory,
                socket -> program.command(executable.get(), node, socket),
                files.descriptors(),
                access.memory(),
                environment));
      }
    }
    throw new FileSystemException(
        image.path().toString(),
        null,
        "to read "
            + image.format()
            + " takes qemu-storage-daemon or qemu-nbd, and neither is installed; Debian has them in"
            + " the packages qemu-system-common and qemu-utils, Fedora in qemu-img");
  }

  private static NbdSource connect(
      String name, String format, QemuChild child, boolean sparse, QemuAccess access)
      throws IOException {
    Optional<SocketChannel> channel;
    try {
      channel = child.process().connect(access.openTimeout());
    } catch (TimeoutException e) {
      throw new FileSystemException(
          name,
          null,
          child.program().program()
              + " has not opened it within "
              + access.openTimeout().toSeconds()
              + " seconds; give it more with --open-timeout SECONDS");
    }
    if (channel.isPresent()) {
      try {
        return NbdSource.open(
            name, channel.get(), QemuProgram.EXPORT, sparse, NbdPeer.QEMU, access.openTimeout());
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
            + (said.isEmpty() ? child.program().program() + " ended without a word" : said)
            + remedy(said, access));
  }

  /**
   * What to do where it was memory that there was not enough of. A thread needs some for its stack,
   * and is then called temporarily unavailable.
   */
  private static String remedy(String said, QemuAccess access) {
    return said.contains("allocate") || said.contains("thread_create")
        ? "; it may have " + access.memory() + " bytes of memory, more with --qemu-memory SIZE"
        : "";
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

  /** The same with what the child has to say, if it is gone. */
  private FileSystemException explained(FileSystemException e) {
    boolean ended = child.process().hasEndedWithin(LAST_WORDS_MILLIS);
    String said = child.said();
    return new FileSystemException(
        name,
        null,
        (ended ? child.program().program() + " has ended" : e.getReason())
            + (said.isEmpty() ? "" : "; " + child.program().program() + " says: " + said)
            + remedy(said, access));
  }

  /** The identity of the image's file. */
  @Override
  public SourceIdentity identity() throws IOException {
    return kind.identity(path, size());
  }

  @Override
  public Map<String, SourceIdentity> others() throws IOException {
    return files.files().now(name);
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
