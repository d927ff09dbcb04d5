/**
 * A qcow2 image read back: its metadata as records, and what is wrong with it. Nothing in the image
 * is believed before it is checked, and nothing here knows how this program writes images.
 */
package io.github.qcow2tostdout.inspect;
