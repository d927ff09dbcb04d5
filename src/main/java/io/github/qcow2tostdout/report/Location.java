package io.github.qcow2tostdout.report;

/**
 * Where a structure is.
 *
 * @param offset in the file
 * @param size bytes
 * @param structure what it is
 */
record Location(long offset, long size, String structure) {}
