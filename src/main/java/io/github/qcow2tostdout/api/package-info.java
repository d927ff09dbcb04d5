/**
 * Disks as qcow2 images, and qcow2 images as disks: all that the module exports.
 *
 * <p>{@link io.github.qcow2tostdout.api.Qcow2Conversion} makes images. A disk is scanned once; from
 * then on the size of its image is known, and all of it or any range can be written:
 *
 * {@snippet file="io/github/qcow2tostdout/api/LibraryExamples.java" region="convert"}
 *
 * <p>{@link io.github.qcow2tostdout.api.Qcow2Image} reads images: what they are, the disk in them,
 * and what is wrong with them:
 *
 * {@snippet file="io/github/qcow2tostdout/api/LibraryExamples.java" region="read"}
 *
 * <p>Offsets and sizes are bytes, and ranges are half-open. No argument and no result is null.
 * There is no static state: conversions, images and disks don't know of each other.
 */
package io.github.qcow2tostdout.api;
