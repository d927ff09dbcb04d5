package io.github.qcow2tostdout.codec;

import java.nio.ByteBuffer;

/** A digest of bytes that come one after the other. For one thread. */
public sealed interface Digest permits Crc32cDigest, Crc64Digest, HashDigest {
  /** Takes the rest of a buffer. */
  void update(ByteBuffer bytes);

  /** Takes so many bytes that are zero, as fast as the algorithm allows. */
  void zeroes(long count);

  /** The value in lower case hexadecimal digits; nothing may be taken any more. */
  String hex();
}
