package io.github.qcow2tostdout.scan;

import java.io.IOException;

/** Looks at the grains of pieces; for one thread, its buffers are reused. */
interface GrainTester {
  /**
   * What a test found, as runs: the first grain of each and the one behind its last, ascending.
   *
   * @param data grains whose bytes are to be stored
   * @param zero grains that are to read as zeroes
   */
  record Found(long[] data, long[] zero) {}

  /** Tests all grains that a piece touches. */
  Found test(ScanPieces.Piece piece) throws IOException;
}
