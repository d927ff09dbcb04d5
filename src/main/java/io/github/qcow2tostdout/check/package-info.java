/**
 * What is wrong with an image: everything that refers to a host cluster is counted and held against
 * the refcounts. The honest check of what {@code convert} writes, so it shares only the format with
 * it.
 */
package io.github.qcow2tostdout.check;
