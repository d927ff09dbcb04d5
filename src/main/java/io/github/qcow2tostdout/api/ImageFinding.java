package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.check.Finding;
import java.util.OptionalLong;

/**
 * Something that a check found.
 *
 * @param kind the stable id of what it is, {@code refcount-too-low} for one; docs/inspect.md has
 *     all of them
 * @param verdict what it counts as
 * @param severity how bad it is
 * @param message what it means
 * @param structure which part of the image
 * @param offset of that in the file; empty if it is in no one place
 * @param found what is there
 * @param expected what should be there
 * @param remedy what to do
 */
public record ImageFinding(
    String kind,
    Verdict verdict,
    Severity severity,
    String message,
    String structure,
    OptionalLong offset,
    String found,
    String expected,
    String remedy) {
  /** What a finding counts as for {@code qemu-img check}. */
  public enum Verdict {
    /** The disk may read wrongly, or be destroyed by a write. */
    CORRUPTION,
    /** Space is wasted. */
    LEAK,
    /** Something could not be checked. */
    CHECK_ERROR,
    /** {@code qemu-img check} is blind to it. */
    APART
  }

  /** How bad a finding is. */
  public enum Severity {
    ERROR,
    WARNING,
    INFO
  }

  static ImageFinding of(Finding finding) {
    return new ImageFinding(
        finding.kind().id(),
        switch (finding.kind().verdict()) {
          case CORRUPTION -> Verdict.CORRUPTION;
          case LEAK -> Verdict.LEAK;
          case CHECK_ERROR -> Verdict.CHECK_ERROR;
          case APART -> Verdict.APART;
        },
        switch (finding.kind().severity()) {
          case ERROR -> Severity.ERROR;
          case WARNING -> Severity.WARNING;
          case INFO -> Severity.INFO;
        },
        finding.kind().meaning(),
        finding.structure(),
        finding.offset(),
        finding.found(),
        finding.expected(),
        finding.kind().remedy());
  }
}
