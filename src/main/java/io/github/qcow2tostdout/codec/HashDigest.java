package io.github.qcow2tostdout.codec;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** One that the JDK has. Of those, none knows a shorter way through zeroes. */
final class HashDigest implements Digest {
  private static final byte[] ZEROES = new byte[256 << 10];

  private final MessageDigest digest;

  /** The one of that name, in the JDK's words. */
  HashDigest(String name) {
    try {
      digest = MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has it", e);
    }
  }

  @Override
  public void update(ByteBuffer bytes) {
    digest.update(bytes);
  }

  @Override
  public void zeroes(long count) {
    for (long left = count; left > 0; left -= ZEROES.length) {
      digest.update(ZEROES, 0, (int) Math.min(left, ZEROES.length));
    }
  }

  @Override
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
