package io.github.qcow2tostdout.check;

import java.util.OptionalLong;

/**
 * Something that a check found.
 *
 * @param kind its entry of the catalogue
 * @param structure which part of the image, by name
 * @param offset of that in the file, in bytes; empty if it is in no one place
 * @param found what is there
 * @param expected what should be there
 */
public record Finding(
    FindingKind kind, String structure, OptionalLong offset, String found, String expected) {

  /** One that is at a place in the file. */
  static Finding at(
      FindingKind kind, String structure, long offset, String found, String expected) {
    return new Finding(kind, structure, OptionalLong.of(offset), found, expected);
  }

  /** One that is in no one place. */
  static Finding of(FindingKind kind, String structure, String found, String expected) {
    return new Finding(kind, structure, OptionalLong.empty(), found, expected);
  }
}
