package io.github.qcow2tostdout.archive;

import java.io.ByteArrayOutputStream;

/** A part of a tar, but for the contents of one file, which are as long as they like. */
final class TarBuilder {
  /** GNU tar's: it ends a tar at a multiple of this, and so does this. */
  private static final int RECORD = 10240;

  private final TarAttributes attributes;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  TarBuilder(TarAttributes attributes) {
    this.attributes = attributes;
  }

  /** Adds a directory; the name ends in a slash. */
  TarBuilder directory(String name) {
    bytes.writeBytes(TarHeader.ofDirectory(name, attributes));
    return this;
  }

  /** Adds a file. */
  TarBuilder file(String name, byte[] contents) {
    header(name, contents.length);
    bytes.writeBytes(contents);
    return zeroes(padding(contents.length));
  }

  /** Adds the header of a file whose contents are to follow. */
  TarBuilder header(String name, long size) {
    bytes.writeBytes(TarHeader.ofFile(name, size, attributes));
    return this;
  }

  /** Adds bytes as they are. */
  TarBuilder raw(byte[] more) {
    bytes.writeBytes(more);
    return this;
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }

  private TarBuilder zeroes(long count) {
    bytes.writeBytes(new byte[Math.toIntExact(count)]);
    return this;
  }

  /** How much follows contents of a size, up to the next header. */
  private static long padding(long size) {
    return -size & (TarHeader.BLOCK - 1);
  }

  /**
   * What ends a tar: two blocks of zeroes, and more, up to a multiple of GNU tar's record.
   *
   * @param before bytes of the tar so far, contents of its last file included
   */
  static byte[] end(long before) {
    long padded = before + padding(before) + 2 * TarHeader.BLOCK;
    return new byte[Math.toIntExact(Math.ceilDiv(padded, RECORD) * RECORD - before)];
  }
}
