package io.github.qcow2tostdout.source.nbd;

import io.github.qcow2tostdout.source.Offsets;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The parts of an export that are here or on their way: what is read, and before that what was said
 * to be read soon, the first bytes first. A part is given up once it was read to its end.
 */
final class NbdParts {
  /** What is said to be read soon beyond that is asked for when it is read. */
  private static final int MAX_HINTS = 8192;

  /** Requests that hints must leave to reads and to questions for extents. */
  private static final int RESERVE = 8;

  /** After so many reads a part that was not one of them is taken for not wanted any more. */
  private static final long MAX_AGE = 4096;

  private final String name;
  private final NbdConnection connection;
  private final NbdExport export;
  private int partSize;
  private final NbdBuffers buffers = new NbdBuffers();
  private final NbdWindow window = new NbdWindow(System::nanoTime);
  private final ReentrantLock lock = new ReentrantLock();

  /** By their first byte; they don't overlap. */
  private final TreeMap<Long, NbdPart> parts = new TreeMap<>();

  /**
   * From first byte to byte behind the last; they may overlap. The large ones have a queue of their
   * own, because more of them wait.
   */
  private final TreeMap<Long, Long> smallHints = new TreeMap<>();

  private final TreeMap<Long, Long> largeHints = new TreeMap<>();

  /**
   * Whether reads are asked for in one chunk each. Chunks in any order are put together as well,
   * but QEMU, which would send what its images have as holes so, ends the connection where it can't
   * read one; of a single chunk it says so.
   */
  private boolean unfragmented;

  private long reads;
  private long nextSweep;

  NbdParts(String name, NbdConnection connection) {
    this.name = name;
    this.connection = connection;
    export = connection.export();
    unfragmented = export.unfragmented();
    partSize = (int) Math.min(NbdBuffers.LARGE, export.maximumPayload());
  }

  /** Says that the server is far, so that many reads are to be under way, and larger ones. */
  void expectDistance() {
    lock.lock();
    try {
      window.open();
      partSize = (int) Math.min(buffers.expectDistance(), export.maximumPayload());
    } finally {
      lock.unlock();
    }
  }

  /** Says that a range of the export is going to be read soon. */
  void hint(long from, long to) {
    lock.lock();
    try {
      addHint(from, to);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The part with the byte at an offset; waits for it. To be given back by {@link #release}.
   *
   * @param end the byte behind the last that is wanted with it; the export has it
   * @throws FileSystemException if the server can't read it, or the connection fails
   */
  NbdPart take(long offset, long end) throws FileSystemException {
    NbdPart part;
    lock.lock();
    try {
      reads++;
      part = ask(offset, end);
      part.take();
      // Many at a time, so that the server is not woken for each.
      if (connection.room() >= NbdConnection.MAX_REQUESTS / 2) {
        List<NbdRead> requests = new ArrayList<>();
        askFor(smallHints, requests);
        askFor(largeHints, requests);
        if (!requests.isEmpty()) {
          connection.send(requests);
        }
      }
    } finally {
      lock.unlock();
    }
    connection.await(part.request());
    if (part.request().isTooLongForOneChunk()) {
      abandonChunks(part);
      return take(offset, end);
    }
    if (part.request().error().isPresent()) {
      // What can't be read now may be later.
      release(part, part.to());
      throw failed(part.request());
    }
    return part;
  }

  /** Has no more data sent in one chunk, this part's first. */
  private void abandonChunks(NbdPart part) {
    lock.lock();
    try {
      unfragmented = false;
      parts.remove(part.from(), part);
    } finally {
      lock.unlock();
    }
    release(part, part.to());
  }

  /**
   * Gives a part back.
   *
   * @param readTo the byte behind the last that was read of it
   */
  void release(NbdPart part, long readTo) {
    lock.lock();
    try {
      part.giveBack(readTo);
      if (part.isOver()) {
        remove(part);
        if (NbdBuffers.isLarge(part.size())) {
          window.done(part.size());
        } else {
          window.pause();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void addHint(long from, long to) {
    NavigableMap<Long, Long> hints = NbdBuffers.isLarge(to - from) ? largeHints : smallHints;
    if (from < to && (hints.size() < MAX_HINTS || hints.containsKey(from))) {
      hints.merge(from, to, Math::max);
    }
  }

  /** The part with a byte; a request is made for it if there is none. */
  private NbdPart ask(long offset, long end) throws FileSystemException {
    while (true) {
      Optional<NbdPart> there = covering(offset);
      if (there.isPresent()) {
        return there.get();
      }
      Optional<NbdPart> made = connection.room() > 0 ? make(offset, end, true) : Optional.empty();
      if (made.isPresent()) {
        connection.send(List.of(made.get().request()));
        smallHints.subMap(offset, end).values().removeIf(to -> to <= end);
        largeHints.subMap(offset, end).values().removeIf(to -> to <= end);
        addHint(made.get().to(), end);
        return made.get();
      }
      awaitAny();
    }
  }

  /** Waits, without the lock, until something that is under way is here. */
  private void awaitAny() throws FileSystemException {
    NbdRead request =
        parts.values().stream()
            .map(part -> part.request())
            .filter(read -> !read.isComplete())
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("all buffers are in use"));
    lock.unlock();
    try {
      connection.await(request);
    } finally {
      lock.lock();
    }
  }

  private void askFor(NavigableMap<Long, Long> hints, List<NbdRead> requests) {
    while (!hints.isEmpty() && requests.size() < connection.room() - RESERVE) {
      long from = hints.firstKey();
      long to = hints.firstEntry().getValue();
      Optional<NbdPart> part = covering(from);
      if (part.isEmpty()) {
        part = make(from, to, false);
        if (part.isEmpty()) {
          break;
        }
        requests.add(part.get().request());
      }
      hints.remove(from);
      addHint(part.get().to(), to);
    }
  }

  private Optional<NbdPart> covering(long offset) {
    Map.Entry<Long, NbdPart> below = parts.floorEntry(offset);
    return below != null && below.getValue().to() > offset
        ? Optional.of(below.getValue())
        : Optional.empty();
  }

  /**
   * Makes a part for the first bytes of a range, as many as go into one, if there is memory for it.
   *
   * @param from in no part
   * @param demanded whether others may be given up for it
   */
  private Optional<NbdPart> make(long from, long to, boolean demanded) {
    long start = export.alignedDown(from);
    long end = Offsets.sum(start, partSize, export.alignedUp(to));
    Long above = parts.higherKey(start);
    if (above != null) {
      end = Math.min(end, above);
    }
    int size = Math.toIntExact(end - start);
    if (!demanded && NbdBuffers.isLarge(size) && buffers.large() >= window.size()) {
      return Optional.empty();
    }
    if (!buffers.reserve(size) && !(giveUp(size, demanded) && buffers.reserve(size))) {
      return Optional.empty();
    }
    NbdRead request = new NbdRead(start, size, unfragmented, buffers::take);
    NbdPart part = new NbdPart(start, end, Math.min(to, end), request, reads);
    parts.put(start, part);
    return Optional.of(part);
  }

  /** Makes room: gives up what was not read for long, or all that is not in use. */
  private boolean giveUp(int size, boolean all) {
    if (!all && reads < nextSweep) {
      return false;
    }
    nextSweep = reads + MAX_AGE / 8;
    List<NbdPart> victims =
        parts.values().stream()
            .filter(NbdPart::isIdle)
            .filter(part -> all || part.isOlderThan(reads - MAX_AGE))
            .filter(part -> NbdBuffers.isLarge(part.size()) == NbdBuffers.isLarge(size))
            .toList();
    victims.forEach(this::remove);
    return !victims.isEmpty();
  }

  private void remove(NbdPart part) {
    parts.remove(part.from(), part);
    buffers.release(part.size(), part.request().data());
  }

  private FileSystemException failed(NbdRead request) {
    NbdRequest.ServerError error = request.error().orElseThrow();
    return new FileSystemException(
        name,
        null,
        "can't be read at byte "
            + error.offset()
            + ": "
            + connection.peer().words()
            + " says: "
            + error
            + "; "
            + connection.peer().remedy());
  }
}
