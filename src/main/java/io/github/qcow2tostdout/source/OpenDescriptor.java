package io.github.qcow2tostdout.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Something that whoever started the process has opened for it, such as standard input.
 *
 * @param name for messages
 * @param path leads to what is open, as {@code /proc/self/fd/0} does
 * @param channel the descriptor's
 */
public record OpenDescriptor(String name, Path path, FileChannel channel) {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final String POSITION = "pos:";

  /**
   * Whether it can be read at any offset, like a file that was opened by its name; if not, from
   * where it is to its end, once, as it is with files that the kernel makes as they are read.
   *
   * @throws FileSystemException if it can't be read at all
   */
  public boolean isFile() throws IOException {
    FileKind kind = kind();
    return switch (kind.reading()) {
      case ANYWHERE -> kind != FileKind.REGULAR || FileSource.endsWhereItSays(channel);
      case ONCE -> false;
      case NEVER -> {
        kind.refuseUnreadable(name);
        throw new IllegalStateException(kind.toString());
      }
    };
  }

  /** Whether there is somebody at the other end of it, who minds if it is not read to its end. */
  public boolean hasWriter() throws IOException {
    FileKind kind = kind();
    return kind == FileKind.FIFO || kind == FileKind.SOCKET;
  }

  private FileKind kind() throws IOException {
    try {
      return FileKind.of(path);
    } catch (NoSuchFileException e) {
      // Without a /proc it can be anything.
      return FileKind.FIFO;
    }
  }

  /**
   * The disk that begins where the descriptor's offset is; the offset stays there.
   *
   * @param sparse whether the file system is asked for holes
   * @throws FileSystemException if the offset leaves nothing; the reason is for the user
   */
  public Source asFile(boolean sparse) throws IOException {
    FileKind kind = kind();
    FileSource file =
        FileSource.ofOpen(name, path, kind, kind.identity(path, 0).inode(), channel, sparse);
    long position = channel.position();
    if (position > 0 && position >= file.size()) {
      position = position(position);
    }
    if (position > 0 && position >= file.size()) {
      file.close();
      throw new FileSystemException(
          name,
          null,
          "stands at byte "
              + position
              + " of a file of "
              + file.size()
              + " bytes: something has read it to its end; open it again");
    }
    return WindowSource.of(file, position, file.size() - position);
  }

  /**
   * Where it stands. Of one that appends a channel says that it stands at the end, where it would
   * write; where it would read is known to the system alone.
   *
   * @param said by the channel
   */
  private long position(long said) {
    if (path.startsWith(DESCRIPTORS)) {
      Path facts = DESCRIPTORS.resolveSibling("fdinfo").resolve(path.getFileName());
      try (Stream<String> lines = Files.lines(facts)) {
        Optional<String> position = lines.filter(line -> line.startsWith(POSITION)).findFirst();
        if (position.isPresent()) {
          return Long.parseLong(position.get().substring(POSITION.length()).strip());
        }
      } catch (IOException | UncheckedIOException | NumberFormatException e) {
        // There are systems without that file; few descriptors append.
      }
    }
    return said;
  }
}
