/**
 * A qcow2 image opened for reading: its header area, snapshots, bitmaps and tables as records, read
 * as far as they can be. Nothing in the image is believed before it is checked, and nothing here
 * knows how this program writes images.
 */
package io.github.qcow2tostdout.image;
