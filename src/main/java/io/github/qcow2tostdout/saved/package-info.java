/**
 * A plan as a file: what the first pass over a disk has found, and of which disk that was. What is
 * read is not trusted: each number is checked before it is believed.
 */
package io.github.qcow2tostdout.saved;
