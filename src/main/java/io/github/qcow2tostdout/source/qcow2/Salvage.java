package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.format.ImageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What of a disk is lost, and becomes zeroes: what can't be read, and what cannot be told whose it
 * is. Each range is here once, however often it is come to. For any thread.
 */
public final class Salvage {
  /** More pieces than that are no damage, but no image. */
  private static final int MAX_LOSSES = 100_000;

  /** Why something is lost. */
  public enum Cause {
    CORRUPT("corrupt", "the tables do not say where it is"),
    UNDECODABLE("undecodable", "its compressed data can't be decoded"),
    UNREADABLE("unreadable", "the file can't be read there"),
    CLAIMED_TWICE("claimed-twice", "something else claims its cluster too");

    private final String key;
    private final String words;

    Cause(String key, String words) {
      this.key = key;
      this.words = words;
    }

    /** In reports that programs read. */
    public String key() {
      return key;
    }

    /** For the user. */
    public String words() {
      return words;
    }
  }

  /**
   * A range of the disk that is lost.
   *
   * @param from its first byte
   * @param to the byte behind it
   * @param image the name of the file that should have had it
   * @param cause why
   * @param fact what was found at its start
   */
  public record Loss(long from, long to, String image, Cause cause, String fact) {
    private boolean isLike(Loss other) {
      return image.equals(other.image) && cause == other.cause;
    }
  }

  private final TreeMap<Long, Loss> losses = new TreeMap<>();

  /**
   * Notes a loss.
   *
   * @throws ImageException.Corrupt if there are too many of them
   */
  synchronized void add(Loss loss) throws ImageException {
    long at = loss.from();
    while (at < loss.to()) {
      Map.Entry<Long, Loss> before = losses.floorEntry(at);
      if (before != null && before.getValue().to() > at) {
        at = before.getValue().to();
        continue;
      }
      Long next = losses.higherKey(at);
      long end = next == null ? loss.to() : Math.min(next, loss.to());
      addNew(new Loss(at, end, loss.image(), loss.cause(), loss.fact()));
      at = end;
    }
  }

  private void addNew(Loss loss) throws ImageException {
    Loss whole = loss;
    Map.Entry<Long, Loss> before = losses.lowerEntry(whole.from());
    if (before != null
        && before.getValue().to() == whole.from()
        && before.getValue().isLike(loss)) {
      losses.remove(before.getKey());
      whole = joined(before.getValue(), whole);
    }
    Loss behind = losses.get(whole.to());
    if (behind != null && behind.isLike(loss)) {
      losses.remove(behind.from());
      whole = joined(whole, behind);
    }
    losses.put(whole.from(), whole);
    if (losses.size() > MAX_LOSSES) {
      throw new ImageException.Corrupt(
          loss.image(),
          "more than " + MAX_LOSSES + " ranges of the disk are lost",
          "there is nothing to salvage");
    }
  }

  private static Loss joined(Loss first, Loss second) {
    return new Loss(first.from(), second.to(), first.image(), first.cause(), first.fact());
  }

  /** All of them by now, in the order of the disk. */
  public synchronized List<Loss> losses() {
    return new ArrayList<>(losses.values());
  }
}
