/**
 * The first pass: which grains of a disk hold data, zeroes that are kept, or what its base has not,
 * and whether the disk stays as it was meanwhile.
 */
package io.github.qcow2tostdout.scan;
