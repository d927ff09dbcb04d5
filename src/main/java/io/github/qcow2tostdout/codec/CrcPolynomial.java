package io.github.qcow2tostdout.codec;

/**
 * Arithmetic with the polynomials that registers of a reflected CRC hold, modulo its polynomial:
 * what a run of zeroes does to a register without going through it. The most significant bit is the
 * coefficient of x^0.
 *
 * @param bits width of the register
 * @param polynomial the generator without its leading term, reflected
 */
record CrcPolynomial(int bits, long polynomial) {
  /** The register before the first byte, and what its last state is inverted by. */
  long ones() {
    return -1L >>> (Long.SIZE - bits);
  }

  /** A register after so many bytes of zeroes. */
  long afterZeroes(long register, long count) {
    long result = register;
    // x^8, then its squares.
    long power = 1L << (bits - 1 - Byte.SIZE);
    for (long left = count; left > 0; left >>= 1) {
      if ((left & 1) != 0) {
        result = product(result, power);
      }
      power = product(power, power);
    }
    return result;
  }

  private long product(long a, long b) {
    long product = 0;
    long shifted = b;
    for (long term = 1L << (bits - 1); term != 0; term >>>= 1) {
      if ((a & term) != 0) {
        product ^= shifted;
      }
      shifted = (shifted & 1) != 0 ? shifted >>> 1 ^ polynomial : shifted >>> 1;
    }
    return product;
  }
}
