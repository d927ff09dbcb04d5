/**
 * The few system calls of Linux that the JDK lacks, through {@code java.lang.foreign}. Linking the
 * first one costs about 20 ms: small inputs never come here. Where a call does not exist, the
 * answer is a "not here" that callers can go on without.
 */
package io.github.qcow2tostdout.posix;
