/**
 * What encodes and decodes the bytes of a cluster, and how much may come out of hostile data. Knows
 * no image.
 */
package io.github.qcow2tostdout.codec;
