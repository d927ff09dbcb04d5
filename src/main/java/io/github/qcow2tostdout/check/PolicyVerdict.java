package io.github.qcow2tostdout.check;

import java.util.List;

/**
 * What somebody else's rules say of an image.
 *
 * @param policy whose
 * @param reasons why the image is refused; none if it is taken
 */
public record PolicyVerdict(String policy, List<Reason> reasons) {
  /**
   * A rule that the image breaks.
   *
   * @param name as the policy calls it
   * @param text as it says it
   */
  public record Reason(String name, String text) {}

  public PolicyVerdict {
    reasons = List.copyOf(reasons);
  }

  /** Whether the image is taken. */
  public boolean accepts() {
    return reasons.isEmpty();
  }
}
